"""`guardrun test`: what it demands of a rule's tests, and how it tells."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

RULE = """\
# title: Buckets are named
# severity: medium
# profile: core
# resources: [AWS::S3::Bucket]
# why: w
# fix: f

let s3_buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]

rule BUCKET_NAMED when %s3_buckets !empty {
  %s3_buckets { Properties.BucketName exists << no name >> }
}
"""
CASE = """\
- name: {name}
  input:
    Resources:
      A:
        Type: {type}
        Properties: {properties}
  expectations:
    rules:
      {rule}: {status}
"""


def case(status: str, properties: str = "{}", kind: str = "AWS::S3::Bucket", rule: str = "BUCKET_NAMED") -> str:
    return CASE.format(name=f"the {status} case", type=kind, properties=properties, rule=rule, status=status)


PASS, FAIL, SKIP = case("PASS", "{BucketName: x}"), case("FAIL"), case("SKIP", kind="AWS::SNS::Topic")


@pytest.fixture(autouse=True)
def _in_a_folder_with_one_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("guard-rules/naming/bucket_named.guard", RULE)
    write("rule-tests/naming/bucket_named_tests.yaml", PASS + FAIL + SKIP)


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "guardrun", "test", "--rules", "guard-rules", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_rule_that_passes_its_tests_is_told_in_a_line() -> None:
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "4 tests of 1 rule: all passed\n"


def test_a_wrong_expectation_is_told_with_its_line() -> None:
    write("rule-tests/naming/bucket_named_tests.yaml", PASS + FAIL + SKIP + case("PASS"))
    done = run()
    assert done.returncode == 1
    assert "rule-tests/naming/bucket_named_tests.yaml:28 BUCKET_NAMED" in done.stdout
    assert "the PASS case: expected PASS, got FAIL" in done.stdout


@pytest.mark.parametrize(("cases", "missing"), [(FAIL + SKIP, "PASS"), (PASS + SKIP, "FAIL"), (PASS + FAIL, "SKIP")])
def test_a_rule_without_one_of_the_three_statuses_fails(cases: str, missing: str) -> None:
    write("rule-tests/naming/bucket_named_tests.yaml", cases)
    done = run()
    assert done.returncode == 1
    assert f"there is no {missing} case" in done.stdout


def test_a_rule_without_tests_fails() -> None:
    Path("rule-tests/naming/bucket_named_tests.yaml").unlink()
    done = run()
    assert done.returncode == 1
    assert "the rule has no tests" in done.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PASS + FAIL + SKIP + case("PASS", rule="NO_SUCH_RULE"), "expects something of NO_SUCH_RULE, which is no rule"),
        (PASS + FAIL + SKIP + case("FINE"), "expects 'FINE', which is no status"),
        ("name: x\n", "not a list of cases"),
        ("- name: x\n", "a case has the keys name, input and expectations"),
        (PASS.replace("Resources", "Things"), "is no template"),
        ("- [\n", "did not find"),
    ],
)
def test_tests_that_are_not_as_they_should_be_fail(text: str, message: str) -> None:
    write("rule-tests/naming/bucket_named_tests.yaml", text)
    done = run()
    assert done.returncode == 1
    assert message in done.stdout


def test_a_test_file_that_no_rule_owns_fails() -> None:
    write("rule-tests/naming/bucket_naimed_tests.yaml", PASS)
    done = run()
    assert done.returncode == 1
    assert "rule-tests/naming/bucket_naimed_tests.yaml:1" in done.stdout


def test_a_rule_that_does_not_parse_fails_its_tests() -> None:
    write("guard-rules/naming/bucket_named.guard", RULE.replace("exists <<", "== <<"))
    done = run()
    assert done.returncode == 1
    assert "cfn-guard cannot parse the rule" in done.stdout


def test_the_sources_are_left_as_they_are() -> None:
    before = sorted((str(path), path.stat().st_mtime_ns) for path in Path().rglob("*"))
    run()
    assert sorted((str(path), path.stat().st_mtime_ns) for path in Path().rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    ["bucket_named", "BUCKET_NAMED", "guard-rules/naming/bucket_named.guard", "rule-tests/naming", "rule-tests"],
)
def test_rules_are_chosen_by_id_file_or_folder(name: str) -> None:
    write("guard-rules/security/other.guard", RULE.replace("BUCKET_NAMED", "OTHER"))
    assert run(name).stdout.startswith("4 tests of 1 rule" if name != "rule-tests" else "rule-tests/security")


def test_an_unknown_rule_is_an_error_with_a_hint() -> None:
    done = run("BUCKET_NAMD")
    assert done.returncode == 2
    assert "did you mean BUCKET_NAMED?" in done.stderr


def test_junit_has_a_suite_a_rule_and_a_case_a_test() -> None:
    run("-o", "junit:r.xml")
    (suite,) = ET.parse("r.xml").getroot()
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("BUCKET_NAMED", "4", "0")
    assert [case.get("name") for case in suite][1:] == ["the PASS case", "the FAIL case", "the SKIP case"]
    assert suite[2].get("line") == "10"


def test_verbose_shows_the_engines_own_words() -> None:
    done = run("--verbose")
    assert done.returncode == 0
    assert "bucket_named.guard/BUCKET_NAMED    FAIL" in done.stdout


def test_the_rules_of_the_working_directory_have_their_tests_beside_it() -> None:
    command = [sys.executable, "-m", "guardrun", "test", "--rules", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="guard-rules")
    assert (done.returncode, done.stdout, done.stderr) == (0, "4 tests of 1 rule: all passed\n", "")


def test_a_single_file_of_our_layout_has_its_tests_beside_the_folder_of_the_rules() -> None:
    write("rule-tests/naming/other_tests.yaml", PASS)
    command = [sys.executable, "-m", "guardrun", "test", "--rules", "guard-rules/naming/bucket_named.guard"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "4 tests of 1 rule: all passed\n", "")


def test_the_folder_of_the_tests_may_have_the_name_of_that_of_the_rules() -> None:
    write("tests/guard-rules/naming/bucket_named_tests.yaml", PASS + FAIL + SKIP)
    done = run("--tests", "tests/guard-rules")
    assert (done.returncode, done.stdout, done.stderr) == (0, "4 tests of 1 rule: all passed\n", "")


def test_rules_of_our_layout_without_a_folder_of_tests_are_an_error() -> None:
    Path("rule-tests").rename("elsewhere")
    done = run()
    assert done.returncode == 2
    assert "guard-rules: there are no tests of these rules" in done.stderr
    assert run("--tests", "elsewhere").returncode == 0
