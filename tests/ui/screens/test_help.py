from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.content import Content

from tests.ui.screens.conftest import Opening
from tui.model.explain import explain
from tui.ui.desk import Desk
from tui.ui.screens.help import SCOPES, TOUR, HelpScreen
from tui.ui.screens.welcome import WelcomeScreen


def helping(keys: dict[str, str] | None = None) -> Callable[[Desk], HelpScreen]:
    def make(desk: Desk) -> HelpScreen:
        from dataclasses import replace

        desk.settings = replace(desk.settings, keys=keys or {})
        return HelpScreen(desk)

    return make


async def test_the_keys_in_force_are_shown(opened: Opening) -> None:
    async with opened(helping({"mail.compose": "w"}), size=(120, 80)) as program:
        lines = program.text().splitlines()
        line = next(line for line in lines if "mail.compose" in line)
        assert line.split()[0] == "w"
        assert "Write a new message" in line


async def test_every_scope_of_the_keys_has_its_heading() -> None:
    from tui.ui.keys import TABLE

    assert {key.scope for key in TABLE} == {scope for scope, _ in SCOPES}


async def test_search_finds_keys_by_what_they_do(opened: Opening) -> None:
    async with opened(helping()) as program:
        await program.type("archive")
        assert "Move to the archive" in program.text()
        assert "Write a new message" not in program.text()
        await program.type("zzz")
        assert "No key or known error has these words." in program.text()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0x800ccc0f", "the server ended the connection"),
        (
            "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
            "will not pass your mail on",
        ),
        ("AADSTS65001", "approval"),
    ],
)
async def test_an_error_put_into_the_search_is_explained(opened: Opening, text: str, words: str) -> None:
    async with opened(helping()) as program:
        program.app.post_message(events.Paste(text))
        found = explain(text)
        assert found is not None
        await program.until(lambda: found.title in program.words())
        assert found.fix in program.words()
        assert words in program.words()


async def test_it_says_where_things_are_kept(opened: Opening) -> None:
    async with opened(helping(), size=(120, 36)) as program:
        for _ in range(30):
            await program.pilot.press("pagedown")
        await program.pilot.pause()
        assert "Where things are kept" in program.text()
        assert "no secrets, no mail" in program.words()


async def test_the_tour_has_five_points_and_ends(opened: Opening) -> None:
    async with opened(helping()) as program:
        assert len(TOUR) == 5
        await program.pilot.press("enter")
        for number, (title, _) in enumerate(TOUR, 1):
            await program.until(lambda words=f"{title} ({number} of 5)": words in program.text())
            await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, HelpScreen))
        await program.pilot.press("escape")
        await program.pilot.pause()
        assert program.answered == [None]


async def test_the_question_mark_opens_it(opened: Opening) -> None:
    async with opened(helping()) as program:
        await program.pilot.press("escape")
        await program.pilot.pause()
        await program.pilot.press("question_mark")
        await program.pilot.pause()
        assert isinstance(program.screen, HelpScreen)


async def test_three_doors(opened: Opening) -> None:
    for size in ((60, 15), (80, 24)):
        async with opened(WelcomeScreen, size=size) as program:
            text = program.text()
            for words in ("Sign in at Outlook.com", "Another mail account", "Try the demo"):
                assert words in text
            await program.pilot.press("down", "down", "enter")
            await program.until(lambda: program.answered == ["demo"])


async def test_a_door_leads_to_the_form_and_back(opened: Opening) -> None:
    async with opened(WelcomeScreen) as program:
        await program.pilot.press("1")
        await program.until(lambda: "Add an account" in program.text())
        assert "there is no password to type" in program.words()
        await program.pilot.press("escape")
        await program.until(lambda: "Welcome" in program.text())
        await program.pilot.press("escape")
        await program.until(lambda: program.answered == [""])


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 36)])
async def test_no_line_is_longer_than_its_room(opened: Opening, size: tuple[int, int]) -> None:
    async with opened(helping(), size=size) as program:
        text = program.one("#help")
        lines = [strip.text for strip in text.render_lines(text.region.reset_offset)]
        content = text.visual.plain if isinstance(text.visual, Content) else ""
        assert len(lines) == len(content.split("\n")), "it is wrapped by us alone, in its columns"
