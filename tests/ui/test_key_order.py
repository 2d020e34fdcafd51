"""Keys that come in one bundle, as they do over a slow line."""

from __future__ import annotations

import gc

import pytest
from textual import events
from textual.app import ComposeResult
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.widgets import Input, TextArea

from tests.ui.conftest import AppOf
from tests.ui.eyes import until
from tests.ui.memory import row
from tui.model import command as c
from tui.ui.app import OutlookApp
from tui.ui.key_order import KeyOrder

SIZE = (80, 24)


def bundle(app: OutlookApp, *keys: str) -> None:
    """Hand over all keys before the first takes effect."""
    for key in keys:
        typed = key if len(key) == 1 else None
        app.post_message(events.Key(_character_to_key(key) if typed else key, typed))


class Fields(Screen[None]):
    """Two fields to type into, one after the other."""

    def compose(self) -> ComposeResult:
        yield Input()
        yield TextArea()


async def test_letters_do_not_overtake_the_keys_before_them(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(Fields())
        await until(pilot, lambda: isinstance(app.focused, Input))
        bundle(app, *"abc", "backspace", *"de", "home", "X", "tab", *"teh", "left", "left", "h", "end", "!")
        text = app.screen.query_one(TextArea)
        await until(pilot, lambda: "!" in text.text)
        assert app.screen.query_one(Input).value == "Xabde"
        assert text.text == "theh!"


async def test_what_follows_the_slash_is_searched_and_does_nothing_else(app_of: AppOf) -> None:
    app = app_of([row(1), row(2, subject="Lamps")])
    async with app.run_test(size=SIZE) as pilot:
        bundle(app, "/", *"delamp")
        await until(pilot, lambda: app.mail.search_bar.value == "delamp")
        assert not any(isinstance(one, c.Delete | c.Archive) for one in app.engine.posted)


async def test_a_key_as_the_program_ends_leaves_nothing_unawaited(
    app_of: AppOf, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    async def hand_on(event: events.Event) -> None:
        pass

    app = app_of()
    monkeypatch.setattr(app, "run_worker", lambda *work, **named: None)
    await KeyOrder(app, hand_on).take(events.Key("ctrl+q", None))
    gc.collect()
    assert not [str(one.message) for one in recwarn]
