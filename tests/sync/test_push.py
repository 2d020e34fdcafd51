"""Changes pushed again after a cut: told once, never taken for another message's, never lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.rig import Rig, RigMaker, account_on, offline, online
from tests.servers.dovecot import PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.servers.imap_client import another_moves, client
from tests.servers.scripted import IMAP_GREETING, Scripted, imap, rule
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.command import Archive, Copy, SetFlags
from tui.model.folder import Role
from tui.model.message import Flag
from tui.store.reader import Reader
from tui.store.writer import Writer

pytestmark = pytest.mark.dovecot

WITHOUT_ID = b"From: cron@contoso.example\r\nSubject: Report\r\nDate: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\n"

FOLDERS = (b"INBOX", b"Locked", b"Other")


def there(dovecot: Dovecot, user: str, folder: str) -> Counter[bytes]:
    """The messages of a server's folder that are not marked as deleted."""
    with client(dovecot, user) as other:
        other.select_folder(folder, readonly=True)
        found = other.fetch(other.search("UNDELETED"), ["BODY.PEEK[]"])
        return Counter(one[b"BODY[]"] for one in found.values())


def tried_before(rig: Rig) -> None:
    """As after a cut: every waiting change has been begun once, and nobody knows how far it came."""
    with Reader(rig.paths.database) as reader, Writer(rig.paths.database) as writer:
        for one in reader.pending():
            writer.pending_tried(one.id)


@pytest.mark.parametrize("capability", [WITHOUT_MOVE, PLAIN_IMAP])
@pytest.mark.parametrize("raw", [WITHOUT_ID + b"mine\r\n", letter(1, body="mine")])
def test_a_move_is_not_taken_for_done_by_another_message(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str, raw: bytes
) -> None:
    dovecot = dovecot_with(capability)
    account = account_on(dovecot, user)
    others = [letter(1, subject="The same Message-ID"), letter(11), WITHOUT_ID + b"not mine\r\n"]
    dovecot.deliver(user, raw)
    for other in others:
        dovecot.deliver(user, other, "Archive")
    rig = make_rig(account)
    rig.fetch()
    rig = offline(make_rig, rig)
    rig.ask(Archive((rig.rows()[0].id,)))
    rig.engine.close()
    tried_before(rig)
    rig = make_rig(account)
    rig.fetch()
    assert rig.fetch().problems == ()
    assert there(dovecot, user, "Archive") == Counter([raw, *others])
    assert not there(dovecot, user, "INBOX")
    assert Counter(rig.raw(row.id) for row in rig.role(Role.ARCHIVE)) == Counter([raw, *others])


def test_a_copy_that_was_made_before_the_cut_is_not_made_again(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str
) -> None:
    dovecot = dovecot_with(PLAIN_IMAP)
    account = account_on(dovecot, user)
    dovecot.deliver(user, letter(1))
    dovecot.folder(user, "Projects")
    rig = make_rig(account)
    rig.fetch()
    rig = offline(make_rig, rig)
    rig.ask(Copy((rig.rows()[0].id,), "Projects"))
    rig.engine.close()
    tried_before(rig)
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        other.copy(other.search(), "Projects")
    rig = make_rig(account)
    rig.fetch()
    assert there(dovecot, user, "Projects") == Counter([letter(1)])
    assert len(rig.rows("Projects")) == 1 and rig.rows("Projects")[0].uid


def test_a_change_that_cannot_be_said_holds_up_no_other(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    dovecot.deliver(user, letter(1))
    rig = make_rig(account)
    rig.fetch()
    with Writer(rig.paths.database) as writer:
        writer.make_folder(account.address, "two\nlines", on_server=True)
    rig.ask(SetFlags((rig.rows()[0].id,), add=Flag.FLAGGED))
    rig.fetch()
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        assert len(other.search("FLAGGED")) == 1


def test_a_folder_that_is_in_use_holds_up_no_other(make_rig: RigMaker) -> None:
    rules = [
        rule(rb" LIST ", b"".join(b'* LIST () "/" %s\r\n' % name for name in FOLDERS) + b"{tag} OK done\r\n"),
        rule(rb' (SELECT|EXAMINE) "?Locked', b"{tag} NO [INUSE] somebody else has it\r\n"),
        rule(
            rb" UID FETCH", b"* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\n{tag} OK done\r\n"
        ),
    ]
    with Scripted(IMAP_GREETING, imap(*rules)) as server:
        account = Account(
            "you@localhost.example",
            incoming=Protocol.IMAP,
            imap=server.server(),
            login=Login("you", source=SecretSource.SESSION),
        )
        rig = make_rig(account)
        summary = rig.fetch()
        assert summary.exit_code == 75 and any("Locked" in one for one in summary.problems)
        assert any(b"Other" in line for line in server.lines if b"SELECT" in line)
        rig.engine.close()


@pytest.mark.parametrize("capability", ["", WITHOUT_MOVE, PLAIN_IMAP])
def test_a_message_that_both_sides_moved_stands_where_the_server_has_it(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str
) -> None:
    dovecot = dovecot_with(capability)
    account = account_on(dovecot, user)
    for number in range(3):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account)
    rig.fetch()
    rig = offline(make_rig, rig)
    both = next(row.id for row in rig.rows() if rig.raw(row.id) == letter(1))
    rig.ask(Archive((both,)))
    another_moves(dovecot, user, "Letter 1", "Trash")
    rig = online(make_rig, rig)
    for _ in range(2):
        assert rig.fetch().problems == ()
    assert [row.id for row in rig.role(Role.TRASH)] == [both] and rig.role(Role.ARCHIVE) == []
    assert Counter(rig.raw(row.id) for row in rig.all_rows()) == Counter(letter(n) for n in range(3))
    assert there(dovecot, user, "Archive") == Counter()


@pytest.mark.parametrize("capability", ["", WITHOUT_MOVE, PLAIN_IMAP])
def test_a_copy_is_given_to_the_server_although_its_original_has_left(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str, capability: str
) -> None:
    dovecot = dovecot_with(capability)
    account = account_on(dovecot, user)
    for number in range(2):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account)
    rig.fetch()
    rig = offline(make_rig, rig)
    rig.ask(Copy(tuple(row.id for row in rig.rows()), "Archive"))
    another_moves(dovecot, user, "Letter 1", "Trash")
    rig = online(make_rig, rig)
    for _ in range(3):
        assert rig.fetch().problems == ()
    assert there(dovecot, user, "Archive") == Counter([letter(0), letter(1)])
    assert Counter(rig.raw(row.id) for row in rig.role(Role.ARCHIVE)) == Counter([letter(0), letter(1)])
    assert [row.uid > 0 for row in rig.all_rows()] == [True] * 4
