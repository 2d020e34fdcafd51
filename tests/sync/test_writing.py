"""Mail being begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig import RigMaker
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.config.settings import set_value
from tui.model.account import Account, Protocol
from tui.model.command import CancelSend, QueueMessage, StartDraft
from tui.model.draft import Recipient, RecipientState
from tui.model.event import Problem
from tui.model.message import NO_FLAGS
from tui.store.writer import Writer
from tui.sync.writing import as_new_message

ADDRESS = "you@localhost.example"


@pytest.mark.parametrize(
    ("own", "expected"), [("", "From the settings"), (" \n", "From the settings"), ("Mine", "Mine")]
)
def test_the_signature_is_the_accounts_own_else_that_of_the_settings(
    make_rig: RigMaker, tmp_path: Path, own: str, expected: str
) -> None:
    set_value(find(str(tmp_path / "home")).config_file, "signature", "From the settings")
    rig = make_rig(Account(ADDRESS, incoming=Protocol.NONE, signature=own))
    with Writer(rig.paths.database) as writer:
        inbox = writer.local_folder(ADDRESS, "INBOX")
        (received,) = writer.added(inbox, [as_new_message(letter(1), NO_FLAGS)])
    for kind in ("new", "reply", "reply-all", "forward"):
        body = rig.ask(StartDraft(ADDRESS, kind, received)).body
        assert body.count(f"\n-- \n{expected}\n") == 1, kind
        assert body.count("\n-- \n") == 1, kind
    assert "-- \n" not in rig.ask(StartDraft(ADDRESS, "edit", received)).body


def test_who_takes_back_a_mail_that_some_have_is_told_so(make_rig: RigMaker) -> None:
    rig = make_rig(Account(ADDRESS, incoming=Protocol.NONE), start=False)
    rig.engine.start(offline=True)
    to = ("billing@contoso.example", "events@contoso.example")
    for answers in ((RecipientState.ACCEPTED, RecipientState.PENDING), (RecipientState.PENDING,) * 2):
        number = rig.ask(QueueMessage(ADDRESS, ADDRESS, to, letter(1)))
        with Writer(rig.paths.database) as writer:
            writer.outbox_recipients(number, [Recipient(*one) for one in zip(to, answers, strict=True)])
        assert rig.ask(CancelSend(number))
    (told,) = [one for one in rig.events if isinstance(one, Problem) and "reached" in one.what]
    assert to[0] in told.what and to[1] not in told.what
    assert "twice" in told.hint
