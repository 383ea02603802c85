"""JSON lines for streams and notebooks: first the run, then every template, then every finding, each with its kind."""

from __future__ import annotations

import json
from typing import Any

from guardrun.model import Report
from guardrun.report.json import to_document


def render(report: Report) -> str:
    """One JSON object a line."""
    document = to_document(report)
    run = {key: document[key] for key in ("schema_version", "engine", "pack", "companions", "problems", "summary")}
    lines: list[dict[str, Any]] = [{"kind": "run", **run}]
    lines += [{"kind": "template", **template} for template in document["templates"]]
    lines += [{"kind": "finding", **finding} for finding in document["findings"]]
    lines += [{"kind": "suppressed", **finding} for finding in document["suppressed"]]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
