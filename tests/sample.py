"""One sample report that every format is held against: each kind of result once, with hostile text."""

from dataclasses import replace

from guardrun.model import (
    EngineInfo,
    Finding,
    Graph,
    PackInfo,
    Place,
    Problem,
    Report,
    RuleInfo,
    Suppressed,
    TemplateResult,
)

ALARM = Finding(
    rule="ALARM_HAS_ACTION",
    category="observability",
    severity="medium",
    template="stacks/my té|m.yaml",
    logical_id="CpuAlarm",
    path="/Resources/CpuAlarm/Properties",
    place=Place(12, 3, 12, 11),
    message='the alarm reaches <nobody> & "no one"',
    fix="Name a topic in AlarmActions.",
)
CYCLE = Finding(
    rule="NO_CYCLE",
    category="dependency",
    severity="critical",
    template="stacks/my té|m.yaml",
    logical_id="A",
    path="/Resources/A/Properties/B/Ref",
    place=Place(4, 8, 4, 14),
    message="these resources wait for each other, so none can be created: A -> B -> A",
    fix="Break the circle at one edge, for instance by moving the rule that closes it into a resource of its own.",
)
OPEN = Finding(
    rule="PORT_CLOSED",
    category="security",
    severity="high",
    template="stacks/my té|m.yaml",
    logical_id="Group",
    path="/Resources/Group/Properties/CidrIp",
    place=Place(20, 15, 20, 26),
    message="the port is open to the world\x07",
    fix="Name the networks that need it.",
    found='"0.0.0.0/0"',
    expected='"10.0.0.0/8"',
)
OPEN_AGAIN = Finding(
    rule="PORT_CLOSED",
    category="security",
    severity="high",
    template="stacks/my té|m.yaml",
    logical_id="Group",
    path="/Resources/Group/Properties/CidrIpv6",
    place=Place(25, 15, 25, 21),
    message="the port is open to the world",
    fix="Name the networks that need it.",
    found='"::/0"',
)
WRONG_TYPE = Finding(
    rule="cfn-lint/E3012",
    category="validity",
    severity="medium",
    template="stacks/my té|m.yaml",
    logical_id="Group",
    path="/Resources/Group/Properties/Port",
    place=Place(26, 13, 26, 18),
    message="'https' is not of type 'integer'",
    fix="Look up E3012 in the documentation of cfn-lint.",
)
ACCEPTED = replace(ALARM, logical_id="Quiet", path="/Resources/Quiet", place=Place(27, 3, 27, 8))
BROKEN = Problem("expecting value", "stacks/broken.json", 7, 3, "is there a comma too many before it?")
BAD_RULE = Problem("cfn-guard cannot parse the rule: }", "rules/naming/bad.guard", 3, 1, None, "BAD")


def rule(name: str, category: str, severity: str, fix: str) -> RuleInfo:
    return RuleInfo(
        id=name,
        category=category,
        title=f"{name.replace('_', ' ').capitalize()} | <b>always</b>",
        severity=severity,
        profile="core",
        resources=(),
        view="resolved",
        analysis=("2.4",) if category == "security" else (),
        controls=("cis-aws-3.0/5.2",) if category == "security" else (),
        why="Strangers get in otherwise.",
        fix=fix,
        references=("https://example.org/guide",),
        as_of=None,
    )


SOURCE = "\n".join(
    ["Resources:", "  A:", "    Properties:", "      B: !Ref A </script><b>", *[f"# line {n}" for n in range(5, 30)]]
)

REPORT = Report(
    engine=EngineInfo("3.1.1", lambda: "ab" * 32),
    pack=PackInfo(
        "0.1.0",
        lambda: "cd" * 32,
        {
            "NO_CYCLE": rule("NO_CYCLE", "dependency", "critical", CYCLE.fix),
            "PORT_CLOSED": rule("PORT_CLOSED", "security", "high", OPEN.fix + "\n\n    Group:\n      Port: 443\n"),
            "ALARM_HAS_ACTION": rule("ALARM_HAS_ACTION", "observability", "medium", ALARM.fix),
            "BAD": rule("BAD", "naming", "low", "Mend it."),
            "NAMED": rule("NAMED", "naming", "low", "Name it."),
            "cfn-lint": replace(rule("cfn-lint", "validity", "medium", ""), origin="cfn-lint"),
            "cfn-lint/E3012": replace(rule("cfn-lint/E3012", "validity", "medium", WRONG_TYPE.fix), origin="cfn-lint"),
        },
    ),
    templates=(
        TemplateResult(
            "stacks/my té|m.yaml",
            passed=("NAMED", "cfn-lint"),
            failed=("ALARM_HAS_ACTION", "NO_CYCLE", "PORT_CLOSED", "cfn-lint/E3012"),
            findings=(CYCLE, ALARM, OPEN, OPEN_AGAIN, WRONG_TYPE),
            suppressed=(Suppressed(ACCEPTED, "the archive is public on purpose", in_source=True),),
            warnings=(Problem("the suppression of NAMED accepts nothing", "stacks/my té|m.yaml", 28),),
            seconds=0.0471,
            source=SOURCE,
            graph=Graph({"A": "AWS::X::Y", "Group": "AWS::EC2::SecurityGroup"}, (("A", "A"), ("Group", "A"))),
        ),
        TemplateResult("stacks/good.yaml", passed=("NAMED", "cfn-lint"), skipped=("NO_CYCLE",), seconds=0.02),
        TemplateResult("stacks/broken.json", error=BROKEN, seconds=0.001),
        TemplateResult("stacks/half.yaml", passed=("NAMED",), rule_errors=(BAD_RULE,), seconds=0.03),
    ),
    files_skipped=2,
    problems=(Problem("there is no such file or folder", "nowhere.yaml", hint="check the path"),),
    companions={"cfn-lint": "1.58.0"},
)
EMPTY = Report(REPORT.engine, REPORT.pack, ())
