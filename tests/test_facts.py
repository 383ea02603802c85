"""References, the graph, and the facts that the engine sees."""

from pathlib import Path
from typing import Any

import pytest

from guardrun.facts import FACTS, Context, document_views
from guardrun.facts.graph import build_graph, find_cycles
from guardrun.facts.references import find_references


def resource(kind: str = "AWS::X::Y", **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def references(**sections: Any) -> list[tuple[str, str, str, str]]:
    return [(r.owner, r.kind, r.name, r.at) for r in find_references({"Resources": {}, **sections})]


def cycles(resources: dict[str, Any]) -> list[tuple[str, ...]]:
    return [cycle.members for cycle in find_cycles(build_graph(resources, find_references({"Resources": resources})))]


def add_facts(document: dict[str, Any]) -> dict[str, Any]:
    return document_views(Context(document), {"source": FACTS})["source"]


def graph_facts(document: dict[str, Any]) -> Any:
    return add_facts(document)["GuardRun"]["Graph"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Ref": "B"}, [("Ref", "B", "/Ref")]),
        ({"Fn::GetAtt": ["B", "Arn"]}, [("GetAtt", "B", "/Fn::GetAtt/0")]),
        ({"Fn::Sub": "${B}-${B.Arn}"}, [("Sub", "B", "/Fn::Sub"), ("Sub", "B", "/Fn::Sub")]),
        ({"Fn::Sub": "${!B} $B ${AWS::Region}"}, []),
        (
            {"Fn::Sub": ["${B}${C}", {"C": {"Ref": "D"}}]},
            [("Sub", "B", "/Fn::Sub/0"), ("Ref", "D", "/Fn::Sub/1/C/Ref")],
        ),
        ({"Fn::If": ["Prod", {"Ref": "B"}, 1]}, [("Condition", "Prod", "/Fn::If/0"), ("Ref", "B", "/Fn::If/1/Ref")]),
        ({"Fn::FindInMap": ["M", "a", "b"]}, [("FindInMap", "M", "/Fn::FindInMap/0")]),
        ({"Condition": {"StringEquals": {"a": "b"}}}, []),
        ({"Ref": "AWS::Region"}, []),
        ({"Ref": "B", "Other": 1}, []),
    ],
)
def test_every_intrinsic_that_names_something_is_a_reference(value: Any, found: list[tuple[str, str, str]]) -> None:
    at = "/Resources/A/Properties/P"
    assert references(Resources={"A": resource(P=value)}) == [
        ("A", kind, name, at + rest) for kind, name, rest in found
    ]


def test_depends_on_and_condition_are_references_as_string_and_as_list() -> None:
    assert references(Resources={"A": {"DependsOn": "B", "Condition": "C"}, "D": {"DependsOn": ["A", "B"]}}) == [
        ("A", "Condition", "C", "/Resources/A/Condition"),
        ("A", "DependsOn", "B", "/Resources/A/DependsOn"),
        ("D", "DependsOn", "A", "/Resources/D/DependsOn/0"),
        ("D", "DependsOn", "B", "/Resources/D/DependsOn/1"),
    ]


def test_conditions_and_outputs_refer_too() -> None:
    found = references(
        Conditions={"C": {"Fn::And": [{"Condition": "D"}, {"Fn::Equals": [{"Ref": "P"}, "x"]}]}},
        Outputs={"O": {"Condition": "C", "Value": {"Ref": "A"}}},
    )
    assert [(owner, kind, name) for owner, kind, name, _ in found] == [
        ("C", "Condition", "D"),
        ("C", "Ref", "P"),
        ("O", "Condition", "C"),
        ("O", "Ref", "A"),
    ]


def test_a_circle_of_two_is_found() -> None:
    assert cycles({"A": resource(P={"Ref": "B"}), "B": resource(P={"Fn::GetAtt": ["A", "Arn"]})}) == [("A", "B")]


def test_a_resource_that_refers_to_itself_is_a_circle() -> None:
    assert cycles({"A": resource(P={"Fn::Sub": "${A}"})}) == [("A",)]


def test_a_long_circle_through_depends_on_is_found() -> None:
    resources = {
        "A": resource(P={"Ref": "B"}),
        "B": {"DependsOn": "C"},
        "C": {"DependsOn": ["X", "A"]},
        "X": resource(),
    }
    assert cycles(resources) == [("A", "B", "C")]


def test_separate_circles_are_found_each() -> None:
    resources = {
        "A": resource(P={"Ref": "B"}),
        "B": resource(P={"Ref": "A"}),
        "C": resource(P={"Ref": "D"}),
        "D": resource(P=[{"Ref": "C"}, {"Ref": "A"}]),
    }
    assert cycles(resources) == [("A", "B"), ("C", "D")]


def test_every_edge_of_a_knot_is_in_a_circle_that_is_told() -> None:
    resources = {
        "Key": resource(P=[{"Ref": "Role"}, {"Ref": "Alias"}]),
        "Role": resource(P={"Ref": "Key"}),
        "Alias": resource(P={"Ref": "Role"}),
    }
    assert cycles(resources) == [("Key", "Role"), ("Key", "Alias", "Role")]


def test_what_only_leads_into_a_circle_or_out_of_it_is_in_none() -> None:
    resources = {
        "In": resource(P={"Ref": "A"}),
        "A": resource(P={"Ref": "B"}),
        "B": resource(P=[{"Ref": "A"}, {"Ref": "Out"}]),
        "Out": resource(),
    }
    assert cycles(resources) == [("A", "B")]


def test_a_mapping_of_the_same_name_is_no_circle() -> None:
    assert cycles({"Web": resource(P={"Fn::FindInMap": ["Web", "a", "b"]})}) == []


def test_a_diamond_is_no_circle() -> None:
    resources = {
        "A": resource(P=[{"Ref": "B"}, {"Ref": "C"}]),
        "B": resource(P={"Ref": "D"}),
        "C": resource(P={"Ref": "D"}),
        "D": resource(),
    }
    assert cycles(resources) == []


def test_the_cycle_fact_tells_the_way_round_and_where_it_starts() -> None:
    resources = {"A": resource(P={"Ref": "B"}), "B": {"DependsOn": "A"}}
    assert graph_facts({"Resources": resources})["Cycles"] == [
        {
            "Text": "A -> B -> A",
            "Members": ["A", "B"],
            "Types": ["", "AWS::X::Y"],
            "At": "/Resources/A/Properties/P/Ref",
        }
    ]


def test_a_resource_knows_what_it_reaches_and_what_reaches_it() -> None:
    resources = {
        "Route": resource("AWS::EC2::Route", R={"Ref": "Table"}),
        "Table": {**resource("AWS::EC2::RouteTable", V={"Ref": "Vpc"}), "DependsOn": "Vpc"},
        "Vpc": resource("AWS::EC2::VPC"),
    }
    document = {"Resources": resources, "Outputs": {"V": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "v"}}}}
    facts = {name: body["GuardRun"] for name, body in add_facts(document)["Resources"].items()}
    assert facts["Route"]["Uses"] == ["Table"]
    assert facts["Route"]["ReachesTypes"] == ["AWS::EC2::RouteTable", "AWS::EC2::VPC"]
    assert facts["Vpc"]["UsedBy"] == ["Table"]
    assert facts["Vpc"]["ReachedByTypes"] == ["AWS::EC2::Route", "AWS::EC2::RouteTable"]
    assert (facts["Vpc"]["InOutputs"], facts["Table"]["InOutputs"]) == (True, False)
    assert (facts["Vpc"]["Exported"], facts["Table"]["Exported"]) == (True, False)
    assert facts["Table"]["RedundantDependsOn"] == [{"On": "Vpc", "At": "/Resources/Table/DependsOn"}]
    assert facts["Route"]["RedundantDependsOn"] == []


def test_an_undefined_name_is_told_with_its_place_and_its_nearest_neighbour() -> None:
    document = {"Resources": {"Bucket": resource(), "B": resource(P={"Ref": "Buckt"})}}
    assert graph_facts(document)["Undefined"] == [
        {"Name": "Buckt", "Kind": "Ref", "Near": "; did you mean Bucket?", "At": "/Resources/B/Properties/P/Ref"}
    ]


@pytest.mark.parametrize(
    ("resources", "undefined"),
    [
        ({"A": {"DependsOn": "P"}}, ["P"]),  # a parameter is nothing to wait for
        ({"A": {"Condition": "Nope"}}, ["Nope"]),
        ({"A": resource(P={"Ref": "P"})}, []),
        ({"A": resource(P={"Fn::GetAtt": ["P", "Arn"]})}, ["P"]),
        ({"A": resource(P={"Fn::If": ["Yes", 1, 2]})}, []),
        ({"A": resource(P={"Fn::FindInMap": ["Nope", "a", "b"]})}, ["Nope"]),
    ],
)
def test_a_name_must_be_declared_in_the_section_that_it_is_looked_for_in(
    resources: dict[str, Any], undefined: list[str]
) -> None:
    document = {"Resources": resources, "Parameters": {"P": {"Type": "String"}}, "Conditions": {"Yes": {}}}
    assert [entry["Name"] for entry in graph_facts(document)["Undefined"]] == undefined


@pytest.mark.parametrize("transform", ["AWS::Serverless-2016-10-31", ["AWS::LanguageExtensions", "MyMacro"]])
def test_where_a_macro_may_add_names_none_is_undefined(transform: Any) -> None:
    document = {"Transform": transform, "Resources": {"A": resource(P={"Ref": "FunctionRole"})}}
    assert graph_facts(document)["Undefined"] == []


def test_where_a_loop_adds_names_none_is_undefined() -> None:
    document = {
        "Transform": "AWS::LanguageExtensions",
        "Resources": {"Fn::ForEach::Topics": ["T", ["a"], {"Topic${T}": {}}], "A": resource(P={"Ref": "Topica"})},
    }
    assert graph_facts(document)["Undefined"] == []


def test_where_a_loop_inside_a_resource_adds_names_none_is_undefined() -> None:
    loop = {"Fn::ForEach::Tags": ["Tag", ["a"], {"${Tag}": {"Ref": "Tag"}}]}
    document = {"Transform": "AWS::LanguageExtensions", "Resources": {"A": resource(P=loop)}}
    assert graph_facts(document)["Undefined"] == []


def test_a_misspelt_pseudo_parameter_is_undefined() -> None:
    document = {"Resources": {"A": resource(P={"Ref": "AWS::Acount"})}}
    assert [entry["Name"] for entry in graph_facts(document)["Undefined"]] == ["AWS::Acount"]


def test_unused_parameters_conditions_and_mappings_are_told() -> None:
    document = {
        "Parameters": {"Used": {"Type": "String"}, "Idle": {"Type": "String"}},
        "Conditions": {"Used": {}, "Idle": {}},
        "Mappings": {"Used": {}, "Idle": {}},
        "Resources": {"A": {"Condition": "Used", "P": [{"Ref": "Used"}, {"Fn::FindInMap": ["Used", "a", "b"]}]}},
    }
    facts = add_facts(document)
    used = {name: body["GuardRun"]["Used"] for name, body in facts["Parameters"].items()}
    assert used == {"Used": True, "Idle": False}
    assert facts["GuardRun"]["Graph"]["UnusedConditions"] == [{"Name": "Idle", "At": "/Conditions/Idle"}]
    assert facts["GuardRun"]["Graph"]["UnusedMappings"] == [{"Name": "Idle", "At": "/Mappings/Idle"}]


def test_a_mapping_that_is_chosen_at_deployment_may_be_any() -> None:
    document = {
        "Mappings": {"One": {}, "Two": {}},
        "Resources": {"A": resource(P={"Fn::FindInMap": [{"Ref": "Which"}, "a", "b"]})},
        "Parameters": {"Which": {"Type": "String"}},
    }
    assert graph_facts(document)["UnusedMappings"] == []


def test_facts_leave_the_template_as_it_was() -> None:
    document = {"Resources": {"A": resource()}, "Parameters": {"P": {"Type": "String"}}}
    add_facts(document)
    assert document == {"Resources": {"A": resource()}, "Parameters": {"P": {"Type": "String"}}}


def test_every_fact_is_documented() -> None:
    documented = (Path(__file__).parent.parent / "docs" / "facts.md").read_text(encoding="utf-8")
    assert [fact for fact in FACTS if f"`{fact}`" not in documented and f".{fact}`" not in documented] == []
