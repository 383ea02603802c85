"""Reading JSON templates."""

import json

import pytest

from guardrun.errors import TemplateError
from guardrun.read import parse_template
from guardrun.read.json_nodes import compose_json
from guardrun.read.values import to_value

TEXTS = [
    '{"a": [1, -2.5, 1e3, true, false, null, "x"]}',
    '{ "a" : { } , "b" : [ ] , "c" : "\\u00e9\\ud83d\\ude00\\/\\n" }',
    '[[], [{}], "", {"": 0}]',
    '\t\r\n{"tab":\t1}\r\n',
    '{"k":"v","n":12345,"deep":{"x":[{"y":[[]]}]}}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_json_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert to_value(compose_json(text)) == json.loads(text)


@pytest.mark.parametrize(
    "text", ["{", "[1,]", '{"a":1,}', '{"a" 1}', "{'a': 1}", "[1 2]", "tru", "01", '"a', "{} x", "[", '{"a":', "[01]"]
)
def test_what_the_standard_library_refuses_is_refused_at_the_same_place(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as ours:
        compose_json(text)
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    assert ours.value.lineno == 1


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert to_value(compose_json('"a\\ud83d"')) == "a\ufffd"


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ('{"Resources": {\n  // no\n}}', 2, 3, "no comments"),
        ('{"Resources": {"A": {"Type": "x"},\n}}', 2, 1, "comma too many"),
        ('{"Resources": {"A": {"Type": "x"', 1, 33, "truncated"),
        ('{"Resources": {"A": {"Type": "AWS:', 1, 30, "truncated"),
    ],
)
def test_a_fault_has_its_place_and_a_hint(text: str, line: int, column: int, hint: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text.encode(), "t.json")
    assert (caught.value.line, caught.value.column) == (line, column)
    assert hint in str(caught.value.hint)


def test_a_duplicate_key_is_refused_with_both_places() -> None:
    with pytest.raises(TemplateError, match="duplicate key 'A', first used on line 2") as caught:
        parse_template(b'{"Resources": {\n"A": {},\n "A": {}}}', "t.json")
    assert (caught.value.line, caught.value.column) == (3, 2)


def test_a_template_without_white_space_is_read() -> None:
    template = parse_template(b'{"Resources":{"A":{"Type":"AWS::S3::Bucket"}}}', "t.json")
    assert template.document == {"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}


def test_nesting_that_would_overflow_the_stack_is_refused() -> None:
    with pytest.raises(TemplateError, match="nested too deeply"):
        parse_template(b'{"Resources": ' + b"[" * 100_000, "t.json")
