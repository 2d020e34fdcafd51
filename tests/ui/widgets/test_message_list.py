from __future__ import annotations

from array import array
from collections.abc import Sequence
from time import perf_counter

from tests.ui.memory import MemoryReader, row
from tests.ui.widgets.host import Host
from tui.model.message import Flag, Row
from tui.ui.widgets.message_list import MessageList


def made(count: int) -> tuple[Host, MessageList, MemoryReader]:
    reader = MemoryReader.of(row(number) for number in range(1, count + 1))
    listing = MessageList(reader.rows, lambda ids: {})
    host = Host(listing, MessageList.Highlighted, MessageList.Opened, MessageList.Changed)
    return host, listing, reader


def ids(*numbers: int) -> array[int]:
    return array("q", numbers)


async def test_only_the_rows_in_view_are_read() -> None:
    asked: list[int] = []

    def rows(wanted: Sequence[int]) -> list[Row]:
        asked.append(len(wanted))
        return [row(one) for one in wanted]

    listing = MessageList(rows, lambda ids: {})
    async with Host(listing).run_test(size=(80, 20)) as pilot:
        listing.show(array("q", range(1, 1_000_001)), fresh=True)
        await pilot.pause()
        started = perf_counter()
        await pilot.press("end")
        await pilot.pause()
        assert perf_counter() - started < 1
        assert listing.current == 1_000_000
        await pilot.press("home", "pagedown")
        assert 0 < listing.cursor < 20
    assert max(asked) <= 45


async def test_moving() -> None:
    host, listing, _ = made(100)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(array("q", range(1, 101)), fresh=True)
        await pilot.press("j", "j", "down", "k")
        assert listing.current == 3
        await pilot.press("G")
        assert listing.current == 100
        await pilot.press("pageup", "ctrl+d", "ctrl+u")
        assert listing.current == 81
        await pilot.press("home", "up")
        assert listing.current == 1


async def test_cursor_selection_and_place_survive_a_refresh_by_id() -> None:
    host, listing, _ = made(200)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(array("q", range(11, 101)), fresh=True)
        listing.move_to(50)
        listing.action_select()
        await pilot.pause()
        above = listing.cursor - listing.scroll_offset.y
        listing.show(array("q", range(1, 101)))
        await pilot.pause()
        assert listing.current == 62
        assert listing.selected == {61}
        assert listing.cursor - listing.scroll_offset.y == above


async def test_the_cursor_goes_to_the_next_message_when_its_own_is_gone() -> None:
    host, listing, _ = made(5)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(ids(1, 2, 3, 4, 5), fresh=True)
        listing.move_to(1)
        listing.selected.add(2)
        listing.show(ids(1, 3, 4, 5))
        assert listing.current == 3
        assert listing.selected == set()
        listing.show(ids())
        assert listing.current == 0
        assert listing.chosen() == ()
        await pilot.pause()
        await pilot.press("j", "enter", "x", "asterisk", "X", "end")


async def test_new_mail_on_top_is_seen_when_the_list_stands_at_its_top() -> None:
    host, listing, _ = made(60)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(array("q", range(2, 61)), fresh=True)
        await pilot.pause()
        listing.show(array("q", range(1, 61)))
        await pilot.pause()
        assert listing.scroll_offset.y == 0
        assert listing.current == 2


async def test_selecting() -> None:
    host, listing, _ = made(10)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(array("q", range(1, 11)), fresh=True)
        await pilot.press("x", "j", "X")
        assert listing.chosen() == (1, 2, 3)
        await pilot.press("asterisk")
        assert len(listing.selected) == 10
        await pilot.press("asterisk")
        assert listing.chosen() == (3,)


async def test_the_mouse() -> None:
    host, listing, _ = made(50)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(array("q", range(1, 51)), fresh=True)
        await pilot.pause()
        await pilot.click(listing, offset=(10, 4))
        assert listing.current == 5
        await pilot.click(listing, offset=(10, 6), control=True)
        await pilot.click(listing, offset=(10, 8), shift=True)
        assert listing.chosen() == (7, 8, 9)
        await pilot.click(listing, offset=(10, 2), times=2)
        assert [one.message_id for one in host.heard if isinstance(one, MessageList.Opened)] == [3]
        listing.scroll_to(y=20, animate=False)
        await pilot.pause()
        assert "Message 21" in host.shown()[0]


async def test_opening() -> None:
    host, listing, _ = made(3)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(ids(1, 2, 3), fresh=True)
        await pilot.press("enter", "space")
        opened = [one for one in host.heard if isinstance(one, MessageList.Opened)]
        assert [(one.message_id, one.reading_on) for one in opened] == [(1, False), (1, True)]


async def test_an_empty_list_says_what_to_do() -> None:
    host, listing, _ = made(0)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.empty_text = ("Nothing here.", "c writes a new message.")
        listing.show(ids(), fresh=True)
        await pilot.pause()
        assert any("c writes a new message." in line for line in host.shown())


async def test_two_lines_when_narrow_and_the_cursor_stays_in_view() -> None:
    host, listing, _ = made(50)
    async with host.run_test(size=(100, 20)) as pilot:
        listing.show(array("q", range(1, 51)), fresh=True)
        listing.move_to(15)
        assert listing.row_lines == 1
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert listing.row_lines == 2
        assert any("Message 16" in line for line in host.shown())


async def test_finding_the_next_unread() -> None:
    reader = MemoryReader.of(
        row(number, flags=Flag(0) if number in {3, 700} else Flag.SEEN) for number in range(1, 1001)
    )
    listing = MessageList(reader.rows, lambda ids: {})
    async with Host(listing).run_test():
        listing.show(array("q", range(1, 1001)), fresh=True)

        def unread(one: Row) -> bool:
            return Flag.SEEN not in one.flags

        assert listing.find(0, 1, unread) == 2
        assert listing.find(3, 1, unread) == 699
        assert listing.find(998, -1, unread) == 699
        assert listing.find(1, -1, unread) == -1


async def test_a_row_that_vanished_is_drawn_empty() -> None:
    host, listing, _ = made(2)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(ids(1, 99, 2), fresh=True)
        await pilot.pause()
        assert host.shown()[1].strip() == ""
        assert "Message 2" in host.shown()[2]


async def test_threads_fold_with_a_count() -> None:
    reader = MemoryReader.of([row(1)])
    listing = MessageList(reader.rows, lambda ids: dict.fromkeys(ids, 4))
    host = Host(listing)
    async with host.run_test(size=(80, 20)) as pilot:
        listing.show(ids(1), fresh=True)
        await pilot.pause()
        assert "Billing (4)" in host.shown()[0]
