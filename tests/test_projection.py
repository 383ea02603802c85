"""What a rule is given of the resources: what it names, and everything where names do not tell."""

from pathlib import Path
from typing import Any

import pytest

from guardrun.engine import Engine
from guardrun.evaluate import Evaluator
from guardrun.pack.link import LinkedRules, link
from guardrun.pack.projection import found_by, path_at_home, value_at_home
from guardrun.pack.reads import reads
from guardrun.pack.rule import Rule, load_rule
from guardrun.read import parse_template
from guardrun.run import Run

HEADER = """\
# title: Buckets are named
# severity: low
# profile: core
# resources: [A]
# why: Because.
# fix: Name it.
"""
SELECTED = "let a = Resources.*[ Type == 'A' ]"
DOCUMENT: dict[str, Any] = {
    "Parameters": {"P": {"Type": "String"}},
    "Resources": {
        "One": {
            "Type": "A",
            "DependsOn": "Two",
            "Properties": {"Name": "x", "Size": 1, "Tags": [{"Key": "k"}]},
            "GuardRun": {"Uses": ["Two"], "UsedBy": []},
        },
        "Two": {"Type": "B", "Properties": {"Name": "y"}},
    },
}


def rule(tmp_path: Path, body: str, name: str = "R", lets: str = SELECTED) -> Rule:
    path = tmp_path / "naming" / f"{name.lower()}.guard"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{HEADER}\n{lets}\n\nrule {name} {body}\n")
    return load_rule(path, path.name)


def given(linked: LinkedRules, key: str = "GuardRun0") -> Any:
    return linked.document(DOCUMENT)[key]


def names(body: str, lets: str = SELECTED) -> set[str] | None:
    found = reads(f"{lets}\nrule R {body}")
    return None if found is None else set(found.names)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("{ %a.Properties.Name exists }", {"Properties", "Properties.Name"}),
        ("{ %a { Properties.'Fn::If' !exists DependsOn exists } }", {"Properties", "Properties.Fn::If", "DependsOn"}),
        ("{ %a { GuardRun.Links[ Property == 'X' ].At empty } }", {"GuardRun", "GuardRun.Links"}),
        ("when %a !empty { %a { Properties.B[*].*.C exists } }", {"Properties", "Properties.B"}),
        ("{ %a { when Properties.B exists { Properties.B { C exists } } } }", {"Properties", "Properties.B"}),
        ("{ %a[ Type == 'B' ] !empty }", {"Type"}),
        ("{ %a { Properties[ keys in ['X', 'Y'] ] !empty } }", {"Properties", "Properties.X", "Properties.Y"}),
        ("{ let p = %a.Properties %p[ X == 1 ] empty }", {"Properties", "Properties.X"}),
        ("{ %a { Properties.B in r[1, 5] Properties.B == /}/ <<{ C }>> } }", {"Properties", "Properties.B"}),
        ("{ some %a.Properties.B[*].'Fn::Sub'[0] exists or let_it_be }", {"Properties", "Properties.B"}),
    ],
)
def test_what_a_rule_names_is_what_it_reads(body: str, read: set[str]) -> None:
    assert names(body) == read


@pytest.mark.parametrize(
    "body",
    [
        "{ %a.Properties.* exists }",
        "{ %a.* exists }",
        "{ %a { this.* exists } }",
        "{ %a { Properties !empty } }",
        "{ %a { Properties empty } }",
        "{ %a { Properties == {} } }",
        "{ %a { GuardRun.* exists } }",
        "{ %a { GuardRun !empty } }",
        "{ %a { Properties[ keys == /X/ ] empty } }",
        "{ %a { Properties[ keys != 'X' ] empty } }",
        "{ %a { Properties[ keys in %b ] empty } }",
        "{ %a { Properties[ this == 1 ] empty } }",
        "{ %a[ keys == 'X' ] empty }",
        "{ let k = 'X' %a.Properties.%k exists }",
        "{ let k = 'X' %a.%k exists }",
        "{ %a.Properties[*] exists }",
        "{ %a.properties.X exists }",
        "{ %a { 'Properties' { X exists } } }",
        "{ %a in %a }",
        "{ %a { this in %a } }",
        "{ %a { X == %a.Properties } }",
        "{ %unknown.X exists }",
        "{ this.*.* exists }",
        "{ resources.X exists }",
        "{ let p = %a.Properties %p.* exists }",
        "{ let p = %a.Properties %p { this == {} } }",
        "{ let all = Resources %all[ X exists ] !empty }",
        "{ A::B::C { X exists } }",
        "{ let t = json_parse(%a) %t exists }",
        "{ %a { when X in ['a'] { Properties.* exists } } }",
        "{ %a { when B { Properties.* exists } } }",
        "{ let x = 1 let x = %a %x.X exists }",
        "{ %a { this[ X exists ] !empty } }",
        "{ Resources.One[ X exists ] !empty }",
        "{ Resources[ a | X exists ] !empty }",
        "{ %a { X exists }",
    ],
)
def test_a_rule_that_reads_what_it_does_not_name_is_given_everything(body: str) -> None:
    assert names(body) is None


def test_a_selected_resource_has_only_what_the_rule_names(tmp_path: Path) -> None:
    linked = link([rule(tmp_path, "{ %a { Properties.Name exists GuardRun.Uses empty } }")], [DOCUMENT])
    assert given(linked) == {"One": {"Properties": {"Name": "x"}, "GuardRun": {"Uses": ["Two"]}}}
    assert "let guardrun0 = GuardRun0.*\nlet a = %guardrun0\n" in linked.texts[0]
    assert linked.document(DOCUMENT).keys() == {"Parameters", "GuardRun0"}


def test_properties_stay_when_none_of_them_is_named(tmp_path: Path) -> None:
    assert given(link([rule(tmp_path, "{ %a.Properties exists }")], [DOCUMENT])) == {"One": {"Properties": {}}}


def test_a_resource_of_which_nothing_is_named_keeps_its_type(tmp_path: Path) -> None:
    assert given(link([rule(tmp_path, "{ %a exists }")], [DOCUMENT])) == {"One": {"Type": "A"}}


def test_rules_that_select_the_same_types_share_a_projection(tmp_path: Path) -> None:
    first = rule(tmp_path, "{ %a.Properties.Name exists }")
    second = rule(tmp_path, "{ %a { Properties.Size exists Properties.Absent exists } }", "S")
    linked = link([first, second], [DOCUMENT])
    assert linked.keys == ("GuardRun0",)
    assert given(linked) == {"One": {"Properties": {"Name": "x", "Size": 1}}}


def test_types_that_no_document_has_do_not_tell_projections_apart(tmp_path: Path) -> None:
    first = rule(tmp_path, "{ %a.Properties.Name exists }")
    wider = "let some_a = Resources.*[ Type in ['A', 'Absent'] ]"
    second = rule(tmp_path, "{ %some_a.Properties.Name exists }", "S", lets=wider)
    linked = link([first, second], [DOCUMENT])
    assert "let a = %guardrun0\nlet some_a = %guardrun0\n" in linked.texts[0]


def test_a_rule_that_needs_everything_does_not_burden_the_others(tmp_path: Path) -> None:
    first = rule(tmp_path, "{ %a.Properties.Name exists }")
    second = rule(tmp_path, "when %a !empty { %a.Properties.* exists }", "S")
    linked = link([first, second], [DOCUMENT])
    assert given(linked) == {"One": {"Properties": {"Name": "x"}}}
    assert given(linked, "GuardRun1") == {"One": DOCUMENT["Resources"]["One"]}
    assert "rule S {\nlet a = %guardrun1\nwhen %a !empty { %a.Properties.* exists }\n}" in linked.texts[0]


def test_a_rule_that_selects_in_another_way_is_given_all_resources_with_what_it_names(tmp_path: Path) -> None:
    lets = "let named = Resources.*[ Properties.Name exists ]\nlet by_id = Resources"
    linked = link([rule(tmp_path, "{ %named !empty Resources exists }", lets=lets)], [DOCUMENT])
    assert (
        "let named = %guardrunresources[ Properties.Name exists ]\nlet by_id = GuardRunResources\n" in linked.texts[0]
    )
    assert "rule R { %named !empty GuardRunResources exists }" in linked.texts[0]
    assert given(linked, "GuardRunResources") == {
        "One": {"Type": "A", "Properties": {"Name": "x"}},
        "Two": {"Type": "B", "Properties": {"Name": "y"}},
    }


def test_a_rule_that_looks_at_no_property_shares_the_bare_resources(tmp_path: Path) -> None:
    bare = rule(tmp_path, "when Resources !empty { %kept !empty }", lets="let kept = Resources.*[ DependsOn exists ]")
    named = rule(tmp_path, "{ Resources.One.Properties.Name exists }", "S")
    linked = link([bare, named], [DOCUMENT])
    assert "rule R when GuardRunBareResources !empty" in linked.texts[0]
    assert "let kept = %guardrunbareresources[ DependsOn exists ]" in linked.texts[0]
    assert given(linked, "GuardRunBareResources") == {"One": {"Type": "A", "DependsOn": "Two"}, "Two": {"Type": "B"}}
    assert given(linked, "GuardRunResources")["One"] == {"Type": "A", "Properties": {"Name": "x"}}


def test_what_a_rule_reads_is_left_out_of_a_document_in_which_it_has_nothing_to_look_at(tmp_path: Path) -> None:
    second = "let b = Resources.*[ Type == 'B' ]\nlet named = Resources.*[ Properties.Name exists ]"
    linked = link([rule(tmp_path, "{ %b.Properties.Name exists %named !empty }", lets=second)], [DOCUMENT])
    assert given(linked) == {"Two": {"Properties": {"Name": "y"}}}
    other = {"Resources": {"Two": DOCUMENT["Resources"]["Two"]}}
    assert linked.document(other) == {"GuardRun0": {}, "GuardRunResources": {}}


def test_a_rule_that_reads_everything_is_given_everything(tmp_path: Path) -> None:
    linked = link([rule(tmp_path, "{ %a.Properties.* exists Resources.Two exists }")], [DOCUMENT])
    assert given(linked) == {"One": DOCUMENT["Resources"]["One"]}
    assert given(linked, "Resources") == DOCUMENT["Resources"]


@pytest.mark.parametrize("name", ["Properties.EventLogs", "Properties.eventLogs", "Properties.event-log"])
def test_other_forms_of_a_name_can_be_found_by_it(name: str) -> None:
    assert found_by(["Properties.EventLogs"], [name, "Properties.Events", "EventLogs"]) == {name}


def test_what_is_found_in_a_projection_is_told_as_found_in_the_template() -> None:
    assert path_at_home("/GuardRun12/One/Properties/GuardRun1") == "/Resources/One/Properties/GuardRun1"
    assert path_at_home("/GuardRunResources") == "/Resources"
    assert path_at_home("/GuardRunBareResources/One") == "/Resources/One"
    assert path_at_home("/GuardRun/Graph") == "/GuardRun/Graph"


def test_a_resource_that_is_found_is_told_with_all_that_it_has() -> None:
    resources = DOCUMENT["Resources"]
    assert value_at_home("/Resources/One", {}, resources) == resources["One"]
    assert value_at_home("/Resources/One/Properties", {}, resources) == resources["One"]["Properties"]
    assert value_at_home("/Resources", {}, resources) == resources
    assert value_at_home("/Resources/One/Properties/Tags/0", {"Key": "k"}, resources) == {"Key": "k"}


@pytest.mark.engine
def test_rules_find_in_projections_what_they_find_in_the_template(tmp_path: Path, engine: Engine) -> None:
    chosen = [
        rule(tmp_path, "{ %a { Properties.Name == 'z' <<named>> } }", "NAMED"),
        rule(tmp_path, "{ %a { Properties.Widths !exists <<width>> } }", "SINGULAR"),
        rule(tmp_path, "{ %a { Properties.* == 'z' <<any>> } }", "ANY"),
        rule(tmp_path, "{ %a[ Properties.Name exists ] empty <<whole>> }", "WHOLE"),
        rule(tmp_path, "{ %c !empty <<none>> }", "NONE", "let c = Resources.*[ Type == 'C' ]"),
    ]
    text = b'{"Resources": {"One": {"Type": "A", "Properties": {"Name": "x", "Width": 5}}}}'
    (found,) = Evaluator(engine, chosen, 30, Run()).evaluate([parse_template(text, "t.json")])
    assert {(one.rule, one.path) for one in found.failures} == {
        ("NAMED", "/Resources/One/Properties/Name"),
        ("SINGULAR", "/Resources/One/Properties/Width"),
        ("ANY", "/Resources/One/Properties/Name"),
        ("ANY", "/Resources/One/Properties/Width"),
        ("WHOLE", "/Resources/One"),
        ("NONE", "/Resources"),
    }
    (whole,) = [one.found for one in found.failures if one.rule == "WHOLE"]
    assert whole["Properties"] == {"Name": "x", "Width": 5}
