from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.ui import attacks
from tests.ui.widgets.host import Host
from tui.model.message import Filter, Sort
from tui.model.safe_text import safe_line
from tui.ui.widgets.divider import Divider
from tui.ui.widgets.list_header import ListHeader
from tui.ui.widgets.reading_header import ReadingHeader
from tui.ui.widgets.search_bar import SearchBar


async def test_the_list_header_tells_place_numbers_order_and_filter() -> None:
    header = ListHeader()
    app = Host(header, ListHeader.SortPressed, ListHeader.FilterPressed)
    async with app.run_test(size=(70, 3)) as pilot:
        header.title, header.total, header.unread = "Inbox", 1240, 3
        header.shown, header.sort = Filter.UNREAD, Sort.SIZE
        await pilot.pause()
        assert app.shown()[0].split("  ")[0] == " Inbox"
        assert "3 unread of 1,240" in app.shown()[0]
        assert "Unread only · By size" in app.shown()[0]
        header.chosen = 2
        await pilot.pause()
        assert "2 messages selected" in app.shown()[0]
        await pilot.click(header, offset=(65, 0))
        await pilot.click(header, offset=(2, 0))
    assert [type(one).__name__ for one in app.heard] == ["SortPressed", "FilterPressed"]


@pytest.mark.parametrize("string", attacks.ALL)
async def test_titles_are_clean_and_fit(string: str) -> None:
    header = ListHeader()
    app = Host(header)
    async with app.run_test(size=(40, 3)) as pilot:
        header.title = safe_line(string)
        await pilot.pause()
        await pilot.click(header)
        line = app.shown()[0]
        assert attacks.is_clean(line)
        assert cell_len(line.rstrip()) <= 40


async def test_the_reading_header_shows_the_way_back() -> None:
    header = ReadingHeader()
    app = Host(header, ReadingHeader.Pressed)
    async with app.run_test(size=(70, 3)) as pilot:
        header.title, header.number, header.total = "Inbox", 2, 25
        await pilot.pause()
        assert "‹ Inbox  2 of 25 messages" in app.shown()[0]
        assert "q back" in app.shown()[0]
        await pilot.click(header)
    assert len(app.heard) == 1


async def test_a_divider_follows_the_mouse() -> None:
    divider = Divider(id="divider")
    app = Host(divider, Divider.Dragged, Divider.Dropped)
    async with app.run_test(size=(40, 5)) as pilot:
        await pilot.mouse_down(divider, offset=(0, 2))
        await pilot.hover(app.screen, offset=(3, 2))
        await pilot.mouse_up(app.screen, offset=(3, 2))
    assert sum(one.by for one in app.heard if isinstance(one, Divider.Dragged)) == 3
    assert isinstance(app.heard[-1], Divider.Dropped)


async def test_the_search_line_is_left_and_closed() -> None:
    bar = SearchBar()
    app = Host(bar, SearchBar.Left, SearchBar.Closed)
    async with app.run_test(size=(70, 3)) as pilot:
        bar.focus()
        await pilot.press("a", "enter", "escape")
        assert bar.value == "a"
    assert [type(one).__name__ for one in app.heard] == ["Left", "Closed"]
