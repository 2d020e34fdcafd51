"""The screen on a damaged store: it says so, and never falls over."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.rig import settings_of
from tests.store.damage import IMAP, WRONG_VALUES, Sample, harm, sample
from tests.ui.eyes import shown, until
from tui.config.paths import Paths, find
from tui.config.secrets import Secrets
from tui.model.account import Account, Server
from tui.model.error import StoreBroken
from tui.sync.engine import Engine
from tui.ui.app import OutlookApp
from tui.ui.screens.dialog import Notice

pytestmark = pytest.mark.slow

_SEEDS = range(200 if "OUTLOOK_TUI_TEST_ALL" in os.environ else 6)
_ACCOUNT = Account(IMAP, imap=Server("imap.invalid", 993), smtp=Server("smtp.invalid", 465))
_KEYS = ("j", "j", "enter", "escape", "end", "home", "l", "u", "e", "z", "slash", "t", "h", "e", "enter")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("used"), 60)


def opened(paths: Paths) -> OutlookApp:
    """The program as the command line opens it, without the network."""
    settings = settings_of(paths, _ACCOUNT)
    return OutlookApp(Engine(paths, settings, Secrets(), watch=True), paths, settings, offline=True)


@pytest.mark.parametrize("seed", _SEEDS)
async def test_whatever_is_damaged_the_screen_stays(tmp_path: Path, used: Sample, seed: int) -> None:
    paths = find(str(tmp_path / "home"))
    harm(used.copy(paths.data), random.Random(f"screen {seed}"))
    try:
        app = opened(paths)
    except StoreBroken as error:  # the command line says it instead of opening the screen
        assert "doctor" in error.hint
        return
    async with app.run_test(size=(120, 36)) as pilot:
        for key in _KEYS:
            await pilot.press(key)
            await pilot.pause()


@pytest.mark.parametrize("change", WRONG_VALUES)
async def test_values_that_no_column_should_hold(tmp_path: Path, used: Sample, change: str) -> None:
    paths = find(str(tmp_path / "home"))
    with closing(sqlite3.connect(used.copy(paths.data))) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(change)
        db.commit()
    app = opened(paths)
    async with app.run_test(size=(120, 36)) as pilot:
        for key in (*_KEYS, "g", "o", "escape", "g", "d"):
            await pilot.press(key)
            await pilot.pause()


async def test_it_names_the_way_out(tmp_path: Path, used: Sample) -> None:
    paths = find(str(tmp_path / "home"))
    path = used.copy(paths.data)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'header'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 8_192)
        file.write(bytes(8_192))
    app = opened(paths)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Notice))
        await until(pilot, lambda: "--repair. Nothing was changed on any server." in shown(app))
