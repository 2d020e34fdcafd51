"""A mail whose server wants a sign-in first: it stays in the queue as if nothing had been tried."""

from __future__ import annotations

import time

from tests.rig import Rig, RigMaker, until
from tests.servers.scripted import SMTP_GREETING, Scripted, rule, smtp
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.command import QueueMessage, SignIn
from tui.model.draft import Outgoing, SendState
from tui.model.event import Problem
from tui.model.secret import Secret
from tui.store.reader import Reader

ADDRESS = "you@localhost.example"


def _row(rig: Rig, number: int) -> Outgoing:
    with Reader(rig.paths.database) as reader:
        found = reader.outgoing(number)
    assert found is not None
    return found


def test_a_sign_in_that_is_missing_is_no_try(make_rig: RigMaker) -> None:
    """Who says so at MAIL has not looked at the mail: it leaves at once when somebody has signed in."""
    wants_sign_in = rule(rb"^MAIL", b"530 5.7.57 Client not authenticated\r\n", b"250 ok\r\n")
    with Scripted(SMTP_GREETING, smtp(wants_sign_in)) as server:
        login = Login("you", source=SecretSource.SESSION)
        account = Account(ADDRESS, incoming=Protocol.NONE, smtp=server.server(), login=login)
        rig = make_rig(account, watch=True)

        def problems() -> int:
            return len([event for event in rig.events if isinstance(event, Problem)])

        numbers = [
            rig.ask(QueueMessage(ADDRESS, ADDRESS, ("friend@contoso.example",), letter(number)))
            for number in (1, 2)
        ]
        until(problems)
        time.sleep(0.3)
        waiting = [_row(rig, number) for number in numbers]
        assert [(one.state, one.attempts) for one in waiting] == [(SendState.QUEUED, 0)] * 2
        assert problems() == 1
        rig.ask(SignIn(ADDRESS, Secret("word"), remember=False))
        until(lambda: all(_row(rig, number).state is SendState.SENT for number in numbers))
        rig.engine.close(5.0)
