"""What facts are made from: a template's document, its references and its graph, each computed when first needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from guardrun.config import Policy, policy_of
from guardrun.facts.graph import Graph, build_graph, reachable, reverse
from guardrun.facts.labels import all_tags
from guardrun.facts.links import Link, find_links
from guardrun.facts.network import public_subnets
from guardrun.facts.policies import Statement, statements_by_resource
from guardrun.facts.properties import Fault, property_faults
from guardrun.facts.references import Reference, find_references
from guardrun.facts.resolve import resolve
from guardrun.facts.walk import Values, walk

OWN_NAMES_ONLY = {"AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"}
"""Transforms that add no names which the template could refer to."""

AWS_TRANSFORMS = OWN_NAMES_ONLY | {"AWS::CodeDeployBlueGreen", "AWS::Serverless-2016-10-31"}
"""Transforms that use no parameter which the template does not name."""


class Context:
    """One template, as the facts see it; `given` are the parameters of a deployment.

    `policy` is what an organisation asks for; without it what the document itself says below `GuardRun`, as the inputs
    of rule tests may.
    """

    def __init__(
        self, document: dict[str, Any], given: Mapping[str, Any] | None = None, policy: Policy | None = None
    ) -> None:
        self.document = document
        self.given = given
        self.policy = policy or policy_of(own_facts(document).get("Policy", {}))

    @cached_property
    def references(self) -> list[Reference]:
        """Every reference, in document order."""
        return find_references(self.document)

    @cached_property
    def graph(self) -> Graph:
        """Who depends on whom."""
        return build_graph(self.document["Resources"], self.references)

    @cached_property
    def users(self) -> Graph:
        """Who is depended on by whom."""
        return reverse(self.graph)

    @cached_property
    def types(self) -> dict[str, str]:
        """The resources' types by logical id."""
        resources = self.document["Resources"]
        return {name: str(body.get("Type", "")) for name, body in resources.items() if isinstance(body, dict)}

    @cached_property
    def reached(self) -> dict[str, set[str]]:
        """For each resource everything that it waits for, directly or through others."""
        return {name: reachable(self.graph, name) for name in self.graph}

    @cached_property
    def links(self) -> list[Link]:
        """Which property of which resource refers to which other, in document order."""
        return find_links(self.document["Resources"], self.references)

    @cached_property
    def statements(self) -> dict[str, list[Statement]]:
        """The policy statements that hold for each resource."""
        return statements_by_resource(self.resolved["Resources"], self.links)

    @cached_property
    def tags(self) -> list[dict[str, Any]]:
        """The tags of all resources, as they are written."""
        return all_tags(self.document["Resources"])

    @cached_property
    def public_subnets(self) -> set[str]:
        """The subnets that the internet can reach."""
        return public_subnets(self.resolved["Resources"], self.types, self.links)

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The document with what is known before deployment put in place."""
        return resolve(self.document, self.given)

    @cached_property
    def property_faults(self) -> list[Fault]:
        """What the resources' properties do not have, or lack."""
        return property_faults(self.resolved["Resources"], self.types)

    def values(self, *sections: str) -> Values:
        """Every value in these sections of the template, section by section."""
        return [found for name in sections for found in self._values.get(name, ())]

    @cached_property
    def _values(self) -> dict[str, Values]:
        return {name: walk(section, (name,)) for name, section in self.document.items()}

    def names(self, *kinds: str) -> set[str]:
        """The names that references of these kinds use."""
        return {reference.name for reference in self.references if reference.kind in kinds}

    @cached_property
    def parameters_used(self) -> set[str]:
        """The names that a Ref or Sub uses."""
        return self.names("Ref", "Sub")

    @cached_property
    def adds_names(self) -> bool:
        """Whether macros, modules or loops add names that the text does not show."""
        sections = ("Conditions", "Mappings", "Outputs", "Parameters", "Resources")
        if not OWN_NAMES_ONLY.issuperset(self._transforms()):
            return True
        if any(name.startswith("Fn::") for section in sections for name in self.document.get(section) or {}):
            return True
        if any(kind.endswith("::MODULE") for kind in self.types.values()):
            return True
        return bool(self._transforms()) and self._has_key("Fn::ForEach::", *self.document)

    @property
    def outputs(self) -> set[str] | None:
        """The names of the outputs; None when macros or loops may add some."""
        return None if self.adds_names else set(self.document.get("Outputs") or {})

    @cached_property
    def has_macros(self) -> bool:
        """Whether macros may use parameters that the text does not name."""
        return not AWS_TRANSFORMS.issuperset(self._transforms()) or self._has_key("Fn::Transform", "Resources")

    @cached_property
    def is_transformed(self) -> bool:
        """Whether CloudFormation reads another text than this one: transforms add, change and take away."""
        return bool(self.document.get("Transform")) or self._has_key("Fn::Transform", *self.document)

    def _has_key(self, start: str, *sections: str) -> bool:
        """Whether any key in these sections, however deep, starts like this."""
        return any(str(path[-1]).startswith(start) for _, path in self.values(*sections))

    def _transforms(self) -> list[str]:
        transforms = self.document.get("Transform", [])
        return [str(name) for name in (transforms if isinstance(transforms, list) else [transforms])]


def own_facts(document: dict[str, Any]) -> dict[str, Any]:
    """What a document says below `GuardRun`."""
    facts = document.get("GuardRun")
    return facts if isinstance(facts, dict) else {}
