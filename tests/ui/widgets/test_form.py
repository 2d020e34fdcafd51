from __future__ import annotations

import pytest
from textual import events

from tests.ui import attacks
from tests.ui.widgets.host import Host
from tui.ui.widgets.form import CleanInput, CleanTextArea, Field, OneOf, Tick

CHOICES = (("imap", "IMAP", "Stays on the server."), ("pop3", "POP3", "Comes here."), ("none", "Sends", ""))


async def test_a_tick_shows_its_state_by_its_mark_and_turns_by_key_and_click() -> None:
    tick = Tick("Keep it")
    app = Host(tick, Tick.Changed)
    async with app.run_test(size=(40, 6)) as pilot:
        assert "[ ] Keep it" in app.shown()[0]
        tick.focus()
        await pilot.press("space")
        assert "[x] Keep it" in app.shown()[0]
        await pilot.click(Tick)
        assert tick.value is False
        assert [message.value for message in app.heard] == [True, False]


async def test_one_of_several_is_chosen_by_arrows_and_click() -> None:
    one_of = OneOf(CHOICES, "imap")
    app = Host(one_of, OneOf.Changed)
    async with app.run_test(size=(40, 8)) as pilot:
        assert "(•) IMAP" in app.shown()[0]
        one_of.focus()
        await pilot.press("down")
        assert one_of.value == "pop3"
        assert "( ) IMAP" in app.shown()[0]
        assert "(•) POP3" in app.shown()[2]
        await pilot.press("up", "up")
        assert one_of.value == "none"
        await pilot.click(one_of, offset=(1, 1))
        assert one_of.value == "imap"
        assert [message.value for message in app.heard] == ["pop3", "imap", "none", "imap"]


async def test_a_field_says_what_is_wrong_with_a_mark() -> None:
    field = Field("Port", CleanInput())
    app = Host(field)
    async with app.run_test(size=(60, 6)) as pilot:
        field.complain("The port is a number.\x1b[2J")
        await pilot.pause()
        assert "✗ The port is a number.␛[2J" in "\n".join(app.shown())
        field.complain("")
        await pilot.pause()
        assert "✗" not in "\n".join(app.shown())


@pytest.mark.parametrize("kind", [CleanInput, CleanTextArea])
async def test_nothing_that_is_pasted_can_act(kind: type[CleanInput] | type[CleanTextArea]) -> None:
    widget = kind()
    app = Host(widget)
    async with app.run_test(size=(60, 6)) as pilot:
        widget.focus()
        for attack in attacks.ESCAPES:
            app.post_message(events.Paste(attack))
            await pilot.pause()
        text = widget.value if isinstance(widget, CleanInput) else widget.text
        assert text
        assert attacks.is_clean(text)


async def test_ordinary_text_stays_as_it_is() -> None:
    app = Host(CleanInput())
    async with app.run_test():
        assert CleanInput("Grüße, 日本語 and [b]brackets[/b]").value == "Grüße, 日本語 and [b]brackets[/b]"
