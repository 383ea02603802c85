"""From a file's bytes to a template: its document in CloudFormation's long form, and the place of every node."""

from guardrun.read.template import MAX_BYTES, Template, parse_template, read_template, template_from_node

__all__ = ["MAX_BYTES", "Template", "parse_template", "read_template", "template_from_node"]
