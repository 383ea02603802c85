"""Where guardrun keeps what is a user's own."""

import os
import pwd
from pathlib import Path

import pytest

from guardrun.config import user_config
from guardrun.errors import PackError
from guardrun.folders import user_folder
from guardrun.pack.added import add_control_tower, added_packs
from guardrun.pack.cache import cache_folder


@pytest.fixture
def _without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whom neither the environment nor the system knows, as in a container of any uid."""

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "GUARDRUN_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_a_folder_is_where_its_variable_says_or_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_CACHE_HOME", "/fast")
    monkeypatch.setenv("XDG_DATA_HOME", "")
    assert user_folder("XDG_CACHE_HOME", ".cache") == Path("/fast/guardrun")
    assert user_folder("XDG_DATA_HOME", ".local", "share") == Path("/home/ann/.local/share/guardrun")


@pytest.mark.usefixtures("_without_a_home")
def test_a_user_without_a_home_has_no_settings_no_cache_and_no_packs() -> None:
    assert (user_config(), cache_folder(), added_packs()) == (None, None, {})
    with pytest.raises(PackError, match="there is no home folder to store the pack in\n  hint: set HOME"):
        add_control_tower()


@pytest.mark.usefixtures("_without_a_home")
def test_a_user_without_a_home_may_name_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", os.sep)
    assert cache_folder() == Path("/guardrun")
