"""One HTML page for people, with all that it needs inside: charts, a table to filter, sources, graphs, rules.

Text from templates is put in as JSON and shown as text only; the page's policy lets no other script run.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from html import escape
from pathlib import Path

from guardrun.model import CATEGORIES, SEVERITIES, Problem, Report
from guardrun.report.counts import by_severity, plural
from guardrun.report.json import to_document

FOLDER = Path(__file__).with_name("page")
ROW, LABEL, WIDTH = 26, 130, 900


def render(report: Report) -> str:
    """The report as one page."""
    style, script = ((FOLDER / name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    policy = f"style-src 'unsafe-inline'; script-src {source_hash(script)}"
    head = page_head(f"guardrun: {_headline(report)}", policy, "\n" + style)
    return f"""{head}
<body>
<a class="skip" href="#findings">To the findings</a>
<header>
<h1>guardrun: {_headline(report)}</h1>
<p class="made">{escape(_made(report))}</p>
</header>
<main>
{_counts(report)}
{_errors(report)}
<section aria-labelledby="by-category"><h2 id="by-category">By category</h2>
{_chart(report)}
</section>
{_trend(report)}
{BODY}
</main>
<script type="application/json" id="report">{_data(report)}</script>
<script>{script}</script>
</body>
</html>
"""


def page_head(title: str, policy: str, style: str) -> str:
    """What is before the body of a page that shows nothing but what it has in it; `policy` says what else may be."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; {policy}; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>"""


def source_hash(text: str) -> str:
    """How a page's policy names a script or a style that it allows."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


BODY = f"""<section aria-labelledby="findings"><h2 id="findings" tabindex="-1">Findings</h2>
<form id="filters" class="filters" role="search" aria-label="Filter the findings">
<label>Severity <select name="severity"><option value="">all</option>{
    "".join(f"<option>{severity}</option>" for severity in SEVERITIES)
}</select></label>
<label>Category <select name="category"><option value="">all</option>{
    "".join(f"<option>{category}</option>" for category in CATEGORIES)
}</select></label>
<label>Rule <select name="rule"><option value="">all</option></select></label>
<label>Template <select name="template"><option value="">all</option></select></label>
<label>Text <input type="search" name="text" autocomplete="off"></label>
<button type="reset">Clear</button>
</form>
<p id="told" role="status" aria-live="polite"></p>
<table><thead><tr><th scope="col">Severity</th><th scope="col">Category</th><th scope="col">Rule</th>
<th scope="col">Place</th><th scope="col">What is wrong</th></tr></thead><tbody id="rows"></tbody></table>
<button type="button" id="more" hidden></button>
</section>
<section aria-labelledby="one"><h2 id="one">One template</h2>
<p class="views"><label>Template <select id="template"></select></label></p>
<h3>Source</h3><div id="source" class="source" tabindex="0" role="region" aria-label="Source with findings"></div>
<h3>Resources</h3><div id="graph" class="graph" tabindex="0" role="region" aria-label="Graph of the resources"></div>
</section>
<dialog id="rule" aria-labelledby="rule-name"><h2 id="rule-name"></h2><div id="rule-body"></div>
<button type="button" id="close">Close</button></dialog>"""


def _headline(report: Report) -> str:
    errors = f", {plural(report.errors, 'error')}" if report.errors else ""
    return f"{plural(len(report.findings), 'finding')} in {plural(len(report.templates), 'template')}{errors}"


def _made(report: Report) -> str:
    companions = "".join(f", {name} {version}" for name, version in report.companions.items())
    return f"cfn-guard {report.engine.version}, rules {report.pack.version} ({report.pack.hash()[:12]}){companions}"


def _counts(report: Report) -> str:
    counts = by_severity(report)
    items = "".join(f'<li class="{name}"><b>{counts[name]}</b>{name}</li>' for name in SEVERITIES)
    return f'<ul class="counts" aria-label="Findings by severity">{items}</ul>'


def _errors(report: Report) -> str:
    found: list[tuple[Problem, str]] = [(problem, "") for problem in report.problems]
    found += [(problem, template.path) for template in report.templates for problem in template.problems]
    if not found:
        return ""
    items = "".join(f"<li><code>{escape(_place(*one))}</code> {escape(_told(one[0]))}</li>" for one in found)
    return (
        f'<section class="errors" aria-labelledby="errors"><h2 id="errors">Not checked</h2><ul>{items}</ul></section>'
    )


def _place(problem: Problem, path: str) -> str:
    return ":".join(str(part) for part in (problem.path or path, problem.line, problem.column) if part)


def _told(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _chart(report: Report) -> str:
    """Findings by category as bars of severities; what it shows is said in words, too."""
    counts = {
        category: [
            sum(one.category == category and one.severity == severity for one in report.findings)
            for severity in SEVERITIES
        ]
        for category in CATEGORIES
    }
    most = max(1, *(sum(row) for row in counts.values()))
    bars = "".join(_bar(number, name, row, most) for number, (name, row) in enumerate(counts.items()))
    height = len(counts) * ROW + 4
    label = "; ".join(f"{name} {sum(row)}" for name, row in counts.items())
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Findings: {label}">{bars}</svg>'


def _bar(number: int, name: str, row: list[int], most: int) -> str:
    y, x = number * ROW + 4, float(LABEL)
    parts = [f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{name}</text>']
    for severity, count in zip(SEVERITIES, row, strict=True):
        width = (WIDTH - LABEL - 50) * count / most
        title = f"<title>{name}: {count} {severity}</title>"
        parts.append(
            f'<rect class="bar-{severity}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 6}">{title}</rect>'
        )
        x += width
    return "".join([*parts, f'<text class="dim" x="{x + 8:.1f}" y="{y + 15}">{sum(row)}</text>'])


def _trend(report: Report) -> str:
    """How the counts went over earlier reports, oldest first, this one last."""
    if not report.history:
        return ""
    past = [*report.history, ("now", dict(by_severity(report)))]
    most = max(1, *(sum(counts.values()) for _, counts in past))
    step = (WIDTH - LABEL) / len(past)
    bars = "".join(_column(LABEL + number * step, step, *one, most) for number, one in enumerate(past))
    label = "; ".join(f"{name} {sum(counts.values())}" for name, counts in past)
    chart = f'<svg class="chart" viewBox="0 0 {WIDTH} 190" role="img" aria-label="{escape(label)}">{bars}</svg>'
    return f'<section aria-labelledby="trend"><h2 id="trend">Over time</h2>{chart}</section>'


def _column(x: float, step: float, name: str, counts: dict[str, int], most: int) -> str:
    y, parts = 150.0, []
    for severity in reversed(SEVERITIES):
        height = 120 * counts.get(severity, 0) / most
        y -= height
        rect = f'x="{x:.1f}" y="{y:.1f}" width="{step * 0.6:.1f}" height="{height:.1f}"'
        parts.append(f'<rect class="bar-{severity}" {rect}><title>{counts.get(severity, 0)} {severity}</title></rect>')
    shown = escape(name if len(name) <= 18 else f"…{name[-17:]}")  # noqa: PLR2004
    parts.append(f'<text class="dim" x="{x:.1f}" y="{y - 6:.1f}">{sum(counts.values())}</text>')
    return "".join([*parts, f'<text x="{x:.1f}" y="172">{shown}</text>'])


def _data(report: Report) -> str:
    """The report as JSON that cannot end its script element."""
    text = json.dumps(to_document(report), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
