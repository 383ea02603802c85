"""References to resources that may not be there, and texts that are filled in or not."""

from typing import Any

import pytest

from guardrun.facts import FACTS, Context, document_views

IS_PROD = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
IS_TEST = {"Fn::Equals": [{"Ref": "Stage"}, "test"]}
CONDITIONS = {
    "Prod": IS_PROD,
    "Test": IS_TEST,
    "NotProd": {"Fn::Not": [{"Condition": "Prod"}]},
    "Large": {"Fn::And": [{"Condition": "Prod"}, {"Fn::Equals": [{"Ref": "Size"}, "large"]}]},
    "Either": {"Fn::Or": [{"Condition": "Prod"}, {"Condition": "Test"}]},
    "Same": {"Fn::Equals": [{"Ref": "Stage"}, {"Ref": "Size"}]},
    "Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["M", {"Ref": "Stage"}, "k"]}, "yes"]},
    "Circle": {"Fn::Not": [{"Condition": "Circle"}]},
}
REF = {"Ref": "Extra"}


def graph_facts(**sections: Any) -> Any:
    return document_views(Context({"Resources": {}, **sections}), {"source": FACTS})["source"]["GuardRun"]["Graph"]


def conditional(value: Any, needs: str = "Prod", under: str | None = None, **sections: Any) -> list[str]:
    user = {"Type": "AWS::X::Y", "Properties": {"P": value}, **({"Condition": under} if under else {})}
    resources = {"Extra": {"Type": "AWS::X::Z", "Condition": needs}, "User": user}
    document = {"Conditions": CONDITIONS, "Resources": resources, **sections}
    return [entry["At"] for entry in graph_facts(**document)["ConditionalReferences"]]


@pytest.mark.parametrize(
    ("value", "needs", "under"),
    [
        (REF, "Prod", None),
        ({"Fn::Sub": "${Extra.Arn}"}, "Prod", None),
        (REF, "Prod", "Test"),
        (REF, "Large", "Prod"),
        (REF, "Prod", "Either"),
        ({"Fn::If": ["Prod", 1, REF]}, "Prod", None),
        ({"Fn::If": ["Large", 1, REF]}, "Prod", None),
        (REF, "Prod", "NotProd"),
    ],
)
def test_a_reference_that_is_made_where_the_resource_is_not_there_is_found(value: Any, needs: str, under: str) -> None:
    assert len(conditional(value, needs, under)) == 1


@pytest.mark.parametrize(
    ("value", "needs", "under"),
    [
        (REF, "Prod", "Prod"),
        (REF, "Prod", "Large"),
        (REF, "Either", "Test"),
        ({"Fn::If": ["Prod", REF, 1]}, "Prod", None),
        ({"Fn::If": ["Large", REF, 1]}, "Prod", None),
        ({"Fn::If": ["NotProd", 1, REF]}, "Prod", None),
        ({"Fn::If": ["Prod", {"Fn::If": ["Large", REF, 1]}, 2]}, "Large", None),
    ],
)
def test_a_reference_under_a_condition_that_implies_the_resources_is_fine(value: Any, needs: str, under: str) -> None:
    assert conditional(value, needs, under) == []


@pytest.mark.parametrize("needs", ["Same", "Circle", "Undeclared"])
def test_what_cannot_be_told_is_not_reported(needs: str) -> None:
    assert conditional(REF, needs) == []


def test_conditions_that_hang_together_through_a_mapping_are_not_compared() -> None:
    assert conditional(REF, "Mapped", "Prod") == []


def test_the_values_that_a_parameter_allows_are_all_that_there_are() -> None:
    both = {"Stage": {"Type": "String", "AllowedValues": ["prod", "test"]}}
    assert conditional({"Fn::If": ["Test", 1, REF]}, Parameters=both) == []
    assert len(conditional({"Fn::If": ["Test", 1, REF]})) == 1


def test_an_output_needs_the_condition_of_what_it_shows() -> None:
    bare = {"O": {"Value": REF}}
    under = {"O": {"Value": REF, "Condition": "Prod"}}
    assert conditional(1, Outputs=bare) == ["/Outputs/O/Value/Ref"]
    assert conditional(1, Outputs=under) == []


def test_depends_on_may_name_what_is_not_there() -> None:
    resources = {"Extra": {"Type": "AWS::X::Z", "Condition": "Prod"}, "User": {"Type": "A", "DependsOn": "Extra"}}
    assert graph_facts(Conditions=CONDITIONS, Resources=resources)["ConditionalReferences"] == []


def values(key: str, value: Any, **sections: Any) -> list[str]:
    resources = {"A": {"Type": "AWS::X::Y", "Properties": {"P": value}}}
    return [entry["At"] for entry in graph_facts(Resources=resources, **sections)[key]]


def test_a_sub_without_variables_is_found_in_both_forms() -> None:
    assert values("SubsWithoutVariables", {"Fn::Sub": "plain"}) == ["/Resources/A/Properties/P/Fn::Sub"]
    assert values("SubsWithoutVariables", {"Fn::Sub": ["plain", {"X": 1}]}) == ["/Resources/A/Properties/P/Fn::Sub"]
    assert values("SubsWithoutVariables", {"Fn::Sub": "${A}"}) == []
    assert values("SubsWithoutVariables", {"Fn::Sub": "${!Literal}"}) == []


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": ["A"]},
        {"Fn::GetAtt": "A"},
        {"Fn::GetAtt": ["A"]},
        {"Fn::GetAtt": "A."},
        {"Fn::If": ["C", 1]},
        {"Fn::If": [{"Fn::Equals": ["a", "b"]}, 1, 2]},
        {"Fn::Join": ["-", "abc"]},
        {"Fn::Join": ["a", "b", "c"]},
        {"Fn::Select": [0]},
        {"Fn::Select": ["2", ["a", "b"]]},
        {"Fn::FindInMap": ["M", "k"]},
        {"Fn::Sub": ["${A}"]},
        {"Fn::Sub": {"A": "b"}},
        {"Fn::Split": ["abc"]},
        {"Fn::Base64": ["a"]},
        {"Fn::Equals": ["a", "b"]},
        {"Fn::Cidr": ["10.0.0.0/16"]},
        {"Fn::GetAZs": []},
        {"Fn::ImportValue": ["x"]},
        {"Fn::GetStackOutput": ["stack", "output"]},
        {"Fn::Getatt": ["A", "Arn"]},
        {"Fn::ToJsonString": {}},
        {"Fn::Contains": [["a"], "a"]},
    ],
)
def test_a_function_that_is_not_or_does_not_get_what_it_takes_is_malformed(value: Any) -> None:
    ((name, _),) = value.items()
    assert values("Malformed", value) == [f"/Resources/A/Properties/P/{name}"]


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "A"},
        {"Fn::GetAtt": ["A", "Arn"]},
        {"Fn::GetAtt": "A.Outputs.Arn"},
        {"Fn::GetAtt": ["A", {"Ref": "P"}]},
        {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, []]},
        {"Fn::Join": ["", {"Ref": "List"}]},
        {"Fn::Select": [1, {"Fn::GetAZs": ""}]},
        {"Fn::Select": [1, [{"Ref": "List"}]]},
        {"Fn::Select": ["1", ["a", "b"]]},
        {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, 32]},
        {"Fn::Sub": "x"},
        {"Fn::Sub": ["${A}", {"A": 1}]},
        {"Fn::Split": [",", {"Fn::ImportValue": "x"}]},
        {"Fn::Base64": {"Fn::Sub": "x"}},
        {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 4, "8"]},
        {"Fn::Cidr": ["10.0.0.0/16", 4]},
        {"Fn::GetStackOutput": {"StackName": "network", "OutputName": "VpcId"}},
        {"Ref": ["A"], "Other": 1},
        {"Fn::Transform": {"Name": "Macro", "Parameters": {"X": {"Ref": ["A"]}}}},
    ],
)
def test_a_function_that_gets_what_it_takes_is_well_formed(value: Any) -> None:
    assert values("Malformed", value) == []


def test_a_function_that_is_none_of_cloudformation_says_so() -> None:
    properties = {"A": {"Fn::Getatt": "X.Arn"}, "B": {"Fn::Length": []}, "C": {"Fn::RefAll": "x"}}
    found = graph_facts(Resources={"A": {"Type": "AWS::X::Y", "Properties": properties}})["Malformed"]
    assert [entry["Text"] for entry in found] == [
        "is no function of CloudFormation",
        "needs the transform AWS::LanguageExtensions",
        "stands in Rules only",
    ]


def test_conditions_are_made_of_conditions() -> None:
    conditions = {
        "Good": {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
        "Named": {"Fn::Not": ["A"]},
        "Two": {"Fn::Not": [{"Condition": "A"}, {"Condition": "B"}]},
        "One": {"Fn::Or": [{"Condition": "A"}]},
        "Three": {"Fn::Equals": ["a", "b", "c"]},
    }
    found = [entry["At"] for entry in graph_facts(Conditions=conditions)["Malformed"]]
    assert found == [
        "/Conditions/Named/Fn::Not",
        "/Conditions/Two/Fn::Not",
        "/Conditions/One/Fn::Or",
        "/Conditions/Three/Fn::Equals",
    ]


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (None, [("P", "/Resources/A/Properties/P")]),
        ({"X": [{"Y": None}]}, [("Y", "/Resources/A/Properties/P/X/0/Y")]),
        ({"X": ["y", None]}, [("X", "/Resources/A/Properties/P/X/1")]),
        ({"Fn::Transform": {"Name": "Macro", "Parameters": {"X": None}}}, []),
        ({"Ref": "AWS::NoValue"}, []),
        ("", []),
        (0, []),
    ],
)
def test_a_key_without_a_value_is_found(value: Any, at: list[tuple[str, str]]) -> None:
    resources = {"A": {"Type": "AWS::X::Y", "Properties": {"P": value}}, "B": None, "C": {"Type": None}}
    found = graph_facts(Resources=resources)["Nulls"]
    assert [(entry["Name"], entry["At"]) for entry in found] == at


def test_a_transform_may_give_values() -> None:
    resources = {"A": {"Type": "AWS::X::Y", "Properties": None}}
    assert graph_facts(Resources=resources, Transform="AWS::Serverless-2016-10-31")["Nulls"] == []


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("${Stage}-data", 1),
        ("arn:aws:s3:::x-${AWS::AccountId}", 1),
        (["x", {"Y": "${A.Arn}"}], 1),
        ({"Fn::Join": ["-", ["${Stage}", "x"]]}, 1),
        ({"Fn::Sub": "${Stage}-data"}, 0),
        ({"Fn::Sub": ["${X}", {"X": "${Stage}"}]}, 0),
        ("${aws:username}", 0),
        ("${stageVariables.name}", 0),
        ({"UserData": {"Fn::Base64": "echo ${Stage}"}}, 0),
        ({"ZipFile": "`${Stage}`"}, 0),
    ],
)
def test_a_variable_outside_of_a_sub_is_a_literal(value: Any, count: int) -> None:
    assert len(values("LiteralVariables", value, Parameters={"Stage": {"Type": "String"}})) == count


def test_an_import_of_the_stacks_own_export_is_found() -> None:
    outputs = {"O": {"Value": 1, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-vpc"}}}}
    own = {"Fn::ImportValue": {"Fn::Sub": "${AWS::StackName}-vpc"}}
    other = {"Fn::ImportValue": "network-vpc"}
    assert values("OwnImports", own, Outputs=outputs) == ["/Resources/A/Properties/P/Fn::ImportValue"]
    assert values("OwnImports", other, Outputs=outputs) == []
