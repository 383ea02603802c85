"""The HTML report in a real browser: it opens, filters, draws, and runs nothing that a template brings."""

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from guardrun.model import Finding, Place, Report
from guardrun.report import FORMATS
from guardrun.report.html import FOLDER
from sample import ALARM, CYCLE, EMPTY, OPEN, REPORT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

Test = TypeVar("Test", bound=Callable[..., None])


def browser(test: Test) -> Test:
    """A test that needs a browser, and is skipped where there is none."""
    return pytest.mark.browser(pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")(test))


def opened(folder: Path, report: Report, hash_: str = "") -> tuple[str, str]:
    """The page's elements after its script has run, and what it wrote to the console."""
    page = folder / "report.html"
    page.write_text(FORMATS["html"](report), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=5000"]
    command = [str(CHROMIUM), *options, "--dump-dom", f"{page.as_uri()}{hash_}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    body = done.stdout.split("<main>", 1)[1].split("</main>", 1)[0]
    return body, console


def rows(body: str) -> list[str]:
    table = body.split('<tbody id="rows">', 1)[1].split("</tbody>", 1)[0]
    return [html.unescape(re.sub("<[^>]+>", " ", row)) for row in table.split("</tr>")[:-1]]


@browser
def test_the_page_lists_the_findings_without_an_error(tmp_path: Path) -> None:
    body, console = opened(tmp_path, REPORT)
    assert console == ""
    assert len(rows(body)) == 5
    assert "5 findings" in body


@browser
@pytest.mark.parametrize(
    ("hash_", "rules"),
    [
        ("#severity=high", ["PORT_CLOSED", "PORT_CLOSED"]),
        ("#category=dependency", ["NO_CYCLE"]),
        ("#rule=ALARM_HAS_ACTION", ["ALARM_HAS_ACTION"]),
        ("#text=nobody+alarm", ["ALARM_HAS_ACTION"]),
        ("#severity=low", []),
    ],
)
def test_the_filters_leave_what_was_asked_for(tmp_path: Path, hash_: str, rules: list[str]) -> None:
    body, _ = opened(tmp_path, REPORT, hash_)
    assert [re.findall("[A-Z_]{5,}", row)[0] for row in rows(body)] == rules


@browser
def test_the_source_and_the_graph_are_drawn_with_their_findings(tmp_path: Path) -> None:
    body, _ = opened(tmp_path, REPORT)
    assert '<li id="line-4" tabindex="-1" class="marked">' in body
    assert 'class="circle"' in body
    assert "2 resources and 2 references, 1 of them in circles" in body


@browser
def test_text_from_a_template_stays_text(tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=alert(1)><script>document.title='owned'</script>"
    finding = replace(OPEN, message=hostile, logical_id=hostile, template=f"{hostile}.yaml", found=hostile)
    template = replace(REPORT.templates[0], path=finding.template, findings=(finding,), source=hostile)
    body, console = opened(tmp_path, replace(REPORT, templates=(template,)))
    assert console == ""
    assert "<img" not in body
    assert "<script>" not in body.lower()
    assert "onerror=alert(1)" in rows(body)[0]


@browser
def test_an_empty_report_opens_too(tmp_path: Path) -> None:
    body, console = opened(tmp_path, EMPTY)
    assert (console, rows(body)) == ("", [])


@browser
def test_twenty_thousand_findings_are_listed_piece_by_piece(tmp_path: Path) -> None:
    many = tuple(large(number) for number in range(500))
    report = replace(
        REPORT, templates=tuple(replace(REPORT.templates[0], path=one[0].template, findings=one) for one in many)
    )
    body, console = opened(tmp_path, report)
    assert console == ""
    assert len(rows(body)) == 200
    assert "20000 findings" in body


def large(number: int) -> tuple[Finding, ...]:
    kinds = (ALARM, CYCLE, OPEN)
    return tuple(
        replace(kinds[line % 3], template=f"stacks/{number}.yaml", place=Place(line, 1, line, 2))
        for line in range(1, 41)
    )


def test_the_page_loads_nothing_and_runs_only_its_own_script() -> None:
    page = FORMATS["html"](REPORT)
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*", page) == []
    assert "innerHTML" not in (FOLDER / "script.js").read_text(encoding="utf-8")


def test_the_page_has_a_trend_only_with_earlier_reports() -> None:
    assert "Over time" not in FORMATS["html"](REPORT)
    page = FORMATS["html"](replace(REPORT, history=(("monday", {"high": 3}),)))
    assert "monday 3; now 5" in page
