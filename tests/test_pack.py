"""Reading rules: their headers, their statements, the pack as a whole, and linking."""

import os
import time
from pathlib import Path

import pytest

from guardrun.errors import PackError
from guardrun.pack import load_pack
from guardrun.pack.header import read_plain
from guardrun.pack.link import applicable, link
from guardrun.pack.rule import load_rule
from guardrun.pack.source import find_source
from guardrun.pack.syntax import split_header, statements, strip_comments

HEADER = """\
# title: Buckets are named
# severity: medium
# profile: core
# resources: [AWS::S3::Bucket]
# why: Because.
# fix: |
#   Name it, please,
#   somehow.
#
#       Example: yes
"""
BODY = """
let s3_buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

rule NAMED when %s3_buckets !empty { # all of them
  %s3_buckets { Properties.BucketName exists << has no # name >> }
}
"""


def written(folder: Path, text: str, name: str = "naming/named.guard") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(PackError) as caught:
        load_rule(written(folder, text), "naming/named.guard")
    return str(caught.value)


def test_a_rule_is_its_header_its_lets_and_its_block(tmp_path: Path) -> None:
    rule = load_rule(written(tmp_path, HEADER + BODY), "naming/named.guard")
    assert (rule.id, rule.category, rule.severity, rule.view) == ("NAMED", "naming", "medium", "resolved")
    assert rule.resources == ("AWS::S3::Bucket",)
    assert rule.fix_line == "Name it, please, somehow."
    assert rule.lets == {"s3_buckets": "let s3_buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]"}
    assert rule.body.startswith("rule NAMED when %s3_buckets !empty {")


def test_comments_go_but_not_what_looks_like_one_in_strings_patterns_and_messages() -> None:
    source = "a == '#x' # gone\nb == /#y/ << no # here >> # gone too\nc == \"it's # fine\""
    assert strip_comments(source) == "a == '#x' \nb == /#y/ << no # here >> \nc == \"it's # fine\""


def test_a_header_is_the_text_of_the_first_comments() -> None:
    assert split_header("# a: |\n#\n#   b # c\n\n# d\nlet e = 1\n") == ("a: |\n\n  b # c\n", "\n# d\nlet e = 1\n")
    assert split_header("let e = 1\n") == ("", "let e = 1\n")


def test_statements_start_in_the_first_column() -> None:
    preamble, found = statements("# c\n\nlet a = 1\nrule B {\n  let c = 2\n}\n")
    assert preamble.strip() == ""
    assert found == [("let", "a", "let a = 1"), ("rule", "B", "rule B {\n  let c = 2\n}")]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("title: Fine: not\n", None),
        ("title: Fine #not\n", None),
        ("title: Fine#too, x:y\n", {"title": "Fine#too, x:y"}),
        ("title: 'Quoted'\n", None),
        ("title: No\n", None),
        ("title: Nothing\n", {"title": "Nothing"}),
        ("title: 5\n", None),
        ("as_of: 2026-11-23\n", {"as_of": "2026-11-23"}),
        ("why: One,\n  two.\n", {"why": "One, two."}),
        ("why: One,\n\n  two.\n", None),
        ("why: One:\n  two.\n", None),
        ("why: One,\n  # two.\n", None),
        ("why: >\n  One,\n  two.\n", None),
        ("fix: |\n  One: two\n\n    three # four\n", {"fix": "One: two\n\n  three # four"}),
        ("fix: |\n    One\n", None),
        ("resources: []\n", {"resources": []}),
        ("resources: [A::B, C::D,\n  E::F]\n", {"resources": ["A::B", "C::D", "E::F"]}),
        ("resources: [A::B C::D]\n", None),
        ("resources: [A, off]\n", None),
        ("analysis: [6.1, 10.2]\n", {"analysis": ["6.1", "10.2"]}),
        ("resources:\n  - A::B\n  - C::D\n", {"resources": ["A::B", "C::D"]}),
        ("resources:\n  - A: B\n", None),
        ("resources:\n- A::B\n", None),
        ("why: One\ttwo.\n", None),
        ("why: One: two\nwhy: three\n", None),
        ("{}\n", None),
    ],
)
def test_only_what_yaml_surely_reads_in_the_same_way_is_read_without_it(
    text: str, header: dict[str, object] | None
) -> None:
    assert read_plain(text) == header


def test_a_header_may_be_written_in_all_the_ways_of_yaml(tmp_path: Path) -> None:
    header = HEADER.replace("title: Buckets are named", "title: 'Buckets: named'  # all of them")
    rule = load_rule(written(tmp_path, header + BODY), "naming/named.guard")
    assert (rule.title, rule.resources) == ("Buckets: named", ("AWS::S3::Bucket",))
    assert rule.fix_line == "Name it, please, somehow."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BODY, "the rule has no header"),
        (HEADER.replace("medium", "grave") + BODY, "severity 'grave' is none of"),
        (HEADER.replace("# why: Because.\n", "") + BODY, "misses why"),
        (HEADER + "# colour: red\n" + BODY, "has unknown colour"),
        (HEADER.replace("# why: Because.", "# why: [") + BODY, "header is not YAML"),
        (
            HEADER.replace("# why: Because.", "# why: Because: so") + BODY,
            "named.guard:5: the rule's header is not YAML",
        ),
        (HEADER + "# as_of: 2026-02-31 \n" + BODY, "header is not YAML: day is out of range"),
        (HEADER.replace("[AWS::S3::Bucket]", "AWS::S3::Bucket") + BODY, "resources is not a list"),
        (HEADER + "# analysis: [6.9]\n" + BODY, "analysis 6.9 is no point"),
        (HEADER, "one rule"),
        (HEADER + BODY + BODY.replace("NAMED", "OTHER"), "one rule"),
        (HEADER + "\nResources exists\n" + BODY, "one rule"),
    ],
)
def test_a_rule_that_is_not_as_it_should_be_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    refused = refusal(tmp_path, text)
    assert message in refused
    assert refused.startswith("naming/named.guard")


def test_a_folder_that_is_no_category_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + BODY, "colours/named.guard")
    with pytest.raises(PackError, match="'colours' is no category"):
        load_rule(path, "colours/named.guard")


def test_one_bad_rule_is_a_problem_of_the_pack_and_the_others_stand(tmp_path: Path) -> None:
    written(tmp_path, HEADER + BODY)
    written(tmp_path, "# title: Bad\n# severity: low\n" + BODY, "naming/bad.guard")
    pack = load_pack(tmp_path, "rules")
    assert list(pack.rules) == ["NAMED"]
    assert [(problem.path, problem.message) for problem in pack.problems] == [
        ("rules/naming/bad.guard", "the rule's header misses fix, profile, resources, why")
    ]


def test_two_rules_of_one_name_are_a_problem(tmp_path: Path) -> None:
    written(tmp_path, HEADER + BODY)
    written(tmp_path, HEADER + BODY, "security/named.guard")
    (problem,) = load_pack(tmp_path, "rules").problems
    assert problem.message == "the rule NAMED is already defined in rules/naming/named.guard:14"
    assert (problem.path, problem.line) == ("rules/security/named.guard", 14)


def test_a_let_that_means_two_queries_is_a_problem(tmp_path: Path) -> None:
    written(tmp_path, HEADER + BODY)
    other = BODY.replace("NAMED", "OTHER").replace("== 'AWS::S3::Bucket'", "== 'AWS::SNS::Topic'")
    written(tmp_path, HEADER + other, "naming/other.guard")
    (problem,) = load_pack(tmp_path, "rules").problems
    assert problem.message == "`let s3_buckets` means another query in rules/naming/named.guard"


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no rules"):
        load_pack(tmp_path)


def test_the_hash_of_a_pack_changes_with_any_rule(tmp_path: Path) -> None:
    written(tmp_path, HEADER + BODY)
    before = load_pack(tmp_path).info.hash()
    written(tmp_path, HEADER + BODY + "\n")
    assert load_pack(tmp_path).info.hash() != before


def test_rules_are_remembered_and_read_anew_when_a_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRUN_CACHE", str(tmp_path / "cache"))
    path = written(tmp_path / "rules", HEADER + BODY)
    first = load_pack(tmp_path / "rules").rules
    monkeypatch.setattr("guardrun.pack.load.load_rule", None)
    assert load_pack(tmp_path / "rules").rules == first
    monkeypatch.undo()
    monkeypatch.setenv("GUARDRUN_CACHE", str(tmp_path / "cache"))
    path.write_text(path.read_text().replace("Buckets are named", "Buckets have names"))
    assert load_pack(tmp_path / "rules").rules["NAMED"].title == "Buckets have names"


def test_a_cache_that_is_broken_or_switched_off_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRUN_CACHE", str(tmp_path / "cache"))
    written(tmp_path / "rules", HEADER + BODY)
    rules = load_pack(tmp_path / "rules").rules
    (file,) = (tmp_path / "cache").iterdir()
    file.write_text('{"state": []')
    assert load_pack(tmp_path / "rules").rules == rules
    monkeypatch.setenv("GUARDRUN_CACHE", "")
    assert load_pack(tmp_path / "rules").rules == rules


def test_rules_with_problems_are_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUARDRUN_CACHE", str(tmp_path / "cache"))
    written(tmp_path / "rules", HEADER)
    assert load_pack(tmp_path / "rules").problems
    assert not (tmp_path / "cache").exists()


def test_a_rule_is_found_in_any_spelling_and_a_misspelt_one_gets_a_hint(tmp_path: Path) -> None:
    written(tmp_path, HEADER + BODY)
    pack = load_pack(tmp_path)
    assert pack.rule("named").id == "NAMED"
    with pytest.raises(PackError, match="did you mean NAMED"):
        pack.rule("NAMEDD")


def test_only_rules_with_something_to_look_at_apply(tmp_path: Path) -> None:
    rule = load_rule(written(tmp_path, HEADER + BODY), "naming/named.guard")
    assert applicable([rule], ["AWS::S3::Bucket", "AWS::SNS::Topic"]) == [rule]
    assert applicable([rule], ["AWS::SNS::Topic"]) == []


def test_linking_writes_a_let_once_that_rules_need_in_the_same_form(tmp_path: Path) -> None:
    first = load_rule(written(tmp_path, HEADER + BODY), "naming/named.guard")
    source = HEADER + BODY.replace("rule NAMED", "rule OTHER")
    second = load_rule(written(tmp_path, source, "naming/other.guard"), "naming/other.guard")
    linked = link([first, second])
    assert linked.texts[0].count("let s3_buckets =") == 1
    assert linked.names == {"NAMED", "OTHER"}


def test_rules_are_read_anew_when_a_file_of_the_same_size_and_time_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRUN_CACHE", str(tmp_path / "cache"))
    path = written(tmp_path / "rules", HEADER + BODY)
    before = path.stat()
    assert load_pack(tmp_path / "rules").rules["NAMED"].title == "Buckets are named"
    time.sleep(0.02)
    path.write_text(path.read_text().replace("Buckets are named", "Buckets are nameD"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert load_pack(tmp_path / "rules").rules["NAMED"].title == "Buckets are nameD"


def test_folders_with_paths_that_are_alike_do_not_share_what_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDRUN_CACHE", str(tmp_path / "cache"))
    written(tmp_path / "a" / "b-c", HEADER + BODY)
    written(tmp_path / "a-b" / "c", HEADER + BODY)
    load_pack(tmp_path / "a" / "b-c", "rules")
    load_pack(tmp_path / "a-b" / "c", "rules")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_what_is_remembered_says_of_which_folder_it_is(tmp_path: Path) -> None:
    written(tmp_path / "rules", HEADER + BODY)
    assert str(tmp_path / "rules") in find_source(tmp_path / "rules", "rules", ()).state()
