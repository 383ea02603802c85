"""Other linters beside the pack: what they say in our terms, what is said already, and what happens when they fail."""

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from guardrun.api import check_text
from guardrun.companions import COMPANIONS, Companion
from guardrun.companions.choice import choose, of_pack
from guardrun.companions.echoes import without_echoes
from guardrun.companions.findings import ask_companions
from guardrun.companions.remark import Answer, Remark
from guardrun.companions.running import ask
from guardrun.companions.table import FOLDER, groups, meaning
from guardrun.config import Config, Override
from guardrun.errors import CompanionError, ConfigError
from guardrun.model import CATEGORIES, HIDDEN, SEVERITIES, Finding, Place
from guardrun.pack import Pack
from guardrun.read import Template, parse_template
from project import guardrun

TEMPLATE = b"""\
Parameters:
  Unused:
    Type: String
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketNam: archive
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: hunter22
"""


def installed(name: str) -> Any:
    """A test that needs a companion, and is skipped where it is not installed."""
    missing = find_spec(COMPANIONS[name].package) is None
    return pytest.param(name, marks=pytest.mark.skipif(missing, reason=f"{name} is not installed"))


BOTH = [installed("cloudformation-validate"), installed("cfn-lint")]


def template(text: bytes = TEMPLATE) -> Template:
    return parse_template(text, "stack.yaml")


def remark(rule: str, *path: str, message: str = "it is wrong", **values: Any) -> Remark:
    given = {"line": None, "column": None, "end_line": None, "end_column": None, "fix": "", **values}
    return Remark(rule=rule, message=message, path=path, title="A title", why="", reference="https://e.org", **given)


def finding(rule: str, path: str, line: int, message: str = "it is wrong") -> Finding:
    logical_id = path.split("/")[2]
    place = Place(line, 3, line, 9)
    return Finding(rule, "validity", "high", "stack.yaml", logical_id, path, place, message, "Mend it.")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, Answer]:
    """What each companion says, in place of asking it."""
    answers: dict[str, Answer] = {}

    def answer(name: str, *_: object, **__: object) -> Answer:
        return answers.get(name, Answer(()))

    monkeypatch.setattr("guardrun.companions.findings.ask", answer)
    return answers


@pytest.mark.engine
@pytest.mark.parametrize("name", BOTH)
def test_every_rule_of_the_installed_version_has_a_meaning(name: str) -> None:
    ids = import_module(COMPANIONS[name].module).rule_ids()
    assert len(ids) > 300
    assert {meaning(name, rule).category for rule in ids} <= set(CATEGORIES)
    assert {meaning(name, rule).severity for rule in ids} <= set(SEVERITIES)


def test_the_tables_name_categories_and_severities_alone() -> None:
    assert meaning("cfn-lint", "E3012").category == "validity"
    assert meaning("cfn-lint", "E3004").severity == "critical"
    assert meaning("cfn-lint", "X9999").on
    assert not meaning("cfn-lint", "I3011").on
    assert not meaning("cloudformation-validate", "W9003").on


def test_rules_that_say_the_same_are_rules_of_the_pack_or_of_companions(pack: Pack) -> None:
    names = {name for group in yaml.safe_load((FOLDER / "same.yaml").read_text(encoding="utf-8")) for name in group}
    assert {name for name in names if "/" not in name} - pack.rules.keys() == set()
    assert groups("PARAMETER_USED") & groups("cfn-lint/W2001")
    assert not groups("PARAMETER_USED") & groups("cfn-lint/W7001")


@pytest.mark.engine
@pytest.mark.parametrize("name", BOTH)
def test_a_companion_speaks_of_the_places_of_the_template(name: str) -> None:
    answer = ask(name, TEMPLATE.decode(), informational=False, timeout=60)
    (unused,) = [one for one in answer.remarks if one.rule == "W2001"]
    assert (unused.path, unused.line, unused.column) == (("Parameters", "Unused"), 2, 3)
    assert answer.faults == ()


@pytest.mark.engine
@pytest.mark.parametrize("name", BOTH)
def test_informational_rules_speak_when_they_are_wanted(name: str) -> None:
    rules = {one.rule for one in ask(name, TEMPLATE.decode(), informational=True, timeout=60).remarks}
    assert "I3011" in rules
    rules = {one.rule for one in ask(name, TEMPLATE.decode(), informational=False, timeout=60).remarks}
    assert not any(rule.startswith("I") for rule in rules)


def test_a_remark_becomes_a_finding_in_our_terms(said: dict[str, Answer]) -> None:
    fix = "Call it BucketName"
    at = {"line": 8, "column": 7, "end_line": 8, "end_column": 16}
    said["cfn-lint"] = Answer((remark("E3002", "Resources", "Bucket", "Properties", "BucketNam", fix=fix, **at),))
    choice = choose(Config(companions=("cfn-lint",)))
    assert choice is not None
    result = ask_companions(choice, template(), "stack.yaml", (), 60)
    (found,) = result.findings
    assert (found.rule, found.category, found.severity) == ("cfn-lint/E3002", "validity", "high")
    assert (found.logical_id, found.path) == ("Bucket", "/Resources/Bucket/Properties/BucketNam")
    assert (found.place, found.fix) == (Place(8, 18, 8, 25), "Call it BucketName.")
    assert [(rule.id, rule.origin) for rule in result.rules] == [
        ("cfn-lint", "cfn-lint"),
        ("cfn-lint/E3002", "cfn-lint"),
    ]


def test_a_place_beyond_the_text_is_that_of_the_nearest_that_exists(said: dict[str, Answer]) -> None:
    said["cfn-lint"] = Answer(
        (
            remark("E3003", "Resources", "Bucket", "Properties", "Nowhere", line=99, column=1),
            remark("E3012", "Resources", "Bucket", line=12, column=7, end_line=12, end_column=25),
            remark("E3031", line=5, column=3, end_line=4, end_column=1),
        )
    )
    choice = choose(Config(companions=("cfn-lint",)))
    assert choice is not None
    found = ask_companions(choice, template(), "stack.yaml", (), 60).findings
    assert [(one.path, one.place) for one in found] == [
        ("/Resources/Bucket/Properties", Place(5, 3, 5, 9)),
        ("/Resources/Bucket", Place(12, 7, 12, 25)),
        ("", Place(5, 3, 5, 4)),
    ]


def test_a_secret_is_not_repeated(said: dict[str, Answer]) -> None:
    path = ("Resources", "Database", "Properties", "MasterUserPassword")
    said["cfn-lint"] = Answer((remark("E3031", *path, message="'hunter22' does not match"),))
    choice = choose(Config(companions=("cfn-lint",)))
    assert choice is not None
    (found,) = ask_companions(choice, template(), "stack.yaml", (), 60).findings
    assert (found.message, found.found) == ("A title", HIDDEN)


def test_what_the_pack_says_at_the_same_place_is_not_said_again() -> None:
    ours = [finding("PROPERTY_NAME_NOT_INVENTED", "/Resources/Bucket/Properties/BucketNam", 8)]
    same = finding("cfn-lint/E3002", "/Resources/Bucket/Properties/BucketNam", 8)
    elsewhere = finding("cfn-lint/E3002", "/Resources/Bucket/Properties/Tag", 9)
    other = finding("cfn-lint/W3045", "/Resources/Bucket/Properties/BucketNam", 8)
    assert without_echoes([same, elsewhere, other], ours) == [elsewhere, other]


def test_a_circle_is_told_once_whichever_resource_it_is_told_of() -> None:
    ours = [finding("NO_DEPENDENCY_CYCLE", "/Resources/A/Properties/B/Ref", 4, "in a circle: A -> B -> A")]
    theirs = [finding("cfn-lint/E3004", "/Resources/B", 9), finding("cfn-lint/E3004", "/Resources/C", 20)]
    assert without_echoes(theirs, ours) == [theirs[1]]


def test_a_word_that_is_the_name_of_a_resource_does_not_say_the_same_of_it() -> None:
    ours = [finding("ENUM_VALUE_VALID", "/Resources/A/Properties/B", 4, "Queue is none of its values")]
    theirs = [finding("cfn-lint/E3012", "/Resources/Queue/Properties/DelaySeconds", 9)]
    assert without_echoes(theirs, ours) == theirs


def test_two_properties_that_are_missing_are_two_things() -> None:
    ours = [finding("REQUIRED_PROPERTY_PRESENT", "/Resources/A/Properties", 4, "Role is required, and missing here")]
    role = finding("cfn-lint/E3003", "/Resources/A/Properties", 6, "'Role' is a required property")
    code = finding("cfn-lint/E3003", "/Resources/A/Properties", 6, "'Code' is a required property")
    assert without_echoes([role, code], ours) == [code]


def test_the_companions_do_not_repeat_each_other(said: dict[str, Answer]) -> None:
    path = ("Resources", "Bucket", "Properties", "BucketNam")
    said["cloudformation-validate"] = Answer((remark("F3002", *path), remark("F3002", *path)))
    said["cfn-lint"] = Answer((remark("E3002", *path), remark("E3503", *path)))
    choice = choose(Config(companions=("cfn-lint", "cloudformation-validate")))
    assert choice is not None
    result = ask_companions(choice, template(), "stack.yaml", (), 60)
    assert [one.rule for one in result.findings] == ["cloudformation-validate/F3002", "cfn-lint/E3503"]


def wanted(config: Config, *rules: str, path: str = "stack.yaml") -> list[str]:
    choice = choose(config)
    assert choice is not None
    return [rule for rule in rules if choice.wants("cfn-lint", rule, path)]


def test_informational_rules_are_off_unless_all_or_their_ids_are_asked_for() -> None:
    assert wanted(Config(companions=("cfn-lint",)), "E3002", "I3011") == ["E3002"]
    assert wanted(Config(companions=("cfn-lint:all",)), "E3002", "I3011") == ["E3002", "I3011"]
    assert wanted(Config(companions=("cfn-lint",), select=("cfn-lint/I3011",)), "E3002", "I3011") == ["I3011"]


def test_their_rules_are_selected_and_ignored_as_ours_are() -> None:
    one = ("cfn-lint",)
    assert wanted(Config(companions=one, ignore=("cfn-lint/w*",)), "E3002", "W2001") == ["E3002"]
    assert wanted(Config(companions=one, select=("validity", "critical")), "E3002", "E3004", "W2001") == [
        "E3002",
        "E3004",
    ]
    assert wanted(Config(companions=one, select=("EC2_*",)), "E3002") == []
    legacy = Config(companions=one, overrides=(Override(("legacy/*",), ignore=("cfn-lint/E*",)),))
    assert wanted(legacy, "E3002") == ["E3002"]
    assert wanted(legacy, "E3002", path="legacy/a.yaml") == []


def test_the_pack_does_not_see_what_is_said_of_companions() -> None:
    override = Override(("a/*",), ignore=("cfn-lint/E*", "sizing"))
    config = Config(select=("cfn-lint/E3002", "security"), ignore=("cloudformation-validate/*",), overrides=(override,))
    own = of_pack(config)
    assert (own.select, own.ignore, own.overrides[0].ignore) == (("security",), (), ("sizing",))


def test_an_unknown_companion_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError) as caught:
        choose(Config(companions=("cfnlint",)))
    assert str(caught.value) == "there is no companion cfnlint\n  hint: did you mean cfn-lint?"


def test_a_companion_that_is_not_installed_is_an_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(COMPANIONS, "cfn-lint", Companion("no_such_package", "guardrun.companions.cfn_lint", "lint"))
    with pytest.raises(CompanionError) as caught:
        choose(Config(companions=("cfn-lint",)))
    assert str(caught.value) == "cfn-lint is not installed\n  hint: pip install 'guardrun[lint]'"


@pytest.mark.parametrize(
    ("config", "error"),
    [
        (Config(companions=("cfn-lint",), ignore=("cfn-lint/E30",)), "cfn-lint/E30 names no rule of cfn-lint"),
        (Config(select=("cfn-lint/E3002",)), "cfn-lint/E3002 is selected, but cfn-lint does not run"),
    ],
)
def test_a_pattern_that_can_name_nothing_is_an_error(config: Config, error: str) -> None:
    with pytest.raises(ConfigError, match=error):
        choose(config)


def companion(folder: Path, monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    """A companion called `trouble`, whose check has this body."""
    monkeypatch.syspath_prepend(folder)
    lines = "import os, sys, time, logging\nfrom guardrun.companions.remark import Answer\ndef checker():\n"
    text = f"{lines}    def check(text, informational):\n        {check}\n        return Answer(())\n    return check\n"
    (folder / f"trouble_{folder.name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setitem(COMPANIONS, folder.name, Companion("json", f"trouble_{folder.name}", "lint"))


@pytest.mark.parametrize(
    ("check", "faults"),
    [
        ("print('noise'); sys.stdout.flush(); os.system('echo noise')", ()),
        ("sys.stdin.read()", ()),
        ("raise ValueError('no such shape')", ("ValueError: no such shape",)),
        ("sys.exit('its settings are wrong')", ("SystemExit: its settings are wrong",)),
        ("os.abort()", ("its process ended: it left no word",)),
        ("print('out of luck', file=sys.stderr); sys.stderr.flush(); os._exit(3)", ("its process ended: out of luck",)),
        ("time.sleep(60)", ("it took longer than 3 s",)),
    ],
)
def test_whatever_a_companion_does_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str, faults: tuple[str, ...]
) -> None:
    companion(tmp_path, monkeypatch, check)
    assert ask(tmp_path.name, "Resources: {}", informational=False, timeout=3).faults == faults


def test_a_companion_that_fell_stands_up_for_the_next_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    companion(tmp_path, monkeypatch, "os._exit(3) if 'fall' in text else None")
    assert ask(tmp_path.name, "fall", informational=False, timeout=10).faults != ()
    assert ask(tmp_path.name, "x" * 1_000_000, informational=False, timeout=10).faults == ()


def test_a_module_in_the_working_directory_is_not_taken_for_a_companion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    companion(folder, monkeypatch, "None")
    here = tmp_path / "here"
    here.mkdir()
    (here / "json.py").write_text("raise SystemExit('taken in')", encoding="utf-8")
    monkeypatch.chdir(here)
    assert ask("modules", "Resources: {}", informational=False, timeout=10).faults == ()


@pytest.mark.engine
def test_a_companion_that_fails_is_an_error_and_costs_none_of_our_findings(said: dict[str, Answer]) -> None:
    alone = check_text(TEMPLATE, config=Config()).templates[0]
    said["cfn-lint"] = Answer((), ("RecursionError: too deep", "a rule failed"))
    (result,) = check_text(TEMPLATE, config=Config(companions=("cfn-lint",))).templates
    assert result.findings == alone.findings
    assert [(problem.rule, problem.message) for problem in result.rule_errors] == [
        ("cfn-lint", "cfn-lint could not check the template: RecursionError: too deep; a rule failed")
    ]
    assert "cfn-lint" not in result.passed


@pytest.mark.engine
def test_a_companion_that_has_nothing_to_say_has_passed(said: dict[str, Answer]) -> None:
    said["cfn-lint"] = Answer(())
    report = check_text(TEMPLATE, config=Config(companions=("cfn-lint",)))
    assert "cfn-lint" in report.templates[0].passed
    assert report.companions.keys() == {"cfn-lint"}


@pytest.mark.engine
def test_only_their_rules_can_be_selected(said: dict[str, Answer]) -> None:
    said["cfn-lint"] = Answer((remark("E3012", "Resources", "Bucket"), remark("E3031", "Resources", "Bucket")))
    config = Config(companions=("cfn-lint",), select=("cfn-lint/E3012",))
    assert [one.rule for one in check_text(TEMPLATE, config=config).findings] == ["cfn-lint/E3012"]


@pytest.mark.engine
def test_their_findings_are_suppressed_as_ours_are(said: dict[str, Answer]) -> None:
    comment = b"      BucketNam: archive  # guardrun: ignore cfn-lint/E3012 -- as it should be"
    text = TEMPLATE.replace(b"      BucketNam: archive", comment).replace(
        b"Unused:", b"Unused:  # guardrun: ignore cfn-lint/W2030 -- is there no more"
    )
    said["cfn-lint"] = Answer((remark("E3012", "Resources", "Bucket", "Properties", "BucketNam"),))
    (result,) = check_text(text, config=Config(companions=("cfn-lint",))).templates
    assert [(one.finding.rule, one.reason) for one in result.suppressed] == [("cfn-lint/E3012", "as it should be")]
    assert [one.message for one in result.warnings] == [
        "the suppression of cfn-lint/W2030 accepts nothing: no such finding is left"
    ]


@pytest.mark.engine
@pytest.mark.parametrize("name", BOTH)
def test_a_run_with_a_companion_shows_what_it_alone_knows(name: str, tmp_path: Path) -> None:
    text = TEMPLATE.decode().replace("BucketNam: archive", "AccessControl: Private")
    (tmp_path / "stack.yaml").write_text(text, encoding="utf-8")
    done = guardrun("check", str(tmp_path / "stack.yaml"), "--with", name, "-o", "json")
    report = json.loads(done.stdout)
    rules = {one["rule"] for one in report["findings"]}
    assert f"{name}/W3045" in rules
    assert f"{name}/W2001" not in rules
    assert "PARAMETER_USED" in rules
    assert report["companions"].keys() == {name}
    assert {rule["origin"] for rule in report["rules"]} == {"guardrun", name}
    assert (done.returncode, done.stderr) == (1, "")
