"""Parameter values of a deployment: their forms, and what the resolved view makes of them."""

from pathlib import Path
from typing import Any

import pytest

from guardrun.errors import GuardrunError
from guardrun.facts.resolve import resolve
from guardrun.read.parameters import read_parameters


@pytest.mark.parametrize(
    "text",
    [
        '{"Size": "5", "Env": "prod"}',
        "Size: '5'\nEnv: prod\n",
        '{"Parameters": {"Size": "5", "Env": "prod"}}',
        '[{"ParameterKey": "Size", "ParameterValue": "5"}, {"ParameterKey": "Env", "ParameterValue": "prod"}]',
        '["Size=5", "Env=prod"]',
        "Size=5\nEnv=prod\n",
    ],
)
def test_a_file_may_have_any_of_the_usual_forms(text: str, tmp_path: Path) -> None:
    path = tmp_path / "parameters"
    path.write_text(text, encoding="utf-8")
    assert read_parameters([str(path)]) == {"Size": "5", "Env": "prod"}


def test_later_values_win() -> None:
    assert read_parameters(["A=1", "B=x=y", "A=2"]) == {"A": "2", "B": "x=y"}


@pytest.mark.parametrize(
    ("text", "message"),
    [("[5]", "5 is no parameter"), ("5", "the file holds no parameters"), ("{", "cannot read the parameters")],
)
def test_a_file_of_another_form_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "parameters"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GuardrunError, match=message):
        read_parameters([str(path)])


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(GuardrunError, match="cannot read the parameters: No such file"):
        read_parameters(["nowhere.json"])


DOCUMENT = {
    "Parameters": {
        "Env": {"Type": "String", "Default": "dev"},
        "Open": {"Type": "String"},
        "Count": {"Type": "Number", "Default": 1},
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
        "IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "yes"]},
        "Neither": {"Fn::Not": [{"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsOpen"}]}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsOpen"}]},
        "Round": {"Condition": "Round"},
        "Many": {"Fn::Equals": [{"Ref": "Count"}, "3"]},
    },
}


def resolved(value: Any, **given: str) -> Any:
    given = {name.replace("__", "::"): text for name, text in given.items()}
    return resolve({**DOCUMENT, "Resources": {"A": {"P": value}}}, given)["Resources"]["A"]["P"]


def test_a_given_value_comes_before_the_default() -> None:
    assert resolved({"Fn::Sub": "${Env}-${AWS::Region}"}, Env="prod", AWS__Region="eu-west-1") == "prod-eu-west-1"
    assert resolved({"Ref": "Count"}, Count="3") == 3


@pytest.mark.parametrize(
    ("condition", "given", "branch"),
    [
        ("IsProd", {"Env": "prod"}, "then"),
        ("IsProd", {"Open": "no"}, "else"),
        ("Neither", {"Open": "no"}, "then"),
        ("Neither", {"Env": "prod"}, "else"),
        ("Both", {"Env": "dev"}, "else"),
        ("Many", {"Count": "3"}, "then"),
    ],
)
def test_with_given_values_a_known_condition_chooses_its_branch(
    condition: str, given: dict[str, str], branch: str
) -> None:
    assert resolved({"Fn::If": [condition, "then", "else"]}, **given) == branch


@pytest.mark.parametrize(
    ("condition", "given"),
    [
        ("IsProd", {}),
        ("IsOpen", {"Env": "prod"}),
        ("Both", {"Env": "prod"}),
        ("Round", {"Env": "prod"}),
        ("No", {"Env": "x"}),
    ],
)
def test_an_unknown_condition_leaves_the_choice_open(condition: str, given: dict[str, str]) -> None:
    written = {"Fn::If": [condition, "then", "else"]}
    assert resolved(written, **given) == written
