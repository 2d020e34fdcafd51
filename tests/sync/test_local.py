"""Local commands: done in the store at once, without any network."""

from __future__ import annotations

import pytest

from tests.rig import RigMaker
from tests.servers.dovecot import Dovecot
from tests.sync.letters_in import letter
from tui.model.account import Account, Protocol
from tui.model.command import Copy, Undo
from tui.model.error import NotFound
from tui.model.folder_command import CreateFolder
from tui.model.message import NO_FLAGS, NewMessage
from tui.store.writer import Writer
from tui.sync.writing import as_new_message

ACCOUNT = Account("you@localhost.example", incoming=Protocol.NONE)


def message(number: int) -> NewMessage:
    return as_new_message(letter(number), NO_FLAGS)


def test_copies_stand_beside_their_originals_and_can_be_taken_back(make_rig: RigMaker) -> None:
    rig = make_rig(ACCOUNT)
    rig.ask(CreateFolder(ACCOUNT.address, "Projects"))
    with Writer(rig.paths.database) as writer:
        inbox = writer.local_folder(ACCOUNT.address, "INBOX")
        first, second = writer.added(inbox, [message(1), message(2)])
    copies = rig.ask(Copy((first, second), "Projects"))
    assert {row.id for row in rig.rows("Projects")} == set(copies)
    assert {row.id for row in rig.rows()} == {first, second}
    assert [rig.raw(copy) for copy in copies] == [letter(1), letter(2)]
    assert rig.ask(Undo()) == "Taken back: 2 messages copied to Projects."
    assert rig.rows("Projects") == []
    assert len(rig.rows()) == 2


def test_copying_to_an_unknown_folder_changes_nothing(make_rig: RigMaker) -> None:
    rig = make_rig(ACCOUNT)
    with Writer(rig.paths.database) as writer:
        (first,) = writer.added(writer.local_folder(ACCOUNT.address, "INBOX"), [message(1)])
    with pytest.raises(NotFound):
        rig.ask(Copy((first,), "Nowhere"))
    with pytest.raises(NotFound):
        rig.ask(Copy((first + 1,), "INBOX"))
    assert len(rig.all_rows()) == 1


@pytest.mark.dovecot
def test_a_copy_reaches_the_server_once(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1))
    dovecot.folder(user, "Projects")
    rig = make_rig(account)
    rig.fetch()
    (row,) = rig.rows()
    (copy,) = rig.ask(Copy((row.id,), "Projects"))
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert [one.id for one in rig.rows()] == [row.id]
    (there,) = rig.rows("Projects")
    assert there.id == copy and there.uid and there.on_server
    assert rig.raw(copy) == rig.raw(row.id)
