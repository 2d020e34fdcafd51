"""Which panes are shown, moving between them, and their sizes."""

from __future__ import annotations

import pytest

from tests.ui.conftest import AppOf
from tests.ui.eyes import shown, until
from tests.ui.memory import row

SIZE = (120, 36)


@pytest.mark.parametrize(("size", "panes"), [((120, 36), 3), ((80, 24), 2), ((60, 15), 1), ((400, 90), 3)])
async def test_panes_by_width(app_of: AppOf, size: tuple[int, int], panes: int) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=size) as pilot:
        assert len(app.mail.shown_panes) == panes
        await pilot.press("tab", "tab", "shift+tab")
        assert app.mail.focused in app.mail.shown_panes


async def test_a_window_too_small_gets_a_kind_sentence(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=(50, 12)) as pilot:
        assert "A little more room, please: 60×15" in shown(app)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Message 1" in shown(app)


async def test_panes_are_resized_by_keys_and_mouse_and_remembered(app_of: AppOf) -> None:
    app = app_of([row(1)])
    async with app.run_test(size=SIZE) as pilot:
        before = app.mail.now.list
        await pilot.press("greater_than_sign")
        assert app.mail.now.list == before + 2
        folders = app.mail.now.folders
        await pilot.mouse_down("#divider-folders", offset=(0, 5))
        await pilot.hover(app.screen, offset=(folders + 4, 5))
        await pilot.mouse_up(app.screen, offset=(folders + 4, 5))
        await pilot.pause()
        assert app.mail.now.folders == folders + 4
    assert (app.desk.paths.state / "screen.json").exists()


async def test_opening_in_one_pane_and_back(app_of: AppOf) -> None:
    app = app_of([row(1), row(2)])
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "Words of the body." in shown(app))
        await pilot.press("J")
        await until(pilot, lambda: "2 of 2" in shown(app))
        await pilot.press("q")
        assert app.mail.focused is app.mail.listing
        assert app.mail.listing.current == 2
        await pilot.press("tab")
        assert app.focused is app.mail.folder_tree
        await pilot.press("escape")
        assert app.mail.focused is app.mail.listing
