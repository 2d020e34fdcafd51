from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.ui import attacks
from tests.ui.screens.conftest import ME, Opened, Opening
from tui.config.paths import Paths
from tui.model.command import CancelSend, RetrySend, SendNow
from tui.model.draft import SendState
from tui.model.error import Refused
from tui.model.event import OutboxChanged
from tui.store.writer import Writer
from tui.ui.desk import Desk
from tui.ui.screens.compose import ComposeScreen
from tui.ui.screens.outbox import OutboxScreen

RAW = b"From: you@example.org\r\nTo: billing@contoso.example\r\nSubject: Order\r\n\r\nWords.\r\n"


def outbox(home: Paths, *states: SendState, subject: str = "Order") -> Callable[[Desk], OutboxScreen]:
    """A maker of the screen, with a mail in each of these states."""

    def make(desk: Desk) -> OutboxScreen:
        with Writer(home.database) as writer:
            for state in states:
                number = writer.queue(
                    ME,
                    ME,
                    ("billing@contoso.example",),
                    RAW,
                    subject=subject,
                    message_id=f"{state}@example.org",
                    due=int(time.time()) + 3600,
                    hold=True,
                )
                if state is not SendState.HELD:
                    assert writer.outbox_state(number, [SendState.HELD], state, last_error="451 later")
        return OutboxScreen(desk)

    return make


async def state_of(program: Opened, number: int = 1) -> SendState:
    mail = program.desk.reader.outgoing(number)
    assert mail is not None
    return mail.state


async def test_an_empty_outbox_says_so(opened: Opening) -> None:
    async with opened(OutboxScreen) as program:
        assert "Nothing waits to be sent" in program.text()


async def test_each_mail_shows_its_state_in_words(opened: Opening, home: Paths) -> None:
    states = (SendState.HELD, SendState.UNSURE, SendState.FAILED)
    async with opened(outbox(home, *states)) as program:
        text = program.text()
        for words in ("Leaves", "Perhaps sent: nobody knows", "Not sent", "3 not sent yet", "to billing@"):
            assert words in text
        while "nobody can know" not in program.text():
            await program.pilot.press("j")
        assert "451 later" in program.text()


async def test_a_waiting_mail_is_taken_back_and_written_on(opened: Opening, home: Paths) -> None:
    async with opened(outbox(home, SendState.HELD)) as program:
        await program.pilot.press("e")
        await program.until(lambda: isinstance(program.screen, ComposeScreen))
        assert "Order" in program.text()
        assert "Words." in program.text()
        assert await state_of(program) is SendState.CANCELLED


async def test_what_is_too_late_is_told(opened: Opening, home: Paths) -> None:
    def late(_: Any) -> None:
        raise Refused("It is too late: this mail has left.", "Nothing can call it back.")

    async with opened(outbox(home, SendState.HELD)) as program:
        program.engine.answers[CancelSend] = late
        await program.pilot.press("enter")
        await program.until(lambda: "It is too late" in program.text())


async def test_a_failed_mail_is_sent_again_at_once(opened: Opening, home: Paths) -> None:
    async with opened(outbox(home, SendState.FAILED)) as program:
        await program.pilot.press("r")
        await program.until(lambda: program.engine.of(RetrySend))
        await program.until(lambda: "Waits, leaves now" in program.text())


async def test_an_unsure_mail_is_sent_again_only_after_asking(opened: Opening, home: Paths) -> None:
    async with opened(outbox(home, SendState.UNSURE)) as program:
        await program.pilot.press("r")
        await program.until(lambda: "delivers it twice" in program.text())
        await program.pilot.press("enter")
        await program.pilot.pause()
        assert not program.engine.of(RetrySend)
        await program.pilot.press("r")
        await program.until(lambda: "delivers it twice" in program.text())
        await program.pilot.press("s")
        await program.until(lambda: program.engine.of(RetrySend))


async def test_what_is_on_its_way_is_left_alone(opened: Opening, home: Paths) -> None:
    async with opened(outbox(home, SendState.SENDING)) as program:
        await program.pilot.press("e", "r")
        await program.pilot.pause()
        assert not program.engine.of(CancelSend)
        assert not program.engine.of(RetrySend)
        assert "just being sent" in program.notes


async def test_all_that_is_due_is_sent(opened: Opening, home: Paths) -> None:
    async with opened(outbox(home, SendState.HELD)) as program:
        program.engine.answers[SendNow] = lambda _: ()
        await program.pilot.press("S")
        await program.until(lambda: program.engine.of(SendNow))


async def test_the_list_follows_the_engine_and_the_cursor_stays(opened: Opening, home: Paths) -> None:
    async with opened(outbox(home, SendState.HELD, SendState.FAILED)) as program:
        await program.pilot.press("down")
        screen = program.screen
        assert isinstance(screen, OutboxScreen)
        before = screen._chosen
        assert before is not None
        with Writer(home.database) as writer:
            writer.outbox_state(1, [SendState.HELD, SendState.FAILED], SendState.UNSURE)
        program.engine.speak(OutboxChanged(1))
        await program.until(lambda: "nobody knows" in program.text())
        after = screen._chosen
        assert after is not None
        assert after.id == before.id
        await program.pilot.press("q")
        await program.pilot.pause()
        assert program.answered == [None]


@pytest.mark.parametrize("size", [(60, 15), (120, 36)])
async def test_hostile_subjects_and_answers_cannot_act(
    opened: Opening, home: Paths, size: tuple[int, int]
) -> None:
    hostile = "".join(attacks.MARKUP + attacks.ESCAPES[:7])
    async with opened(outbox(home, SendState.FAILED, subject=hostile), size=size) as program:
        mail = program.desk.reader.outgoing(1)
        assert mail is not None
        screen = program.screen
        assert isinstance(screen, OutboxScreen)
        screen._mails = [replace(mail, last_error=hostile, explanation=hostile, sender=hostile)]
        screen._draw(1)
        await program.pilot.pause()
        assert attacks.is_clean(program.text())
        assert "[@click=app.pwn]Invoice[/]" in program.text().replace("\n", "")
