"""Scorecards as text for people and programs, held against golden files and hostile names."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import click
import jsonschema
import pytest

from guardrun.model import RuleInfo
from guardrun.scorecard import Card, Drawing, make_card
from guardrun.scorecard.card import Change, Estimate
from guardrun.scorecard.formats import FORMATS
from guardrun.scorecard.formats.figures import difference, share
from test_scorecard import HOSTILE, NEW, OLD, answer, scored, unjudged

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "scorecard.schema.json").read_text(encoding="utf-8"))
TITLES = {
    "NO_CYCLE": RuleInfo(
        id="NO_CYCLE",
        category="dependency",
        title="Resources do not wait for each other in a circle",
        severity="critical",
        profile="core",
        resources=(),
        view="resolved",
        analysis=(),
        controls=(),
        why="",
        fix="",
        references=(),
        as_of=None,
    )
}
CARD = make_card(scored(OLD + NEW), drawing=Drawing(50), pack=TITLES)
ONE = make_card(scored(OLD), drawing=Drawing(50))
NOTHING = make_card(())
UNJUDGED = make_card(scored((unjudged("a"), unjudged("b"))))
CARDS = pytest.mark.parametrize("card", [CARD, ONE, NOTHING, UNJUDGED], ids=["compared", "one", "nothing", "unjudged"])


@pytest.mark.parametrize(
    ("format_", "ending"),
    [("console", "txt"), ("json", "json"), ("csv", "csv"), ("markdown", "md"), ("html", "html")],
)
def test_the_sample_looks_as_it_should(format_: str, ending: str, golden: Callable[[str, str], None]) -> None:
    golden(f"scorecard.{ending}", FORMATS[format_](CARD))


@CARDS
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_tells_every_card_and_the_same_each_time(card: Card, format_: str) -> None:
    text = FORMATS[format_](card)
    assert text == FORMATS[format_](card)
    assert text.endswith("\n")
    assert "None" not in text


@CARDS
def test_json_is_as_the_schema_says(card: Card) -> None:
    jsonschema.validate(json.loads(FORMATS["json"](card)), SCHEMA)


@CARDS
def test_the_console_text_is_80_columns_wide_and_obeys_no_name(card: Card) -> None:
    text = FORMATS["console"](card)
    assert all(len(line) <= 80 for line in click.unstyle(text).splitlines())
    assert HOSTILE not in text


def test_the_console_says_first_which_is_better_and_then_what_got_worse() -> None:
    lines = click.unstyle(FORMATS["console"](CARD)).split("\n\n")
    at = next(place for place, block in enumerate(lines) if block.startswith("no clear difference between"))
    assert lines[at + 1].lstrip().startswith("before")
    assert lines[at + 2].startswith("No longer deployable or passed (1)\n  vpc: 1.00 → 0.30, no longer deployable")


def test_csv_has_a_metric_a_line_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](CARD))))
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    (row,) = (one for one in rows if (one["model"], one["name"], one["tag"]) == ("old", "NO_CYCLE", ""))
    assert (row["level"], row["metric"], row["value"], row["of"]) == ("rule", "failure_rate", "0.2", "5")
    differences = [one for one in rows if one["against"] == "old" and one["metric"] == "score_difference"]
    assert [(one["model"], one["value"], one["of"]) for one in differences] == [(f"'{HOSTILE}", "0.2375", "4")]


def test_markdown_leaves_no_name_in_force() -> None:
    text = FORMATS["markdown"](CARD)
    assert "<img" not in text
    assert "<everybody>" not in text
    assert "\x1b" not in text
    widths = {
        block.split("\n")[0]: {len(re.findall(r"(?<!\\)\|", line)) for line in block.split("\n")}
        for block in tables(text)
    }
    assert all(len(some) == 1 for some in widths.values())


def tables(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.startswith("| ")]


class Elements(HTMLParser):
    """The elements of a page and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@CARDS
def test_the_page_runs_and_loads_nothing(card: Card) -> None:
    page = FORMATS["html"](card)
    found = Elements(page).found
    assert not {"script", "img", "everybody"} & {tag for tag, _ in found}
    assert not [name for _, attributes in found for name in attributes if name.startswith("on") or name == "style"]
    assert "default-src 'none'; style-src 'sha256-" in page
    assert re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*", page) == []


@CARDS
def test_the_page_names_its_sections_and_says_its_charts_in_words(card: Card) -> None:
    found = Elements(FORMATS["html"](card)).found
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["aria-labelledby"] for tag, attributes in found if tag == "section"} <= set(ids)
    assert all(attributes.get("aria-label") or "aria-hidden" in attributes for tag, attributes in found if tag == "svg")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_the_page_opens_with_its_style_and_without_an_error(tmp_path: Path) -> None:
    page = tmp_path / "card.html"
    page.write_text(FORMATS["html"](CARD), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=2000"]
    command = [str(CHROMIUM), *options, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    assert "onerror=alert(1)&gt;" in done.stdout


def test_a_difference_never_is_a_negative_nought() -> None:
    change = Change(0.5, 0.5, Estimate(-0.001, -0.004, 0.002, 9), 0, 0, 1.0)
    assert difference(change) == "+0 [+0, +0]"
    assert difference(change, of_scores=True) == "+0.00 [+0.00, +0.00]"


def test_a_figure_of_nothing_is_a_dash() -> None:
    assert share(Estimate()) == "-"
    assert difference(Change(None, None, Estimate(), 0, 0, 1.0)) == "-"


def test_more_models_than_fit_beside_each_other_come_below() -> None:
    models = tuple(answer("vpc", 0.5, model=f"model-{number}") for number in range(8))
    text = click.unstyle(FORMATS["console"](make_card(scored(models), drawing=Drawing(5))))
    assert len(re.findall("^fails category", text, re.MULTILINE)) == 3
    assert "model-7" in FORMATS["html"](make_card(scored(models), drawing=Drawing(5)))
