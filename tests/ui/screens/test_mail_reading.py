"""The reading part of the mail screen: opening, fetching what is not here, and what parsing fails on."""

from __future__ import annotations

import pytest

from tests.ui.conftest import AppOf
from tests.ui.eyes import shown, until
from tests.ui.memory import row
from tui.model import command as c
from tui.model.error import Offline
from tui.model.event import BodyArrived
from tui.model.message import BodyState, Flag

SIZE = (120, 36)


async def test_an_opened_message_counts_as_read(app_of: AppOf) -> None:
    app = app_of([row(1, flags=Flag(0))], mark_read_after=0)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: c.SetFlags((1,), add=Flag.SEEN) in app.engine.posted)
        await until(pilot, lambda: "1 unread" not in shown(app))


async def test_a_message_without_body_is_fetched_and_shown(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS), row(2)])
    app.engine.bodies[1] = b"Subject: x\r\n\r\nIt has come.\r\n"
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "It has come." in shown(app))
        assert c.FetchBody(1) in app.engine.posted


async def test_large_pop3_mail_is_fetched_when_it_is_opened(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS, uid=0, uidl="u1", size=30_000_000), row(2)])
    app.engine.bodies[1] = b"Subject: x\r\n\r\nIt has come.\r\n"
    async with app.run_test(size=SIZE) as pilot:
        app.mail.read(1)
        await until(pilot, lambda: "Only the header of this message is here (30 MB)" in shown(app))
        assert c.FetchBody(1) not in app.engine.posted
        app.mail.read(1, deliberate=True)
        await until(pilot, lambda: "It has come." in shown(app))


async def test_a_body_that_cannot_be_fetched_says_why(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS)])
    app.engine.fails[c.FetchBody] = Offline("The server cannot be reached.", "It is tried again.")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "The server cannot be reached. It is tried again." in shown(app))


async def test_a_body_that_arrives_by_itself_is_shown(app_of: AppOf) -> None:
    app = app_of([row(1, body=BodyState.HEADERS)])
    app.engine.offline = True
    async with app.run_test(size=SIZE) as pilot:
        app.engine.offline = True
        app.mail.read(1)
        await until(pilot, lambda: "Only the header is on this computer" in shown(app))
        app.engine.reader.raws[1] = b"\r\nIt has come.\r\n"
        app.engine.reader.held[1] = row(1)
        app.engine.say(BodyArrived(1))
        await until(pilot, lambda: "It has come." in shown(app))


async def test_a_message_nobody_can_parse_ends_nothing(
    app_of: AppOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_raw: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("tui.mail.message.parse", fail)
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "This message is built in a way" in shown(app))
