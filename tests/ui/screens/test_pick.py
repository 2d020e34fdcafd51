from __future__ import annotations

import pytest
from textual.app import App

from tests.ui import attacks
from tests.ui.eyes import shown
from tui.ui.screens.pick import Item, Pick, matching

FOLDERS = (
    Item("Archive", "Archive"),
    Item("Projects/Harbour", "Harbour", "Projects/Harbour"),
    Item("Work", "Work"),
)


def test_typing_narrows_and_ranks() -> None:
    assert [item.key for item in matching(FOLDERS, "")] == ["Archive", "Projects/Harbour", "Work"]
    assert [item.key for item in matching(FOLDERS, "phar")] == ["Projects/Harbour"]
    assert matching(FOLDERS, "zzz") == []


class Host(App[None]):
    taken: str | None = None

    def take(self, key: str | None) -> None:
        self.taken = key


@pytest.mark.parametrize(
    ("keys", "taken"),
    [
        (("down", "enter"), "Projects/Harbour"),
        (("w", "enter"), "Work"),
        (("n", "e", "w", "enter"), "new:new"),
        (("escape",), ""),
        (("down", "down", "down", "up", "enter"), "Projects/Harbour"),
    ],
)
async def test_choosing(keys: tuple[str, ...], taken: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        app.push_screen(Pick("Move to", FOLDERS, new="Create folder"), app.take)
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
    assert app.taken == taken


async def test_items_are_shown_as_they_are_and_run_nothing() -> None:
    app = Host()
    items = [Item(str(number), text, text, text) for number, text in enumerate(attacks.ALL)]
    async with app.run_test(size=(100, 60)) as pilot:
        app.push_screen(Pick(attacks.MARKUP[0], items, hint=attacks.MARKUP[1]), app.take)
        await pilot.pause()
        assert "[@click=app.pwn]Invoice[/]" in shown(app)
        assert attacks.is_clean(shown(app))
        await pilot.click("#pick-list", offset=(3, 0))
        await pilot.pause()
    assert app.taken == "0"
