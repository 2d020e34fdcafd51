"""Where things are kept, and that nobody else can look."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from tui.config import paths
from tui.model.error import CannotCreate


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_below_the_home_given(tmp_path: Path) -> None:
    found = paths.find(str(tmp_path / "home"))

    for path in (found.config_file, found.data, found.state, found.cache, found.logs, found.database):
        assert (tmp_path / "home") in path.parents
    assert found.config_file.name == "config.toml"
    assert found.engine_lock.parent == found.state


def test_home_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "there"))

    assert paths.find().data == tmp_path / "there" / "data"
    assert paths.find(str(tmp_path / "here")).data == tmp_path / "here" / "data"


def test_platform_folders_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, "")
    for variable in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(tmp_path / variable.lower()))

    found = paths.find()

    assert found.config_file == tmp_path / "config" / "outlook-tui" / "config.toml"
    assert found.data == tmp_path / "data" / "outlook-tui"
    assert found.data.is_dir()


def test_relative_and_tilde_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))

    assert paths.find("x").data == tmp_path / "x" / "data"
    assert paths.find("~/y").data == tmp_path / "me" / "y" / "data"


def test_folders_are_private_whatever_the_umask(tmp_path: Path) -> None:
    (tmp_path / "home" / "data").mkdir(parents=True)
    (tmp_path / "home" / "data").chmod(0o755)
    before = os.umask(0)
    try:
        found = paths.find(str(tmp_path / "home"))
    finally:
        os.umask(before)

    for folder in (found.config_file.parent, found.data, found.state, found.cache, found.logs):
        assert _mode(folder) == 0o700


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")

    with pytest.raises(CannotCreate, match="home"):
        paths.find(str(tmp_path / "home"))


def test_an_unknown_users_home_is_said() -> None:
    with pytest.raises(CannotCreate):
        paths.find("~nobody-has-this-name/x")


def test_what_must_not_stand_in_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("LOGNAME", "somebody")
    assert {"/home/somebody", "somebody", socket.gethostname()} <= set(paths.personal())
    assert "" not in paths.personal()


def test_downloads_go_where_the_person_has_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_downloads_path", lambda: tmp_path)
    assert paths.downloads() == tmp_path
