"""One template: read, checked for being CloudFormation, ready for facts and evaluation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, Node

from guardrun.errors import TemplateError
from guardrun.model import Place
from guardrun.read.compose import compose, decode
from guardrun.read.places import START, locate, tokens
from guardrun.read.values import fault, to_value

if TYPE_CHECKING:
    from guardrun.workspace import Workspace

MAX_BYTES = 5_000_000
"""CloudFormation accepts 1 MB; a file much beyond that is something else."""
SECTIONS = {
    "Parameters": "parameter",
    "Mappings": "mapping",
    "Conditions": "condition",
    "Resources": "resource",
    "Outputs": "output",
}
"""The sections that map names to mappings, and what an entry of each is called."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's document (long-form intrinsics, plain JSON values) and its nodes, which know their places.

    `path` is its name in reports, `file` where it was read from, if from a file, `source` its text. `project` is
    what surrounds it and its path there, if that is not where the file lies.
    """

    path: str
    document: dict[str, Any]
    root: Node
    file: Path | None = None
    source: str = ""
    project: tuple[Workspace, str] | None = None

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources by logical id."""
        resources: dict[str, dict[str, Any]] = self.document["Resources"]
        return resources

    @property
    def types(self) -> dict[str, str]:
        """The resources' types by logical id."""
        return {name: str(body.get("Type")) for name, body in self.resources.items() if isinstance(body, dict)}

    def place(self, at: str) -> Place:
        """The place of a JSON pointer, or of the nearest node above it that exists."""
        return locate(self.root, tokens(at)) if at else START


def read_template(path: Path, name: str) -> Template:
    """Read a template file; `name` is what reports call it. Raises `TemplateError`."""
    try:
        with path.open("rb") as stream:
            return replace(parse_template(stream.read(MAX_BYTES + 1), name), file=path)
    except OSError as error:
        raise TemplateError(f"cannot read the file: {error.strerror}", path=name) from error


def parse_template(data: bytes, name: str) -> Template:
    """Parse a template's bytes. Raises `TemplateError` with path, line and column."""
    if len(data) > MAX_BYTES:
        raise TemplateError("the file is larger than 5 MB", path=name, hint="CloudFormation accepts at most 1 MB")
    try:
        source = decode(data)
        return replace(template_from_node(compose(source), name), source=source)
    except TemplateError as error:
        error.path = name
        raise


def template_from_node(root: Node, name: str) -> Template:
    """A template from composed nodes, for instance a part of a larger file."""
    try:
        document = to_value(root)
    except RecursionError:
        raise TemplateError("the template is nested too deeply") from None
    _require_cloudformation(root, document)
    return Template(name, document, root)


def _require_cloudformation(root: Node, document: Any) -> None:
    if not isinstance(root, MappingNode) or not isinstance(document, dict):
        raise fault(root, "a template is a mapping with a Resources section", "is this a CloudFormation template?")
    if "Resources" not in document:
        raise fault(root, "the template has no Resources section", "is this a CloudFormation template?")
    nodes = {key.value: value for key, value in root.value}
    for section, entry in SECTIONS.items():
        if section in document:
            _require_mappings(nodes.get(section, root), document[section], section, entry)
    if not document["Resources"]:
        raise fault(nodes.get("Resources", root), "the Resources section is empty")


def _require_mappings(node: Node, section: Any, name: str, entry: str) -> None:
    if not isinstance(section, dict):
        raise fault(node, f"the {name} section is not a mapping from names")
    for key, body in section.items():
        if not isinstance(body, dict) and not key.startswith("Fn::"):
            at = locate(node, [key])
            raise TemplateError(f"{entry} {key!r} is not a mapping", line=at.line, column=at.column)
