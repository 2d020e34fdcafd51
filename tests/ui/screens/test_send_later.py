"""A mail that leaves at a time the person types, and a signature that follows the sender."""

from __future__ import annotations

import time
from dataclasses import replace

from textual.widgets import Select

from tests.ui.screens.conftest import ME, OTHER, Opened, Opening, account
from tests.ui.screens.test_compose import REPLY, body, writing
from tui.model.command import QueueDraft
from tui.model.draft import SendState
from tui.ui.screens.send_later import SendLater


async def asked(program: Opened) -> None:
    """Press the key and wait for the question."""
    await program.pilot.press("alt+l")
    await program.until(lambda: isinstance(program.screen, SendLater))


async def test_a_time_is_typed_and_shown_before_it_counts(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await asked(program)
        await program.type("soon")
        await program.until(lambda: "That is no time to come." in program.words())
        await program.pilot.press("enter")
        assert isinstance(program.screen, SendLater)
        await program.pilot.press(*["backspace"] * 4)
        await program.type("in 2 hours")
        await program.until(lambda: "It leaves " in program.words())
        await program.pilot.press("enter")
        await program.until(lambda: program.answered)
        mail = program.desk.reader.outgoing(program.answered[0])
        assert mail is not None
        assert mail.state is SendState.HELD
        assert 7000 < mail.due - time.time() < 7300
        await program.until(lambda: "until then it waits in the outbox" in program.words())


async def test_going_back_sends_nothing(opened: Opening) -> None:
    async with opened(writing(REPLY)) as program:
        await asked(program)
        await program.type("tomorrow")
        await program.pilot.press("escape")
        await program.until(lambda: not isinstance(program.screen, SendLater))
        assert not program.engine.of(QueueDraft)


async def test_the_signature_follows_the_sender(opened: Opening) -> None:
    accounts = (account(signature="Reading room"), account(OTHER, signature="Front desk"))
    draft = replace(REPLY, body="\n\n> Please pay.\n\n-- \nReading room\n")
    async with opened(writing(draft), accounts=accounts) as program:
        chosen = program.one("#from")
        assert isinstance(chosen, Select)
        chosen.value = (OTHER, OTHER)
        await program.until(lambda: body(program).text.endswith("-- \nFront desk\n"))
        chosen.value = (ME, ME)
        await program.until(lambda: body(program).text == draft.body)


async def test_a_comma_behind_the_last_recipient_goes_when_the_field_is_left(opened: Opening) -> None:
    async with opened(writing(replace(REPLY, to=""))) as program:
        await program.type("billing@contoso.example, ")
        body(program).focus()
        await program.until(lambda: program.screen.query_one("#to").value == "billing@contoso.example")
