"""The question what becomes of a mail that may have been sent."""

from __future__ import annotations

import time

import pytest

from tests.ui.screens.conftest import ME, Opened, Opening
from tui.config.paths import Paths
from tui.model.account import Protocol
from tui.model.command import RetrySend
from tui.model.draft import SendState
from tui.model.event import OutboxChanged
from tui.store.writer import Writer
from tui.ui.screens.dialog import Ask
from tui.ui.screens.help import HelpScreen
from tui.ui.screens.mail import MailScreen
from tui.ui.screens.outbox import OutboxScreen

QUESTION = "Was this mail sent?"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.ui.screens.mail_questions._LOOKED_FOR", 0.05)


def queued(home: Paths, state: SendState) -> int:
    with Writer(home.database) as writer:
        writer.account(ME, Protocol.IMAP)
        number = writer.queue(
            ME, ME, ("billing@contoso.example",), b"\r\n", subject="Order [b]7[/b]", message_id=f"{state}@x",
            due=int(time.time()) + 3600, hold=True,
        )  # fmt: skip
        assert writer.outbox_state(number, [SendState.HELD], state)
    return number


def break_off(program: Opened, home: Paths) -> int:
    """A mail whose connection broke behind the final dot, while another screen is open."""
    number = queued(home, SendState.UNSURE)
    program.engine.speak(OutboxChanged(number))
    return number


async def on_the_mail(program: Opened) -> None:
    await program.pilot.press("escape")
    await program.until(lambda: isinstance(program.screen, MailScreen | Ask))


async def test_it_is_asked_on_the_mail_screen_and_once(opened: Opening, home: Paths) -> None:
    async with opened(HelpScreen) as program:
        number = break_off(program, home)
        await program.pilot.pause(0.2)
        assert isinstance(program.screen, HelpScreen)
        await on_the_mail(program)
        await program.until(lambda: QUESTION in program.text())
        assert "“Order [b]7[/b]” to billing@contoso.example" in program.words()
        await program.pilot.press("enter")
        await program.until(lambda: isinstance(program.screen, MailScreen))
        program.engine.speak(OutboxChanged(number))
        await program.pilot.pause(0.3)
        assert isinstance(program.screen, MailScreen)
        assert "? 1 mail perhaps sent (g o)" in program.text()
        assert not program.engine.of(RetrySend)


async def test_it_is_sent_again_on_a_word_alone(opened: Opening, home: Paths) -> None:
    async with opened(HelpScreen) as program:
        number = break_off(program, home)
        program.engine.answers[RetrySend] = lambda command: None
        await on_the_mail(program)
        await program.until(lambda: QUESTION in program.text())
        await program.pilot.press("s")
        await program.until(lambda: program.engine.of(RetrySend) == [RetrySend(number)])
        await program.until(lambda: "It is sent again." in program.text())


async def test_the_outbox_shows_more(opened: Opening, home: Paths) -> None:
    async with opened(HelpScreen) as program:
        break_off(program, home)
        await on_the_mail(program)
        await program.until(lambda: QUESTION in program.text())
        await program.pilot.press("o")
        await program.until(lambda: isinstance(program.screen, OutboxScreen))


async def test_a_mail_of_an_earlier_run_is_asked_about(opened: Opening, home: Paths) -> None:
    queued(home, SendState.UNSURE)
    async with opened(HelpScreen) as program:
        while QUESTION not in program.text():
            await program.until(lambda: isinstance(program.screen, HelpScreen | MailScreen | Ask))
            if isinstance(program.screen, HelpScreen):
                await program.pilot.press("escape")
            await program.pilot.pause(0.02)


async def test_what_was_found_in_sent_is_not_asked_about(opened: Opening, home: Paths) -> None:
    async with opened(HelpScreen) as program:
        number = break_off(program, home)
        await program.pilot.pause(0.2)
        with Writer(home.database) as writer:
            assert writer.outbox_state(number, [SendState.UNSURE], SendState.SENT)
        await on_the_mail(program)
        await program.pilot.pause(0.3)
        assert isinstance(program.screen, MailScreen)


async def test_a_mail_that_was_refused_stands_in_the_status_line(opened: Opening, home: Paths) -> None:
    queued(home, SendState.FAILED)
    async with opened(HelpScreen) as program:
        await on_the_mail(program)
        await program.until(lambda: "✗ 1 mail not sent (g o)" in program.text())
        assert isinstance(program.screen, MailScreen)
