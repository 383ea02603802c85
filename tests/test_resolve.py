"""The resolved view."""

from typing import Any

import pytest

from guardrun.facts.resolve import resolve

PARAMETERS = {
    "Name": {"Type": "String", "Default": "shop"},
    "Count": {"Type": "Number", "Default": "3"},
    "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
    "Ami": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": "/aws/ami"},
    "Open": {"Type": "String"},
    "Zero": {"Type": "Number", "Default": "0012"},
    "Odd": {"Type": "CommaDelimitedList", "Default": ["a"]},
    "Nested": {"Type": "String", "Default": "${AWS::AccountId}"},
}
MAPPINGS = {"Sizes": {"shop": {"Class": "db.t3.micro"}}}


def resolved(value: Any) -> Any:
    document = {"Parameters": PARAMETERS, "Mappings": MAPPINGS, "Resources": {"A": {"P": value}}}
    return resolve(document)["Resources"]["A"]["P"]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ({"Ref": "Name"}, "shop"),
        ({"Ref": "Count"}, 3),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Fn::Sub": "${Name}-x${Count}"}, "shop-x3"),
        ({"Fn::Sub": ["${Name}-${V}", {"V": {"Ref": "Count"}}]}, "shop-3"),
        ({"Fn::Sub": "${!Name}"}, "${Name}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1, True]]}, "a-shop-1-true"),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": ["-", "x-y"]}]}, "x"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Name"}, "Class"]}, "db.t3.micro"),
        ([{"Deep": {"Ref": "Name"}}], [{"Deep": "shop"}]),
    ],
)
def test_what_is_known_is_put_in_place(written: Any, known: Any) -> None:
    assert resolved(written) == known


@pytest.mark.parametrize(
    "written",
    [
        {"Ref": "Open"},
        {"Ref": "Ami"},
        {"Ref": "AWS::Region"},
        {"Ref": "SomeResource"},
        {"Fn::GetAtt": ["A", "Arn"]},
        {"Fn::Join": ["-", ["a", {"Ref": "Open"}]]},
        {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
        {"Fn::Select": [5, ["a"]]},
        {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Class"]},
        {"Fn::FindInMap": ["Sizes", "nope", "Class"]},
        {"Fn::If": ["Prod", "a", "b"]},
        {"Fn::Sub": "${Open}"},
        {"Fn::Sub": 5},
        {"Fn::Select": ["\u00b2", ["a"]]},
        {"Fn::If": ["Prod", {"Ref": "AWS::NoValue"}, 1]},
        [{"Ref": "AWS::NoValue"}, "a"],
        {"Ref": ["x"]},
    ],
)
def test_what_is_not_known_stays_as_it_is(written: Any) -> None:
    assert resolved(written) == written


def test_a_partly_known_sub_keeps_what_is_open() -> None:
    assert resolved({"Fn::Sub": "${Name}-${Open}"}) == {"Fn::Sub": "shop-${Open}"}
    assert resolved({"Fn::Sub": ["${Name}-${V}", {"V": {"Ref": "Open"}}]}) == {
        "Fn::Sub": ["shop-${V}", {"V": {"Ref": "Open"}}]
    }


def test_a_member_without_a_value_is_not_there() -> None:
    assert resolved({"A": {"Ref": "AWS::NoValue"}, "B": 1}) == {"B": 1}


def test_a_number_in_a_text_is_written_as_it_was() -> None:
    assert resolved({"Fn::Sub": "x${Zero}"}) == "x0012"
    assert resolved({"Ref": "Zero"}) == 12


def test_a_value_that_looks_like_a_variable_is_not_read_again() -> None:
    assert resolved({"Fn::Sub": "${Nested}-x"}) == {"Fn::Sub": "${Nested}-x"}


def test_a_list_default_that_is_no_text_is_not_known() -> None:
    assert resolved({"Ref": "Odd"}) == {"Ref": "Odd"}


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ({"Fn::If": ["Open", {"Ref": "Name"}, "shop"]}, "shop"),
        ({"Fn::If": ["Always", "a", "b"]}, "a"),
        ({"Fn::If": ["Never", "a", "b"]}, "b"),
        ({"Fn::If": ["Open", "a", "b"]}, {"Fn::If": ["Open", "a", "b"]}),
        ({"Fn::If": ["ByDefault", "a", "b"]}, {"Fn::If": ["ByDefault", "a", "b"]}),
        ({"P": {"Fn::If": ["Open", {"Ref": "AWS::NoValue"}, {"Ref": "AWS::NoValue"}]}}, {}),
    ],
)
def test_a_choice_that_is_none_is_put_in_place(written: Any, known: Any) -> None:
    conditions = {
        "Open": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
        "ByDefault": {"Fn::Equals": [{"Ref": "Name"}, "shop"]},
        "Always": {"Fn::Equals": ["true", True]},
        "Never": {"Fn::Not": [{"Condition": "Always"}]},
    }
    document = {"Parameters": PARAMETERS, "Conditions": conditions, "Resources": {"A": {"P": written}}}
    assert resolve(document)["Resources"]["A"]["P"] == known


OFF = {"Type": "String", "Default": "off"}
IS_ON = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Mode"}, "off"]}]}


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ({"Fn::If": ["On", {"Ref": "Mode"}, {"Ref": "Mode"}]}, {"Fn::If": ["On", {"Ref": "Mode"}, "off"]}),
        ({"Fn::If": ["On", {"Fn::Sub": "a-${Mode}"}, 1]}, {"Fn::If": ["On", {"Fn::Sub": "a-${Mode}"}, 1]}),
        ({"Fn::If": ["OnToo", {"Ref": "Mode"}, 1]}, {"Fn::If": ["OnToo", {"Ref": "Mode"}, 1]}),
        ({"Fn::If": ["On", {"Ref": "Name"}, 1]}, {"Fn::If": ["On", "shop", 1]}),
        ({"Fn::If": ["Off", {"Ref": "Mode"}, 1]}, {"Fn::If": ["Off", "off", 1]}),
        (
            {"Fn::If": ["On", {"Fn::If": ["Off", 1, {"Ref": "Mode"}]}, 2]},
            {"Fn::If": ["On", {"Fn::If": ["Off", 1, {"Ref": "Mode"}]}, 2]},
        ),
    ],
)
def test_a_branch_that_is_not_taken_by_default_does_not_know_the_defaults_that_decide(written: Any, known: Any) -> None:
    conditions = {"On": IS_ON, "Off": {"Fn::Not": [{"Condition": "On"}]}, "OnToo": {"Condition": "On"}}
    document = {"Parameters": {"Mode": OFF, **PARAMETERS}, "Conditions": conditions, "Resources": {"A": {"P": written}}}
    assert resolve(document)["Resources"]["A"]["P"] == known


def test_a_resource_that_is_not_there_by_default_does_not_know_the_defaults_that_say_so() -> None:
    resources = {"A": {"Condition": "On", "P": {"Ref": "Mode"}}, "B": {"P": {"Ref": "Mode"}}}
    document = {"Parameters": {"Mode": OFF}, "Conditions": {"On": IS_ON}, "Resources": resources}
    found = resolve(document)["Resources"]
    assert (found["A"]["P"], found["B"]["P"]) == ({"Ref": "Mode"}, "off")


def test_given_parameters_decide_all_that_follows_from_them() -> None:
    written = {"Fn::If": ["On", {"Fn::If": ["On", {"Ref": "Mode"}, "b"]}, "c"]}
    document = {"Parameters": {"Mode": OFF}, "Conditions": {"On": IS_ON}, "Resources": {"A": {"P": written}}}
    assert resolve(document, {"Mode": "fast"})["Resources"]["A"]["P"] == "fast"


def test_a_branch_is_resolved_though_the_choice_is_open() -> None:
    assert resolved({"Fn::If": ["Prod", {"Ref": "Name"}, 1]}) == {"Fn::If": ["Prod", "shop", 1]}


def test_parameters_and_conditions_stay_as_they_are() -> None:
    document = {"Parameters": PARAMETERS, "Conditions": {"C": {"Ref": "Name"}}, "Resources": {"A": {}}}
    assert resolve(document)["Conditions"] == {"C": {"Ref": "Name"}}
