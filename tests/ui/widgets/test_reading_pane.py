from __future__ import annotations

import contextlib

from textual.worker import WorkerCancelled

from tests.ui.memory import row
from tests.ui.widgets.host import Host
from tui.model.content import Content, Line, Link, Span
from tui.model.message import Envelope
from tui.ui.widgets.reading_drawing import Page
from tui.ui.widgets.reading_pane import ReadingPane


def host() -> tuple[Host, ReadingPane]:
    pane = ReadingPane()
    return Host(pane, ReadingPane.Chosen, ReadingPane.ReadOn), pane


def long_page(number: int = 1, lines: int = 100) -> Page:
    body = tuple(Line((Span(f"line {index}"),)) for index in range(lines))
    return Page(row(number), Content(Envelope(), "", "", body))


async def settle(app: Host) -> None:
    """Wait until the workers are done; those that a newer page has overtaken are cancelled."""
    with contextlib.suppress(WorkerCancelled):
        await app.workers.wait_for_complete()


async def test_it_shows_and_scrolls() -> None:
    app, pane = host()
    async with app.run_test(size=(80, 20)) as pilot:
        pane.show(long_page())
        await settle(app)
        await pilot.pause()
        assert "Message 1" in app.shown()[1]
        await pilot.press("j", "j", "k")
        assert pane.scroll_offset.y == 1
        await pilot.press("G")
        assert pane.at_end
        await pilot.press("space", "home", "pagedown")
        assert pane.scroll_offset.y == 18
    assert [type(one) for one in app.heard] == [ReadingPane.ReadOn]


async def test_another_message_starts_at_its_top_with_its_folds_closed() -> None:
    app, pane = host()
    async with app.run_test(size=(80, 20)) as pilot:
        pane.show(long_page())
        await settle(app)
        await pilot.press("G")
        pane.toggle("headers")
        pane.show(long_page(2))
        await settle(app)
        await pilot.pause()
        assert pane.scroll_offset.y == 0
        assert not pane.folds.headers
        assert "Message 2" in app.shown()[1]


async def test_a_click_on_a_link_only_tells() -> None:
    app, pane = host()
    async with app.run_test(size=(80, 20)) as pilot:
        body = (Line((Span("see "), Span("here", link=1))),)
        pane.show(Page(row(1), Content(Envelope(), "", "", body, links=(Link("here", "https://x.example"),))))
        await settle(app)
        await pilot.pause()
        y = next(index for index, line in enumerate(app.shown()) if "see here" in line)
        await pilot.click(pane, offset=(6, y))
        await pilot.click(pane, offset=(1, y))
    assert [(one.kind, one.number) for one in app.heard] == [("link", 1)]


async def test_it_wraps_again_for_another_width() -> None:
    app, pane = host()
    async with app.run_test(size=(80, 20)) as pilot:
        pane.show(Page(row(1), Content(Envelope(), "", "", (Line((Span("word " * 40),)),))))
        await settle(app)
        await pilot.pause()
        wide = len(pane.lines)
        await pilot.resize_terminal(40, 20)
        await pilot.pause()
        await settle(app)
        await pilot.pause()
        assert len(pane.lines) > wide


async def test_nothing_opened_says_so() -> None:
    app, pane = host()
    async with app.run_test(size=(80, 20)) as pilot:
        pane.clear("Nothing is opened.")
        await pilot.press("j", "space", "end", "home", "pageup")
        await pilot.pause()
        assert any("Nothing is opened." in line for line in app.shown())
