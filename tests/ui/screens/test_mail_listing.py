"""The list of the mail screen: folders, search, order, filters, conversations."""

from __future__ import annotations

import pytest

from tests.ui.conftest import AppOf
from tests.ui.eyes import shown, until
from tests.ui.memory import ME, row
from tui.model import command as c
from tui.model.event import MessagesChanged
from tui.model.message import Flag

SIZE = (120, 36)


async def test_folders_by_keys(app_of: AppOf) -> None:
    app = app_of([row(1), row(2, folder_id=3, folder="Sent Items")])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("g")
        assert "s Sent" in app.mail.status.text
        await pilot.press("s")
        assert app.mail.place.title == "Sent"
        await pilot.pause()
        assert f"To {ME}" in shown(app)
        await pilot.press("2")
        assert app.mail.place.title == "Drafts"
        await pilot.press("g", "i")
        assert list(app.mail.listing.ids) == [1]
        await pilot.press("g", "escape", "x")
        assert app.mail.listing.selected == {1}


async def test_an_empty_list_says_what_comes_next(app_of: AppOf) -> None:
    app = app_of()
    async with app.run_test(size=SIZE):
        assert app.mail.listing.empty_text == ("Nothing here.", "c writes a new message.")


async def test_without_an_account_an_empty_list_tells_how_to_add_one(app_of: AppOf) -> None:
    app = app_of()
    app.engine.reader.kept_folders = ()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: app.mail.listing.empty_text == ("No account yet.", ", adds one."))


async def test_search_as_you_type_and_back(app_of: AppOf) -> None:
    app = app_of([row(1), row(2, subject="Lamps"), row(3, subject="A lamp", folder_id=4, folder="Archive")])
    async with app.run_test(size=SIZE) as pilot:
        listing = app.mail.listing
        await pilot.press("j", "slash", *"lamp")
        await until(pilot, lambda: sorted(listing.ids) == [2, 3])
        await until(pilot, lambda: "2 found" in shown(app))
        assert "Archive · A lamp" in shown(app)
        await pilot.press("enter", "e")
        assert app.engine.posted[-1] == c.Archive((2,))
        await pilot.press("slash", *"xyz")
        await until(pilot, lambda: "Nothing found." in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: not app.mail.searching)
        assert app.mail.place.title == "Inbox"
        assert app.mail.focused is listing


async def test_a_search_says_how_many_messages_it_may_miss(app_of: AppOf) -> None:
    app = app_of([row(1), row(2, subject="Lamps")])
    app.engine.reader.unindexed = 12_345
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", *"lamp")
        await until(pilot, lambda: "still indexing 12,345" in shown(app))


async def test_sort_filter_and_threads(app_of: AppOf) -> None:
    rows = [
        row(1, size=10, thread=9),
        row(2, size=500, flags=Flag.SEEN | Flag.FLAGGED, thread=9),
        row(3, size=100, flags=Flag(0)),
    ]
    app = app_of(rows)
    async with app.run_test(size=SIZE) as pilot:
        listing = app.mail.listing
        await pilot.press("O", "O", "O")
        assert list(listing.ids) == [2, 3, 1]
        await pilot.press("O", "L")
        assert list(listing.ids) == [3]
        assert "Unread only" in shown(app)
        await pilot.press("L", "L")
        assert "Nothing here is with an attachment." in shown(app)
        await pilot.press("L", "T")
        assert list(listing.ids) == [1, 3]
        await pilot.press("home", "t")
        assert list(listing.ids) == [1, 2, 3]
        await pilot.pause()
        assert "└ Billing" in shown(app)
        await pilot.press("j", "t")
        assert list(listing.ids) == [1, 3]
        await pilot.press("n")
        assert listing.current == 3


async def test_a_refresh_keeps_cursor_and_selection(app_of: AppOf) -> None:
    app = app_of([row(number) for number in range(10, 60)])
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "x", "j")
        current, held = app.mail.listing.current, app.engine.reader.held
        held[1] = row(1)
        app.engine.say(MessagesChanged(ME, 1))
        await until(pilot, lambda: 1 in app.mail.listing.ids)
        assert app.mail.listing.current == current
        assert app.mail.listing.selected == {11}


@pytest.mark.parametrize("size", [(100, 30), (140, 36), (70, 30)])
async def test_the_list_stands_where_it_was_after_reading(app_of: AppOf, size: tuple[int, int]) -> None:
    app = app_of([row(number) for number in range(1, 101)])
    async with app.run_test(size=size) as pilot:
        listing = app.mail.listing
        await pilot.press(*"j" * 45, *"k" * 5)
        place = listing.cursor, listing.scroll_offset.y
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is app.mail.pane)
        await pilot.press("s")
        await until(pilot, lambda: any(isinstance(one, c.SetFlags) for one in app.engine.posted))
        app.mail.load()
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is listing)
        await pilot.pause()
        assert (listing.cursor, listing.scroll_offset.y) == place
