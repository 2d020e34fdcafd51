"""The acting part of the mail screen: flags, archive, delete, move, copy, undo."""

from __future__ import annotations

import time

from tests.ui.conftest import AppOf
from tests.ui.eyes import notes, shown, until
from tests.ui.memory import ME, row
from tui.model import command as c
from tui.model.draft import Outgoing, SendState
from tui.model.error import Refused
from tui.model.message import Row
from tui.ui.screens.dialog import Ask
from tui.ui.screens.pick import Pick

SIZE = (120, 36)


async def test_acting_on_messages_and_undo(app_of: AppOf) -> None:
    app = app_of([row(number) for number in range(1, 6)])
    async with app.run_test(size=SIZE) as pilot:
        listing = app.mail.listing
        await pilot.press("e")
        await until(pilot, lambda: list(listing.ids) == [2, 3, 4, 5])
        assert listing.current == 2
        assert "Archived 1 message · U undoes" in app.mail.status.text
        await pilot.press("U")
        await until(pilot, lambda: list(listing.ids) == [1, 2, 3, 4, 5])
        await pilot.press("x", "x")
        assert "2 messages selected" in shown(app)
        await pilot.press("d")
        await until(pilot, lambda: len(listing.ids) == 3)
        assert app.engine.posted[-1] == c.Delete((2, 3))
        await pilot.press("s")
        await until(pilot, lambda: "⚑" in shown(app))
        await pilot.press("s")
        await until(pilot, lambda: "⚑" not in shown(app))
        await pilot.press("u")
        await until(pilot, lambda: "1 unread" in shown(app))


def conversation() -> list[Row]:
    """Messages 1 to 3 of one conversation, of which 2 lies in Sent, and 4 alone."""
    return [
        row(1, thread=9),
        row(2, thread=9, folder="Sent Items", folder_id=3),
        row(3, thread=9),
        row(4),
    ]


async def test_a_folded_conversation_is_put_away_whole_but_for_what_lies_elsewhere(app_of: AppOf) -> None:
    app = app_of(conversation(), threads=True)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: list(app.mail.listing.ids) == [1, 4])
        await pilot.press("e")
        await until(pilot, lambda: app.engine.posted[-1:] == [c.Archive((1, 3))])
        await until(pilot, lambda: "Archived 2 messages · U undoes" in app.mail.status.text)
        await pilot.press("U")
        await until(pilot, lambda: list(app.mail.listing.ids) == [1, 4])


async def test_an_unfolded_conversation_and_one_that_is_read_are_acted_on_one_by_one(app_of: AppOf) -> None:
    app = app_of(conversation(), threads=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("t")
        await until(pilot, lambda: list(app.mail.listing.ids) == [1, 2, 3, 4])
        await pilot.press("e")
        await until(pilot, lambda: app.engine.posted[-1:] == [c.Archive((1,))])
    app = app_of(conversation(), threads=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is app.mail.pane)
        await pilot.press("d")
        await until(pilot, lambda: c.Delete((1,)) in app.engine.posted)


async def test_undo_takes_back_the_last_deed_be_it_a_change_or_a_mail(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    now = int(time.time())
    mail = Outgoing(
        7, ME, SendState.HELD, ME, (), "Minutes", "m@contoso.example", 100, created=now - 5, due=now + 60
    )
    app.desk.reader.waiting.append(mail)  # type: ignore[attr-defined]
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "Archived" in app.mail.status.text)
        await pilot.press("U")
        await until(pilot, lambda: c.Undo() in app.engine.posted)
        assert c.CancelSend(7) not in app.engine.posted


async def test_deleting_for_good_asks(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.mail)
        assert not any(isinstance(one, c.Delete) for one in app.engine.posted)
        await pilot.press("D")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("d")
        await until(pilot, lambda: c.Delete((1,), forever=True) in app.engine.posted)
        await until(pilot, lambda: "Nothing here." in shown(app))


async def test_moving_to_a_folder_found_by_typing(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.press(*"harb", "enter")
        await until(pilot, lambda: c.Move((1,), "Projects/Harbour") in app.engine.posted)
        await until(pilot, lambda: list(app.mail.listing.ids) == [2])


async def test_copying_leaves_the_message_where_it_is(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        assert "Copy 1 message to" in shown(app)
        await pilot.press(*"harb", "enter")
        await until(pilot, lambda: c.Copy((1,), "Projects/Harbour") in app.engine.posted)
        await until(pilot, lambda: "Copied 1 message to Projects/Harbour" in app.mail.status.text)
        assert list(app.mail.listing.ids) == [1, 2]
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Pick))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.mail)
        assert len([one for one in app.engine.posted if isinstance(one, c.Copy)]) == 1


async def test_a_refusal_is_told(app_of: AppOf) -> None:
    app = app_of([row(1)])
    app.engine.fails[c.Archive] = Refused("There is no [archive] folder.", "Make one: m.")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "There is no [archive] folder. Make one: m." in notes(app))
        await until(pilot, lambda: "[archive]" in shown(app))
