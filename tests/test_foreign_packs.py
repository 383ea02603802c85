"""Rules that others wrote: read in any layout, described from what is beside them, evaluated as they are."""

import hashlib
import importlib.util
import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from foreign import TAGGED, TOPICS, wheel_of, write
from guardrun.config import load_config
from guardrun.errors import GuardrunError, PackError
from guardrun.model import Problem
from guardrun.pack import Pack, added, load_pack
from guardrun.pack.comments import described
from guardrun.pack.gate import gates
from guardrun.pack.guess import category_of
from guardrun.pack.message import split_message
from guardrun.pack.packs import load_packs
from guardrun.pack.scan import scan
from project import guardrun


def load(path: str = "mine") -> Pack:
    return load_pack(Path(path))


def gate(condition: str, lets: str = "") -> frozenset[str] | None:
    return gates(scan(f"{lets}\nrule R when {condition} {{ Resources exists }}\n"))[-1]


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_rules_are_found_wherever_they_start_and_those_with_parameters_give_no_result() -> None:
    write("mine/a.guard", TAGGED)
    write("mine/deep/b.ruleset", TOPICS)
    write("mine/.git/c.guard", "rule NOT_THIS { a exists }")
    write("mine/_template/d.guard", "rule NOR_THIS { a exists }")
    pack = load()
    assert sorted((rule.id, rule.line, rule.origin) for rule in pack.rules.values()) == [
        ("ACME_NAMED", 11, "mine"),
        ("ACME_TAGGED", 3, "mine"),
        ("ACME_TOPICS", 1, "mine"),
    ]
    assert pack.problems == ()


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle() -> None:
    write("mine/a.guard", b"\xef\xbb\xbf" + TAGGED.replace("\n", "\r\n").encode())
    rules = load().rules
    assert sorted(rules) == ["ACME_NAMED", "ACME_TAGGED"]
    assert rules["ACME_TAGGED"].body.startswith("# Our buckets")
    assert rules["ACME_TAGGED"].fix == "Add Tags"


def test_clauses_in_no_rule_are_a_rule_by_the_name_of_the_file() -> None:
    write("mine/no-rule.guard", "let x = [\n  1\n]\nlet y = Resources\n  .*[ a exists ]\n\n%y.Name exists\n")
    assert [(rule.id, rule.line) for rule in load().rules.values()] == [("no_rule_default", 7)]


def test_a_file_that_cannot_be_read_is_a_problem_and_the_others_stand() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/bad.guard", b"# a\n\xff")
    message, hint = "cannot read the rules: byte 0xff is not UTF-8", "save the file as UTF-8 text"
    pack = load()
    assert list(pack.rules) == ["ACME_TOPICS"]
    assert pack.problems == (Problem(message, "mine/bad.guard", 2, hint=hint),)


def test_a_file_of_comments_alone_has_no_rules_and_a_pack_of_such_files_is_an_error() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/later.guard", "## SKIP RATIONALE: rule it is none\n")
    assert (list(load().rules), load().problems) == (["ACME_TOPICS"], ())
    with pytest.raises(PackError, match="there are no rules"):
        load("mine/later.guard")


def test_a_clash_names_both_files_with_lines() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/b.guard", "\n" + TOPICS)
    (problem,) = load().problems
    assert (problem.path, problem.line) == ("mine/b.guard", 2)
    assert problem.message == "the rule ACME_TOPICS is already defined in mine/a.guard:1"


def test_a_clash_between_packs_is_one_too() -> None:
    write("mine/a.guard", TOPICS)
    write("other/b.guard", TOPICS)
    pack = load_packs(["mine", "other"])
    assert [problem.path for problem in pack.problems] == ["other/b.guard"]


def test_a_rule_defined_twice_in_one_file_is_one_rule() -> None:
    write("mine/a.guard", "rule TWICE when A exists { B exists }\nrule TWICE when C exists { D exists }\n")
    pack = load()
    assert (list(pack.rules), pack.problems) == (["TWICE"], ())


def test_an_empty_folder_and_an_unknown_name_are_errors() -> None:
    Path("empty").mkdir()
    with pytest.raises(PackError, match="there are no rules"):
        load_packs(["empty"])
    with pytest.raises(PackError, match=r"no file, folder or pack acme(.|\n)*there are the packs bundled"):
        load_packs(["acme"])


@pytest.mark.parametrize(
    ("condition", "types"),
    [
        ("%s3 !empty", {"AWS::S3::Bucket"}),
        ("%s3 NOT EMPTY", {"AWS::S3::Bucket"}),
        ("Resources exists\n  %s3 not empty", {"AWS::S3::Bucket"}),
        ("%s3 !empty or %sns !empty", {"AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue"}),
        ("%names exists", {"AWS::S3::Bucket"}),
        ("%s3[ A exists ] !empty", {"AWS::S3::Bucket"}),
        ("%s3 empty", None),
        ("%s3 !exists", None),
        ("not %s3 !empty", None),
        ("%s3 !empty or Resources exists", None),
        ("Resources exists or %s3 !empty", None),
        ("Resources[ %s3 !empty ] exists", None),
        ("%either !empty", None),
        ("%pattern !empty", None),
        ("%all !empty", None),
    ],
)
def test_types_are_certain_only_where_a_condition_needs_them(condition: str, types: set[str] | None) -> None:
    lets = """
let BUCKET = "AWS::S3::Bucket"
let s3 = Resources.*[ Type == %BUCKET
  Metadata.skip not exists or
  Metadata.skip != true ]
let sns = Resources.*[ Type == 'AWS::SNS::Topic' or Type == 'AWS::SQS::Queue' ]
let names = %s3.Properties.BucketName
let either = Resources.*[ Type == 'AWS::S3::Bucket' or Properties exists ]
let pattern = Resources.*[ Type == /S3/ ]
let all = Resources.*
"""
    assert gate(condition, lets) == types


def test_control_towers_question_for_a_hook_is_never_true_of_a_template() -> None:
    hook = "rule is_cfn_hook(doc, TYPE) {\n  %doc.%TYPE.resourceProperties exists\n}\n"
    assert gate("is_cfn_hook(%doc, 'A')", hook) == frozenset()
    assert gate("is_cfn_hook(%doc, 'A')") is None


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("\n  Violation: No tags.\n  Fix: Add\n  some.\n", ("No tags.", "Add some.")),
        ("\n [CT.S3.PR.1]: Require it\n [FIX]: Set it\n", ("Require it (CT.S3.PR.1)", "Set it")),
        ("no tags", ("no tags", "")),
        ("", ("", "")),
    ],
)
def test_a_message_is_what_is_wrong_and_what_to_do(message: str, parts: tuple[str, str]) -> None:
    assert split_message(message) == parts


@pytest.mark.parametrize(
    ("name", "path", "category"),
    [
        ("S3_BUCKET_ENCRYPTED", "a.guard", "compliance"),
        ("IAM_ANYTHING", "iam/a.guard", "security"),
        ("S3_PUBLIC_BACKUP", "a.guard", "security"),
        ("RDS_IN_BACKUP_PLAN", "a.guard", "recovery"),
        ("ANYTHING", "logging/a.guard", "observability"),
        ("S3_BUCKET_ENCRYPTED", "naming/a.guard", "naming"),
    ],
)
def test_a_category_is_guessed_from_folders_and_words(name: str, path: str, category: str) -> None:
    assert category_of(name, PurePath(path)) == category


def test_comments_tell_of_rules_in_both_ways_of_the_registry() -> None:
    notes = described(
        "## Config Rule Name : a-b\n## Config Rule URL: https://example.org/a\n# Rule Intent: Checks A. And B.\n"
        "#\n# Rule Identifier:\n#   SECOND\n#\n# Description:\n#   Checks\n#   more\n#\n"
        "# CFN_NAG Rule Id:\n#   W36\n#\n"
        "# Scenarios:\n# a) SKIP\nrule SECOND { A exists }\n"
    )
    assert notes == {
        "": {
            "title": "Checks A",
            "why": "Checks A. And B.",
            "controls": ("aws-config/a-b",),
            "references": ("https://example.org/a",),
        },
        "second": {"title": "Checks more", "controls": ("cfn-nag/W36",)},
    }


def test_mappings_to_frameworks_above_the_rules_become_controls() -> None:
    write("registry/rules/aws/s3/tagged.guard", TOPICS)
    mapped = [{"guardFilePath": "rules/aws/s3/tagged.guard", "controls": ["1.15", "2.1"]}]
    write("registry/mappings/rule_set_cis.json", json.dumps({"ruleSetName": "CIS level 1", "mappings": mapped}))
    assert load("registry/rules").rules["ACME_TOPICS"].controls == ("cis-level-1/1.15", "cis-level-1/2.1")


def test_control_towers_metadata_describes_a_rule() -> None:
    write("tower/cfn-guard/sns/ct-1.guard", TOPICS)
    metadata = {
        "Id": "CT.SNS.PR.1",
        "DisplayName": "Require names",
        "Description": "Checks names.",
        "Severity": "HIGH",
        "RemediationMessage": "Set TopicName.",
        "ComplianceFrameworkMappings": [{"ComplianceFramework": "PCI DSS version 3.2.1", "Ids": ["3.4"]}],
    }
    write("tower/metadata/sns/ct-1.metadata.json", json.dumps(metadata))
    rule = load("tower").rules["ACME_TOPICS"]
    assert (rule.title, rule.why, rule.fix, rule.severity) == (
        "Require names",
        "Checks names.",
        "Set TopicName.",
        "high",
    )
    assert rule.controls == ("control-tower/CT.SNS.PR.1", "pci-dss-version-3.2.1/3.4")


def test_metadata_of_another_shape_is_a_problem_with_its_name() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/a.metadata.json", '{"ComplianceFrameworkMappings": [1]}')
    assert [problem.path for problem in load().problems] == ["mine/a.metadata.json"]


def test_the_packs_own_file_says_what_holds_and_the_last_entry_wins() -> None:
    write("mine/s3/a.guard", TAGGED)
    write("mine/b.guard", TOPICS)
    write(
        "mine/guardrun-pack.yml",
        "name: acme\nversion: 2.1\ndefaults: {severity: high}\nrules:\n- match: s3/*\n  category: compliance\n"
        "- match: [acme_tagged]\n  severity: low\n  controls: [acme/7]\n- match: ACME_TOPICS\n  use: false\n",
    )
    pack = load()
    told = {rule.id: (rule.category, rule.severity, rule.controls, rule.origin) for rule in pack.rules.values()}
    assert told == {
        "ACME_NAMED": ("compliance", "high", (), "acme"),
        "ACME_TAGGED": ("compliance", "low", ("acme/7",), "acme"),
    }
    assert (pack.info.version, pack.problems) == ("2.1", ())


def test_the_settings_say_more_than_the_pack() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/guardrun-pack.yml", "rules: [{match: '*', severity: low, view: resolved}]")
    pack = load_packs(["mine"], {"rules": [{"match": "mine/a.*", "severity": "critical"}]})
    assert (pack.rules["ACME_TOPICS"].severity, pack.rules["ACME_TOPICS"].view) == ("critical", "resolved")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules:\n- match: a\n  sevrity: low\n", "mine/guardrun-pack.yml:3: there is no key sevrity"),
        ("rules:\n- match: a\n  severity: grave\n", "mine/guardrun-pack.yml:3: severity 'grave' is none of"),
        ("rules:\n- severity: low\n", "mine/guardrun-pack.yml:2: an entry says in match"),
        ("rules:\n- match: a\n  controls: a/1\n", "mine/guardrun-pack.yml:3: controls is a list"),
        ("defaults: [low]\n", "defaults are a mapping"),
        ("- a\n", "this is a mapping with defaults, rules, name, version"),
        ("rules: [\n", "mine/guardrun-pack.yml:2"),
    ],
)
def test_what_is_wrong_in_the_packs_own_file_is_told_with_its_line(text: str, message: str) -> None:
    write("mine/a.guard", TOPICS)
    write("mine/guardrun-pack.yml", text)
    with pytest.raises(GuardrunError) as caught:
        load()
    assert str(caught.value).startswith(message) or message in str(caught.value)


def test_an_entry_that_names_no_rule_is_a_problem() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/b.guard", TAGGED)
    write("mine/guardrun-pack.yml", "rules: [{match: TYPO, severity: low}, {match: gone, use: false}]")
    assert [problem.message for problem in load().problems] == ["TYPO names no rule of the pack"]


def test_foreign_rules_are_remembered_until_anything_beside_them_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDRUN_CACHE", str(Path("cache").absolute()))
    write("mine/a.guard", TAGGED)
    write("mine/guardrun-pack.yml", "defaults: {severity: low}")
    first = load().rules
    with monkeypatch.context() as broken:
        broken.setattr("guardrun.pack.foreign.foreign_rules", None)
        assert load().rules == first
    write("mine/guardrun-pack.yml", "defaults: {severity: critical}")
    assert load().rules["ACME_TAGGED"].severity == "critical"


def test_a_distribution_brings_a_pack_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    write("site/acme_rules/__init__.py", "")
    write("site/acme_rules/a.guard", TOPICS)
    write("site/acme_rules-1.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.2\n")
    write("site/acme_rules-1.2.dist-info/entry_points.txt", "[guardrun.packs]\nacme = acme_rules\nbroken = nowhere\n")
    monkeypatch.syspath_prepend("site")
    pack = load_packs(["acme"])
    assert (list(pack.rules), pack.name, pack.info.version) == (["ACME_TOPICS"], "acme", "1.2")
    assert pack.rules["ACME_TOPICS"].shown == "acme:a.guard"
    with pytest.raises(PackError, match=r"the pack broken of acme-rules 1\.2 cannot be loaded"):
        load_packs(["broken"])


def test_control_towers_rules_are_stored_with_their_licence_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = "package/rules/control-tower/cfn-guard/sns/ct-1.guard"
    content = wheel_of({rules: TOPICS, "package/LICENSE": "Apache", "package/bin/x": "no", "package/rules/../y": "no"})
    monkeypatch.setattr(added, "WHEEL_SHA256", hashlib.sha256(content).hexdigest())
    folder = added.add_control_tower(write("a.whl", content))
    stored = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert stored == ["LICENSE", "cfn-guard/sns/ct-1.guard", "guardrun-pack.yml"]
    assert folder == Path("data/guardrun/packs/control-tower").absolute()
    assert added.add_control_tower(Path("a.whl")) == folder
    assert list(load_packs(["control-tower"]).rules) == ["ACME_TOPICS"]
    added.remove_pack("control-tower")
    assert added.added_packs() == {}
    with pytest.raises(PackError, match="there is no added pack control-tower"):
        added.remove_pack("control-tower")


def test_a_wheel_of_another_hash_is_refused() -> None:
    with pytest.raises(PackError, match=r"a\.whl: this is another file than the wheel"):
        added.add_control_tower(write("a.whl", wheel_of({})))
    assert added.added_packs() == {}


def test_the_wheel_is_the_one_of_the_engine() -> None:
    root = Path(__file__).resolve().parents[1]
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", root / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    hook: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    pinned = (hook.REQUIREMENT, hook.WHEEL_SHA256, hook.ARCHIVE)
    assert pinned == (added.REQUIREMENT, added.WHEEL_SHA256, added.ARCHIVE)


def test_a_folder_of_the_name_bundled_is_one_in_settings_that_say_so() -> None:
    write("bundled/a.guard", TOPICS)
    write(".guardrun.yml", "rules: [./bundled]\n")
    assert list(load_packs(load_config(Path(".guardrun.yml")).rules, here=False).rules) == ["ACME_TOPICS"]


def test_a_pack_that_is_missing_beside_the_settings_is_not_taken_from_the_working_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(".guardrun.yml", "rules: [policies]\n")
    write("infra/policies/a.guard", TOPICS)
    monkeypatch.chdir("infra")
    rules = load_config(Path("../.guardrun.yml")).rules
    with pytest.raises(PackError, match="no file, folder or pack policies beside the settings"):
        load_packs(rules, here=False)
    assert "no file, folder or pack policies beside the settings" in guardrun("rules").stderr


def test_a_name_in_the_settings_stays_one_whatever_is_in_the_working_directory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("data/guardrun/packs/acme/a.guard", TAGGED)
    write(".guardrun.yml", "rules: [acme]\n")
    write("infra/acme/a.guard", TOPICS)
    monkeypatch.chdir("infra")
    rules = load_config(Path("../.guardrun.yml")).rules
    assert sorted(load_packs(rules, here=False).rules) == ["ACME_NAMED", "ACME_TAGGED"]


@pytest.mark.parametrize(
    "condition", ["%s3 !empty <<it's so>> or Resources exists", "Resources exists <<so>> or %s3 !empty"]
)
def test_a_message_in_a_condition_does_not_hide_what_follows(condition: str) -> None:
    assert gate(condition, "let s3 = Resources.*[ Type == 'AWS::S3::Bucket' ]") is None


def test_a_message_in_a_selection_does_not_hide_what_follows() -> None:
    assert gate("%s3 !empty", "let s3 = Resources.*[ Type == 'AWS::S3::Bucket' <<no>> or Properties exists ]") is None


def test_a_let_without_a_value_is_left_to_the_engine_in_its_line() -> None:
    write("mine/a.guard", "rule A { B exists }\n\nlet foo\n")
    assert {rule.id: rule.line for rule in load().rules.values()} == {"A": 1, "a_default": 3}


@pytest.mark.parametrize(
    "mapping", ['{"ruleSetName": "A", "mappings": [{"controls": ["1"]}]}', '{"mappings": 5}', '{"mappings": [5]}', "["]
)
def test_mappings_of_another_shape_are_a_problem_and_the_others_count(mapping: str) -> None:
    write("mine/a.guard", TOPICS)
    write("mine/mappings/rule_set_a.json", mapping)
    mapped = [{"guardFilePath": "a.guard", "controls": ["2.1"]}]
    write("mine/mappings/rule_set_cis.json", json.dumps({"ruleSetName": "CIS", "mappings": mapped}))
    pack = load()
    assert [problem.path for problem in pack.problems] == ["mine/mappings/rule_set_a.json"]
    assert pack.rules["ACME_TOPICS"].controls == ("cis/2.1",)


def test_what_is_wrong_beside_rules_is_told_by_the_name_that_the_pack_has() -> None:
    write("mine/a.guard", TOPICS)
    write("mine/a.metadata.json", "[]")
    write("mine/mappings/rule_set_a.json", "[]")
    paths = [problem.path for problem in load_pack(Path("mine"), "acme:").problems]
    assert paths == ["acme:mappings/rule_set_a.json", "acme:a.metadata.json"]


def test_a_link_to_nowhere_is_a_problem_and_the_others_count() -> None:
    write("mine/a.guard", TOPICS)
    Path("mine/b.guard").symlink_to("nowhere")
    pack = load()
    assert list(pack.rules) == ["ACME_TOPICS"]
    assert [problem.path for problem in pack.problems] == ["mine/b.guard"]
    assert len(pack.info.hash()) == 64


def test_the_hash_of_a_pack_changes_with_all_that_is_said_of_its_rules() -> None:
    write("mine/a.guard", TOPICS)
    plain = load().info.hash()
    medium = load_packs(["mine"], {"defaults": {"severity": "medium"}}).info.hash()
    critical = load_packs(["mine"], {"defaults": {"severity": "critical"}}).info.hash()
    write("mine/a.metadata.json", '{"DisplayName": "Topics"}')
    described = load().info.hash()
    write("mine/mappings/rule_set_a.json", '{"mappings": []}')
    mapped = load().info.hash()
    write("mine/guardrun-pack.yml", "name: mine\n")
    assert len({plain, medium, critical, described, mapped, load().info.hash()}) == 6


def test_a_pack_without_a_version_has_not_that_of_guardrun() -> None:
    write("mine/a.guard", TOPICS)
    assert load().info.version == "unversioned"


def test_a_misspelt_rule_in_small_letters_gets_a_hint() -> None:
    write("mine/a.guard", "rule topics_named { A exists }\n")
    with pytest.raises(PackError, match="did you mean topics_named"):
        load().rule("topics-namd")
