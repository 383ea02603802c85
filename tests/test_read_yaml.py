"""Reading YAML templates."""

import pytest

from guardrun.errors import TemplateError
from guardrun.read import parse_template

BUCKET = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"


def properties(text: str) -> object:
    document = parse_template(f"{BUCKET}    Properties:\n{text}".encode(), "t.yaml").document
    return document["Resources"]["Bucket"]["Properties"]


def refusal(data: bytes) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        parse_template(data, "t.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt Nested.Outputs.Url", {"Fn::GetAtt": ["Nested", "Outputs.Url"]}),
        ("{ Fn::GetAtt: A.Arn }", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!Sub 'x-${A}'", {"Fn::Sub": "x-${A}"}),
        ("!Sub ['${B}', {B: !Ref A}]", {"Fn::Sub": ["${B}", {"B": {"Ref": "A"}}]}),
        ("!If [C, !Ref A, !Ref AWS::NoValue]", {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Join ['-', [a, !Ref A]]", {"Fn::Join": ["-", ["a", {"Ref": "A"}]]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Base64 {Fn::Sub: x}", {"Fn::Base64": {"Fn::Sub": "x"}}),
        ("!Cidr [!Ref A, 2, 8]", {"Fn::Cidr": [{"Ref": "A"}, 2, 8]}),
        ("!FindInMap [M, !Ref 'AWS::Region', K]", {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "K"]}),
        ("!ImportValue {'Fn::Sub': 'n-${A}'}", {"Fn::ImportValue": {"Fn::Sub": "n-${A}"}}),
        ("!Condition C", {"Condition": "C"}),
        ("!Not [!Equals [a, b]]", {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}),
        ("!Transform {Name: AWS::Include}", {"Fn::Transform": {"Name": "AWS::Include"}}),
    ],
)
def test_a_short_form_becomes_its_long_form(written: str, read: object) -> None:
    assert properties(f"      X: {written}\n") == {"X": read}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2012-10-17", "2012-10-17"),
        ("'5'", "5"),
        ("5", 5),
        ("1.5", 1.5),
        ("yes", True),
        ("False", False),
        ("~", None),
        (".inf", ".inf"),
        ("99999999999999999999999", "99999999999999999999999"),
        ("!!str 5", "5"),
    ],
)
def test_a_scalar_has_the_type_that_yaml_gives_it_but_dates_stay_text(written: str, read: object) -> None:
    assert properties(f"      X: {written}\n") == {"X": read}


def test_an_alias_is_expanded() -> None:
    assert properties("      A: &tags [{Key: a}]\n      B: *tags\n") == {"A": [{"Key": "a"}], "B": [{"Key": "a"}]}


def test_a_merge_key_yields_to_the_keys_beside_it() -> None:
    assert properties("      A: &a {x: 1, y: 1}\n      B: {<<: *a, y: 2}\n") == {
        "A": {"x": 1, "y": 1},
        "B": {"x": 1, "y": 2},
    }


def test_a_number_as_a_key_stays_as_it_is_written() -> None:
    assert properties("      012345678901: x\n") == {"012345678901": "x"}


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"", 1, 1, "empty"),
        (b"# nothing\n", 1, 1, "empty"),
        (b"a: 1\n", 1, 1, "no Resources section"),
        (b"- a\n", 1, 1, "a template is a mapping"),
        (b"Resources: {}\n", 1, 12, "Resources section is empty"),
        (b"Resources:\n  A: 5\n", 2, 6, "'A' is not a mapping"),
        (BUCKET.encode() + b"Outputs: [a]\n", 4, 10, "Outputs section is not a mapping"),
        (b"Resources:\n  A:\n\tType: x\n", 3, 1, "cannot start any token"),
        (b"\xef\xbb\xbf" + BUCKET.encode(), 1, 1, "byte order mark"),
        (b"\xff\xfeR\0", 1, 1, "byte order mark"),
        (BUCKET.encode() + b"\0", 4, 1, "binary"),
        (b"Resources:\n  A: \xc3\xa9\xe9\n", 2, 7, "byte 0xe9 is not UTF-8"),
        (b'Resources:\n  A: "\x07"\n', 2, 7, "not allowed"),
        (BUCKET.encode() + b"---\na: 1\n", 4, 1, "another document"),
        (BUCKET.encode() + b"  Bucket: {}\n", 4, 3, "duplicate key 'Bucket', first used on line 2"),
        (BUCKET.encode() + b"    X: !Foo 1\n", 4, 8, "unknown tag !Foo"),
        (BUCKET.encode() + b"    ? [a]\n    : 1\n", 4, 7, "plain string"),
        (b"Resources: &r\n  A: *r\n", 1, 12, "alias"),
        (BUCKET.encode() + b"    X: {<<: 5}\n", 4, 13, "merge key"),
        (BUCKET.encode() + b"    X: 'abc\n", 5, 1, "end of stream"),
    ],
)
def test_what_cloudformation_could_not_read_is_refused_at_its_place(
    data: bytes, line: int, column: int, message: str
) -> None:
    error = refusal(data)
    assert (error.path, error.line, error.column) == ("t.yaml", line, column)
    assert message in error.message


def test_aliases_that_multiply_are_refused() -> None:
    rows = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8))
    assert "aliases expand to more than" in refusal(f"a0: &a0 [x, x]\n{rows}\n".encode()).message


def test_nesting_that_would_overflow_the_stack_is_refused() -> None:
    assert "nested too deeply" in refusal(b"Resources: " + b"[" * 100_000).message
    assert "nested too deeply" in refusal(b"Resources: " + b"[" * 400 + b"]" * 400).message


def test_a_hint_says_how_to_mend_tabs_and_truncation() -> None:
    assert "spaces" in str(refusal(b"Resources:\n\tA: 1\n").hint)
    assert "truncated" in str(refusal(b"Resources: {A: {Type: x").hint)
