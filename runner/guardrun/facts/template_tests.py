"""The tests of a template: which files of its project are tests, which of them are about it, and what they ask for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from guardrun.workspace import File, Workspace

TEST_NAME = re.compile(
    r"(^|/)(test_[^/]*|[^/]*([_.-]tests?|[_.-]spec|Tests?)\.[a-z0-9]+|[^/]*\.(bats|robot|feature))$"
    r"|(^|/)(tests?|spec|__tests__)/([^/]*/)*[^/]+\.(py|js|mjs|ts|go|java|kt|cs|rb|sh|ps1)$"
    r"|(^|/)(integration|smoke|e2e)[^/]*\.(sh|ps1)$"
)
DATA = (".guard", ".json", ".md", ".txt", ".rst", ".toml", ".cfg")
"""Files that are no tests, wherever they lie; rule tests of cfn-guard are YAML."""
ASSERTS = ("assert", "expect", "should", "check", "[[", "test -", "validate", "fail")
VACUOUS = re.compile(
    r"\bexpect\(\s*(true|false|1)\s*\)[.\w]*(\(\s*(true|false|1)?\s*\)|(?![.\w(]))"
    r"|\bassert\w*(\s+|\(\s*)(true|1)(\s*(,|==)\s*(true|1))?\b(?!\s*[<>!=])"
)
"""Assertions that hold, or fail, whatever the template is."""
ASSERTION = re.compile(r"\b(expect|fail|check\w*|assert\w*)\s*\(|\bassert\s+\S|\.should\b|\[\[|\btest -")
TASKCAT = re.compile(r"(^|/)\.?taskcat\.ya?ml$")

AT_AWS = (
    "boto3", "@aws-sdk/", "aws-sdk", "aws_sdk", "software.amazon.awssdk", "modules/aws", "flat-outputs", "cfn-outputs",
    "supertest", "describestacks", "describe-stacks", "sam deploy", "cdk deploy", "rain deploy",
)  # fmt: skip
"""What a test calls or reads that looks at what is deployed."""
AWS_COMMAND = re.compile(r"(?m)(^|[\s$(`\"'])aws [a-z0-9]+ [a-z-]+")
STUBS = ("moto", "mock_aws", "aws-sdk-client-mock", "localstack", "mockclient")

COMMON = {"app", "cloudformation", "cfn", "index", "infra", "infrastructure", "main", "stack", "template", "test"}
"""Names of templates that are words of any text."""
OUTPUT = re.compile(
    r"""OutputKey["']?\s*(?:={1,3}|:)\s*["'`\\]*([A-Za-z][A-Za-z0-9]*)["'`\\]"""
    r"""|\b\w*[oO]utputs(?:\?\.)?\[\s*["']([A-Za-z][A-Za-z0-9]*)["']\s*\]"""
    r"""|\b\w*[oO]utputs\??\.(?:get\(\s*["'])?([A-Z][A-Za-z0-9]*)\b(?!\()"""
    r"""|\bget_?[oO]utput\w*\(\s*["']([A-Za-z][A-Za-z0-9]*)["']"""
)
"""Where a test reads an output of a stack: its name is in one of the groups."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test: its file, and whether it looks at what is deployed."""

    file: File
    at_aws: bool = True

    @property
    def path(self) -> str:
        """The path of its file."""
        return self.file.path

    @property
    def asserts(self) -> bool:
        """Whether it asserts anything but fixed values."""
        rest = VACUOUS.sub("", self.file.lower)
        return rest == self.file.lower or bool(ASSERTION.search(rest))


@lru_cache(maxsize=8)
def all_tests(workspace: Workspace) -> tuple[Test, ...]:
    """The tests of a project, whatever they are about."""
    named = [file for file in workspace.files if TEST_NAME.search(file.path) and not file.path.endswith(DATA)]
    tests = [Test(file, _looks_at_aws(file.lower)) for file in named if _is_test(file)]
    return (*tests, *(Test(file) for file in workspace.files if TASKCAT.search(file.path)))


def tests_of(workspace: Workspace, path: str) -> list[Test]:
    """The tests that name the template; where several templates have its name, those that are nearer to it."""
    name = path.rpartition("/")[2].lower()
    namesakes = [file.path for file in workspace.files if file.path.rpartition("/")[2].lower() == name]
    named = [test for test in all_tests(workspace) if _names(test, name) or _means_the_only_one(test, workspace)]
    return [test for test in named if _nearest(test.path, namesakes or [path]) == path]


def _names(test: Test, name: str) -> bool:
    """Whether a test names a file, or its stem, unless that is a word of any text."""
    stem = name.partition(".")[0]
    text = f"{test.path.lower()}\n{test.file.lower}"
    if stem not in text:
        return False
    return name in text or (stem not in COMMON and bool(_word(stem).search(text)))


@lru_cache(maxsize=64)
def _word(stem: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(stem)}(?![a-z0-9])")


def _means_the_only_one(test: Test, workspace: Workspace) -> bool:
    return "cloudformation" in test.file.lower and _has_one_template(workspace)


def unknown_outputs(workspace: Workspace, tests: Iterable[Test], declared: Collection[str]) -> list[dict[str, str]]:
    """The outputs that tests of what is deployed read, and that neither the template nor another one declares."""
    found: dict[str, str] = {}
    for test in tests:
        for match in OUTPUT.finditer(test.file.text) if test.at_aws else ():
            found.setdefault(next(name for name in match.groups() if name), test.path)
    elsewhere = "\n".join(file.text for file in _templates(workspace)) if found else ""
    unknown = [name for name in found if name not in declared and not re.search(rf"\b{name}\b", elsewhere)]
    return [{"Name": name, "File": found[name], "At": "/Outputs"} for name in unknown]


def _is_test(file: File) -> bool:
    if file.path.endswith((".yaml", ".yml")):
        return "expectations:" in file.lower
    return any(word in file.lower for word in ASSERTS)


def _templates(workspace: Workspace) -> Iterator[File]:
    """The CloudFormation templates of the project, by their looks."""
    files = (file for file in workspace.files if file.path.endswith((".yaml", ".yml", ".json")))
    return (file for file in files if "AWS::" in file.text and "expectations:" not in file.text)


@lru_cache(maxsize=8)
def _has_one_template(workspace: Workspace) -> bool:
    return len(list(islice(_templates(workspace), 2))) <= 1


def _nearest(test: str, paths: Iterable[str]) -> str:
    """The path that shares the most folders with a test; of several the first."""
    folders = test.split("/")[:-1]

    def shared(path: str) -> int:
        pairs = zip(folders, path.split("/")[:-1], strict=False)
        return next((number for number, (one, other) in enumerate(pairs) if one != other), len(folders))

    return max(paths, key=shared)


def _looks_at_aws(text: str) -> bool:
    calls = any(word in text for word in AT_AWS) or ("aws " in text and AWS_COMMAND.search(text))
    return bool(calls) and not any(word in text for word in STUBS)
