"""Runs with rules that others wrote: as they are, with places, messages and fixes like our own."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from foreign import TAGGED, TOPICS, wheel_of, write
from guardrun.pack import added
from project import BAD, NAMED, guardrun, rule


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def checked(*arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(guardrun("check", *arguments, "-o", "json").stdout)
    return document


@pytest.mark.engine
def test_findings_of_foreign_rules_have_places_messages_and_fixes() -> None:
    write("mine/a.guard", TAGGED)
    write("t.yaml", BAD)
    told = [
        (one["rule"], one["line"], one["logical_id"], one["message"], one["fix"])
        for one in checked("t.yaml", "--rules", "mine")["findings"]
    ]
    assert told == [("ACME_TAGGED", 2, "Logs", "buckets have no tags", "Add Tags")]


@pytest.mark.engine
def test_what_the_message_of_a_rule_call_tells_is_one_finding_at_the_shared_place() -> None:
    write(
        "mine/a.guard",
        "let b = Resources.*[ Type == 'AWS::S3::Bucket' ]\n"
        "rule BLOCKED when %b !empty { closed(%b) << it is open >> }\n"
        "rule closed(some) { %some.Properties.Access { A == true\n B == true\n C == true << own >> } }\n",
    )
    write("t.yaml", f"{BAD}    Properties:\n      Access: {{A: false, B: false, C: false}}\n")
    found = checked("t.yaml", "--rules", "mine")["findings"]
    assert [(one["path"], one["message"]) for one in found] == [
        ("/Resources/Logs/Properties/Access", "it is open"),
        ("/Resources/Logs/Properties/Access/C", "own"),
    ]


@pytest.mark.engine
def test_a_failure_without_a_place_is_at_the_only_resource_or_at_the_start() -> None:
    write(
        "mine/a.guard",
        "let b = Resources.*[ Type == 'AWS::S3::Bucket' ]\nrule ONE when %b !empty { %b[ Type == 'X' ] !empty }\n"
        "rule NONE { Resources.*[ Type == 'X' ] !empty << nothing >> }\n",
    )
    write("t.yaml", BAD)
    found = checked("t.yaml", "--rules", "mine")["findings"]
    assert [(one["rule"], one["line"], one["logical_id"]) for one in found] == [("NONE", 1, None), ("ONE", 2, "Logs")]


@pytest.mark.engine
def test_rules_see_the_template_as_written_unless_told_otherwise() -> None:
    write("mine/a.guard", "rule PLAIN { Resources.Logs.Properties.BucketName == 'prod' << not prod >> }\n")
    parameter = "Parameters: {Name: {Type: String, Default: prod}}\n"
    write("t.yaml", f"{parameter}{BAD}    Properties: {{BucketName: !Ref Name}}\n")
    assert [one["found"] for one in checked("t.yaml", "--rules", "mine")["findings"]] == ['{"Ref": "Name"}']
    write("mine/guardrun-pack.yml", "defaults: {view: resolved}")
    assert checked("t.yaml", "--rules", "mine")["findings"] == []


@pytest.mark.engine
def test_rules_see_no_facts_unless_they_ask_for_them() -> None:
    write("mine/a.guard", "rule NO_FACTS { Resources.Logs[ keys == /Guard/ ] empty }\n")
    write("mine/b.guard", "rule FACTS { GuardRun exists }\n")
    write("t.yaml", BAD)
    (template,) = checked("t.yaml", "--rules", "mine")["templates"]
    assert template["rules"]["pass"] == ["FACTS", "NO_FACTS"]


@pytest.mark.engine
def test_a_file_that_the_engine_cannot_parse_is_told_once_with_its_line_and_the_others_count() -> None:
    write("mine/a.guard", TAGGED)
    write("mine/bad.guard", "rule BAD {\n  Resources == = 3\n}\n")
    write("one.yaml", BAD)
    write("two.yaml", BAD)
    done = guardrun("check", "one.yaml", "two.yaml", "--rules", "mine", "-o", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 2
    assert [(one["path"], one["line"], one["column"]) for one in document["problems"]] == [("mine/bad.guard", 2, 15)]
    assert [one["template"] for one in document["findings"]] == ["one.yaml", "two.yaml"]


@pytest.mark.engine
def test_a_file_that_stops_the_engine_costs_only_its_own_rules() -> None:
    write("mine/a.guard", TAGGED)
    write("mine/bad.guard", "rule STOPS { %nowhere exists }\n")
    write("t.yaml", BAD)
    document = checked("t.yaml", "--rules", "mine")
    (template,) = document["templates"]
    assert [(one["rule"], one["path"]) for one in template["rules"]["error"]] == [("STOPS", "mine/bad.guard")]
    assert [one["rule"] for one in document["findings"]] == ["ACME_TAGGED"]


@pytest.mark.engine
def test_foreign_rules_stand_beside_the_bundled_ones_and_those_of_the_settings() -> None:
    write("mine/a.guard", TAGGED)
    write("sub/t.yaml", BAD)
    write(".guardrun.yml", "rules: [bundled, mine]\nforeign: {rules: [{match: ACME_*, severity: critical}]}\n")
    document = json.loads(guardrun("check", "t.yaml", "-o", "json", cwd="sub").stdout)
    severities = {one["rule"]: one["severity"] for one in document["findings"]}
    assert severities["ACME_TAGGED"] == "critical"
    assert "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED" in severities


@pytest.mark.engine
def test_tests_in_the_registrys_layout_are_run_and_strays_told() -> None:
    write("reg/s3/tagged.guard", TAGGED)
    case = "- name: {name}\n  input: {input}\n  expectations: {{rules: {{ACME_TAGGED: {status}}}}}\n"
    passing = case.format(name="nothing", input="{}", status="SKIP")
    failing = case.format(name="bad", input="{Resources: {B: {Type: 'AWS::S3::Bucket'}}}", status="PASS")
    write("reg/s3/tests/tagged_tests.yml", passing + failing)
    done = guardrun("test", "--rules", "reg")
    assert done.returncode == 1
    assert "reg/s3/tests/tagged_tests.yml:4 ACME_TAGGED\n    bad: expected PASS, got FAIL" in done.stdout
    write("reg/s3/tests/taged_tests.yml", passing)
    assert "reg/s3/tests/taged_tests.yml:1 (none)" in guardrun("test", "--rules", "reg").stdout


@pytest.mark.engine
def test_rules_without_tests_are_an_error_of_guardrun_test() -> None:
    write("mine/a.guard", TOPICS)
    done = guardrun("test", "--rules", "mine")
    assert (done.returncode, "there are no tests of these rules" in done.stderr) == (2, True)


def test_packs_are_listed_with_their_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    content = wheel_of({"package/rules/control-tower/cfn-guard/sns/ct-1.guard": TOPICS})
    monkeypatch.setattr(added, "WHEEL_SHA256", hashlib.sha256(content).hexdigest())
    assert "guardrun packs add control-tower" in guardrun("packs", "list").stdout
    added.add_control_tower(write("a.whl", content))
    lines = guardrun("packs", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["bundled", "control-tower"]
    assert "0.0.62" in lines[1]
    assert guardrun("packs", "remove", "control-tower").returncode == 0
    assert guardrun("packs", "remove", "control-tower").returncode == 2
    assert guardrun("packs", "add", "other").returncode == 2


def test_an_explanation_leaves_out_what_is_not_told() -> None:
    write("mine/a.guard", TOPICS)
    told = guardrun("explain", "acme-topics", "--rules", "mine").stdout
    assert told.splitlines()[0] == "ACME_TOPICS  medium security (core), from mine"
    assert "Why" not in told
    assert "See mine/a.guard:1." in told


@pytest.mark.engine
def test_a_let_may_mean_another_query_in_another_pack_of_our_layout() -> None:
    rule(
        "acme_named",
        NAMED.replace("BUCKET_NAMED", "ACME_NAMED").replace("== 'AWS::S3::Bucket'", "== 'AWS::SNS::Topic'"),
    )
    write("t.yaml", BAD + "  Topic:\n    Type: AWS::SNS::Topic\n")
    found = checked(
        "t.yaml", "--rules", "bundled", "--rules", "rules", "--select", "ACME_NAMED,S3_BUCKET_VERSIONING_ENABLED"
    )
    assert [(one["rule"], one["logical_id"]) for one in found["findings"]] == [
        ("S3_BUCKET_VERSIONING_ENABLED", "Logs"),
        ("ACME_NAMED", "Topic"),
    ]


@pytest.mark.engine
def test_a_rule_that_is_left_out_is_not_taken_for_one_of_its_name() -> None:
    write("mine/a.guard", "rule SAME { Resources.Logs.Other exists << not this >> }\nrule KEPT { Resources exists }\n")
    write("mine/b.guard", "rule SAME { Resources.Logs.Type exists << not this either >> }\n")
    write("mine/guardrun-pack.yml", "rules: [{match: a.guard, use: false}, {match: KEPT, use: true}]")
    write("t.yaml", BAD)
    document = checked("t.yaml", "--rules", "mine")
    assert document["findings"] == []
    assert document["templates"][0]["rules"]["pass"] == ["KEPT", "SAME"]


@pytest.mark.engine
@pytest.mark.parametrize("options", [(), ("--select", "BAD"), ("--ignore", "BAD")])
def test_why_a_pack_has_no_rules_is_told_where_none_can_be_selected(options: tuple[str, ...]) -> None:
    write("mine/bad.guard", "rule BAD {\n  Resources == = 3\n}\n")
    write("t.yaml", BAD)
    done = guardrun("check", "t.yaml", "--rules", "mine", *options)
    assert done.returncode == 2
    assert "mine/bad.guard:2:15:" in done.stderr


@pytest.mark.engine
def test_a_rule_in_small_letters_and_another_profile_is_selected_by_its_id() -> None:
    write("mine/a.guard", "rule topics { Resources.None exists }\n")
    write("mine/guardrun-pack.yml", "defaults: {profile: strict}")
    write("t.yaml", BAD)
    found = checked("t.yaml", "--rules", "mine", "--select", "Topics")["findings"]
    assert [one["rule"] for one in found] == ["topics"]


CASES = """\
- name: nothing
  input: {}
  expectations: {rules: {ACME_TAGGED: SKIP}}
"""


@pytest.mark.engine
def test_the_tests_of_the_working_directory_are_run() -> None:
    write("mine/tagged.guard", TAGGED)
    write("mine/tests/tagged_tests.yml", CASES)
    write("mine/tests/taged_tests.yml", CASES)
    done = guardrun("test", "--rules", ".", cwd="mine")
    assert (done.returncode, done.stderr) == (1, "")
    assert "\ntests/taged_tests.yml:1 (none)" in f"\n{done.stdout}"


@pytest.mark.engine
def test_the_tests_of_a_single_file_are_run_and_those_of_others_are_no_strays() -> None:
    write("mine/tagged.guard", TAGGED)
    write("mine/tests/tagged_tests.yml", CASES.replace("SKIP", "PASS"))
    write("mine/tests/topics_tests.yml", CASES)
    done = guardrun("test", "--rules", "mine/tagged.guard")
    assert (done.returncode, done.stderr) == (1, "")
    assert "mine/tests/tagged_tests.yml:1 ACME_TAGGED\n    nothing: expected PASS, got SKIP" in done.stdout
    assert "(none)" not in done.stdout


@pytest.mark.engine
def test_a_link_to_nowhere_is_told_and_the_other_files_are_tested() -> None:
    write("mine/tagged.guard", TAGGED)
    write("mine/tests/tagged_tests.yml", CASES)
    Path("mine/gone.guard").symlink_to("nowhere")
    Path("mine/linked.guard").symlink_to("later.txt")
    write("mine/later.txt", "rule LATER { Resources exists }\n")
    write("mine/tests/linked_tests.yml", CASES.replace("ACME_TAGGED: SKIP", "LATER: FAIL"))
    done = guardrun("test", "--rules", "mine")
    assert (done.returncode, done.stdout) == (2, "2 tests of 2 rules: all passed\n")
    assert "mine/gone.guard: cannot read the rules" in done.stderr


@pytest.mark.engine
def test_files_that_give_no_rule_are_told_where_a_rule_to_test_is_not_found() -> None:
    write("mine/a.guard", TAGGED)
    write("mine/bad.guard", "rule BAD {\n  Resources == = 3\n}\n")
    done = guardrun("test", "--rules", "mine", "BAD")
    assert done.returncode == 2
    assert "mine/bad.guard" in done.stderr
