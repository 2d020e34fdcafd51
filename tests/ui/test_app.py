from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import cast

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from tests.ui.conftest import AppOf
from tests.ui.eyes import notes, shown, until
from tests.ui.memory import row
from tui.model import command as c
from tui.model.error import StoreBroken
from tui.model.event import AccountsChanged
from tui.ui.screens.dialog import Notice
from tui.ui.screens.help import HelpScreen

SIZE = (120, 36)


def test_the_first_screen_needs_none_of_the_heavy_modules() -> None:
    heavy = "imapclient imaplib smtplib poplib keyring selectolax tomlkit email pymap aiosmtpd webbrowser"
    code = f"import sys, tui.ui.app; print([name for name in {heavy.split()!r} if name in sys.modules])"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"


async def test_keys_of_the_vim_preset(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)], keys="vim")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert app.engine.posted == []
        await pilot.press("d")
        await until(pilot, lambda: c.Delete((1,)) in app.engine.posted)


async def test_a_store_that_breaks_under_a_key_is_told_of(
    app_of: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_asked: object) -> None:
        raise StoreBroken("The store is damaged.", "Run outlook-tui doctor.")

    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        monkeypatch.setattr(app.desk.reader, "folder_role", fail)
        await pilot.press("g", "s")
        await until(pilot, lambda: isinstance(app.screen, Notice))
        assert "The store is damaged." in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.mail)
        assert "Message 1" in shown(app)


async def test_keys_can_be_bound_anew(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)], bound={"mail.archive": "f7", "mail.flag": "f f", "mail.links": "f8"})
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e")
        await pilot.pause()
        assert not any(isinstance(one, c.Archive) for one in app.engine.posted)
        await pilot.press("f", "f")
        await until(pilot, lambda: any(isinstance(one, c.SetFlags) for one in app.engine.posted))
        await pilot.press("f7")
        await until(pilot, lambda: c.Archive((1,)) in app.engine.posted)


async def test_clashes_are_told_at_the_start(app_of: AppOf) -> None:
    app = app_of([row(1)], bound={"mail.archive": "r"})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: any("bound twice" in one for one in notes(app)))


async def test_the_palette_runs_what_keys_do_and_goes_to_folders(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await until(pilot, lambda: "Write a new message" in shown(app))
        await pilot.press(*"offline")
        await until(pilot, lambda: "Work without the network" in shown(app))
        await pilot.press(*["backspace"] * len("offline"), *"go to harbour")
        await until(pilot, lambda: "Go to Harbour" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.mail.place.title == "Harbour")


async def test_help_opens_from_anywhere(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_sequences_do_not_disturb_typing(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", "g", "i")
        assert cast(Input, app.mail.search_bar).value == "gi"


async def test_changed_settings_are_followed(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        app.engine.say(AccountsChanged())
        await pilot.pause()
        assert app.theme == "outlook-dark"


@pytest.mark.parametrize("name", ["outlook-light", "outlook-contrast", "nord", "ansi-dark", "textual-light"])
async def test_every_kind_of_theme_draws(app_of: AppOf, name: str) -> None:
    app = app_of([row(1), row(2)], theme=name)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: "Words of the body." in shown(app))
        assert app.theme == name


async def test_a_long_list_is_read_by_a_worker_and_moves_quickly(app_of: AppOf) -> None:
    app = app_of(row(number) for number in range(1, 6_000))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: len(app.mail.listing.ids) == 5_999)
        started = perf_counter()
        for _ in range(20):
            app.mail.listing.action_page(1)
        assert perf_counter() - started < 1
        await pilot.press("G")
        assert app.mail.listing.current == 5_999


async def test_a_closed_terminal_ends_the_program_in_order(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: bool(app.mail.listing.ids))
        os.kill(os.getpid(), signal.SIGHUP)
        await until(pilot, lambda: app._exit)
    assert app.engine.closed
