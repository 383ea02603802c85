"""What several tests share: sample reports, golden files, the real engine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from guardrun.engine import Engine, find_engine
from guardrun.pack import Pack, bundled_rules, load_pack

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a golden file, or write it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither remembered rules nor added packs nor settings, git's too, of whoever runs the tests."""
    kept = {"GUARDRUN_BUILD_PLATFORM", "GUARDRUN_CFN_GUARD"}
    for name in [name for name in os.environ if name.startswith("GUARDRUN_") and name not in kept]:
        del os.environ[name]
    os.environ["GUARDRUN_CACHE"] = ""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture(scope="session")
def engine() -> Engine:
    return find_engine()


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(bundled_rules(), "guard-rules")
