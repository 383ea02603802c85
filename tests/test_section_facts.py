"""Sections that CloudFormation refuses, and those that only look odd."""

from typing import Any

import pytest

from guardrun.facts import FACTS, Context, document_views

TOPIC = {"Type": "AWS::SNS::Topic"}


def faults(**sections: Any) -> dict[str, str]:
    """What is wrong, by its place."""
    document = {"Resources": {"T": TOPIC}, **sections}
    graph = document_views(Context(document), {"source": FACTS})["source"]["GuardRun"]["Graph"]
    return {entry["At"]: entry["Text"] for entry in graph["SectionFaults"]}


@pytest.mark.parametrize(
    ("sections", "at"),
    [
        ({"Variables": {}}, "/Variables"),
        ({"AWSTemplateFormatVersion": "2012-10-17"}, "/AWSTemplateFormatVersion"),
        ({"Description": {"Fn::Sub": "x"}}, "/Description"),
        ({"Description": "\u00e9" * 513}, "/Description"),
        ({"Parameters": {"my_p": {"Type": "String"}}}, "/Parameters/my_p"),
        ({"Parameters": {"P": {"Type": "String", "Label": "x"}}}, "/Parameters/P/Label"),
        ({"Parameters": {"P": {"Type": "String", "Description": {"Ref": "T"}}}}, "/Parameters/P/Description"),
        ({"Mappings": {"M": {"a": "b"}}}, "/Mappings/M/a"),
        ({"Mappings": {"M": {"a": {"k": {"Ref": "AWS::Region"}}}}}, "/Mappings/M/a/k"),
        ({"Conditions": {"C": {"Fn::Equals": [{"Ref": "T"}, "a"]}}}, "/Conditions/C/Fn::Equals/0/Ref"),
        ({"Resources": {"T": {**TOPIC, "DependsOn": {"Ref": "T"}}}}, "/Resources/T/DependsOn"),
        ({"Resources": {"T": {**TOPIC, "Properties": []}}}, "/Resources/T/Properties"),
        ({"Outputs": {"My-O": {"Value": "a"}}}, "/Outputs/My-O"),
        ({"Outputs": {"O": {"Description": "a"}}}, "/Outputs/O"),
        ({"Outputs": {"O": {"Value": ["a"]}}}, "/Outputs/O/Value"),
        ({"Outputs": {"O": {"Value": "a", "Export": "b"}}}, "/Outputs/O/Export"),
        ({"Outputs": {"O": {"Value": "a", "Export": {"Name": {"Ref": "T"}}}}}, "/Outputs/O/Export/Name"),
    ],
)
def test_what_cloudformation_refuses_is_told_at_its_place(sections: dict[str, Any], at: str) -> None:
    assert list(faults(**sections)) == [at]


@pytest.mark.parametrize(
    "sections",
    [
        {"Description": "x" * 1024, "Metadata": {"my-key": {"Ref": 5}}, "Rules": {}, "Hooks": {}},
        {"Mappings": {"M": {"eu-west-1": {"k": ["a", "b"], "n": 5}}}},
        {"Mappings": {"M": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://a"}}}}},
        {"Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "a"]}}},
        {"Resources": {"T": {**TOPIC, "DependsOn": ["U"]}, "U": TOPIC}},
        {"Outputs": {"O": {"Value": {"Fn::GetAtt": ["T", "TopicName"]}}, "P": {"Value": 5}, "Q": {"Value": True}}},
        {"Outputs": {"O": {"Value": "a", "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-a"}}}}},
        {"Transform": "AWS::Serverless-2016-10-31", "Globals": {}},
    ],
)
def test_what_cloudformation_takes_is_no_fault(sections: dict[str, Any]) -> None:
    assert faults(**sections) == {}
