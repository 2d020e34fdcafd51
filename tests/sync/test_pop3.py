"""The engine against a real Dovecot over POP3, and the switch to IMAP and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.rig import RigMaker, account_on
from tests.servers.dovecot import Dovecot
from tests.servers.imap_client import client
from tests.sync.letters_in import letter
from tui.model.account import Account, Keep, Protocol
from tui.model.command import Delete, Move, SetFlags, SwitchProtocol
from tui.model.folder import Role
from tui.model.message import BodyState, Flag

pytestmark = pytest.mark.dovecot


@pytest.fixture
def pop(dovecot: Dovecot, user: str) -> Account:
    return account_on(dovecot, user, incoming=Protocol.POP3)


def on_server(dovecot: Dovecot, user: str) -> int:
    with client(dovecot, user) as other:
        return int(other.select_folder("INBOX", readonly=True)[b"EXISTS"])


def test_leave_downloads_each_message_once(
    make_rig: RigMaker, dovecot: Dovecot, user: str, pop: Account
) -> None:
    for number in range(7):
        dovecot.deliver(user, letter(number))
    rig = make_rig(pop)
    assert rig.fetch().new == 7
    assert {rig.raw(row.id) for row in rig.rows()} == {letter(number) for number in range(7)}
    dovecot.deliver(user, letter(7))
    assert rig.fetch().new == 1
    assert rig.fetch().new == 0
    assert len(rig.rows()) == 8 and on_server(dovecot, user) == 8
    assert all(row.on_server and row.uidl for row in rig.rows())


def test_delete_leaves_nothing_there_and_everything_here(
    make_rig: RigMaker, dovecot: Dovecot, user: str
) -> None:
    for number in range(5):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("delete")))
    rig.fetch()
    assert on_server(dovecot, user) == 0
    assert {rig.raw(row.id) for row in rig.rows()} == {letter(number) for number in range(5)}
    rig.fetch()
    assert not any(row.on_server for row in rig.rows())


def test_until_deleted_follows_a_deletion_here(make_rig: RigMaker, dovecot: Dovecot, user: str) -> None:
    for number in range(3):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user, incoming=Protocol.POP3, keep=Keep("until-deleted")))
    rig.fetch()
    assert on_server(dovecot, user) == 3
    rig.ask(Delete((rig.rows()[0].id,)))
    rig.fetch()
    assert on_server(dovecot, user) == 2
    assert len(rig.role(Role.TRASH)) == 1


def test_long_lines_and_odd_ends_arrive_whole(
    make_rig: RigMaker, dovecot: Dovecot, user: str, pop: Account
) -> None:
    raw = letter(1, body="x" * 5_000 + "\n" + "y" * 70_000)
    dovecot.deliver(user, raw)
    rig = make_rig(pop)
    rig.fetch()
    assert rig.raw(rig.rows()[0].id) == raw


def test_everything_is_readable_and_movable_after_the_server_stops(
    make_rig: RigMaker, dovecot_with: Callable[[str], Dovecot], user: str
) -> None:
    dovecot = dovecot_with("IMAP4rev1 LITERAL+ IDLE UIDPLUS MOVE CONDSTORE ENABLE")
    for number in range(3):
        dovecot.deliver(user, letter(number))
    rig = make_rig(account_on(dovecot, user, incoming=Protocol.POP3))
    rig.fetch()
    dovecot.stop()
    try:
        row = rig.rows()[0]
        rig.ask(SetFlags((row.id,), add=Flag.SEEN))
        rig.ask(Move((row.id,), "Archive"))
        assert rig.raw(row.id) == letter(2)
        assert rig.fetch().exit_code == 69
        assert [one.id for one in rig.role(Role.ARCHIVE)] == [row.id]
    finally:
        dovecot.start()


def test_switching_there_and_back_loses_and_doubles_nothing(
    make_rig: RigMaker, dovecot: Dovecot, user: str, account: Account
) -> None:
    for number in range(10):
        dovecot.deliver(user, letter(number), "INBOX" if number < 8 else "Projects")
    rig = make_rig(account)
    rig.fetch()
    before = {row.id: rig.raw(row.id) for row in rig.all_rows()}
    assert len(before) == 10

    rig.ask(SwitchProtocol(account.address, Protocol.POP3))
    assert {row.id: rig.raw(row.id) for row in rig.all_rows()} == before
    summary = rig.fetch()
    assert (summary.new, summary.bytes) == (0, 0)
    assert {row.id: rig.raw(row.id) for row in rig.all_rows()} == before
    dovecot.deliver(user, letter(20))
    assert rig.fetch().new == 1

    rig.ask(SwitchProtocol(account.address, Protocol.IMAP))
    summary = rig.fetch()
    assert summary.new == 0 and summary.bytes == 0
    rows = rig.all_rows()
    assert len(rows) == 11
    assert before.items() <= {row.id: rig.raw(row.id) for row in rows}.items()
    assert all(row.uid and row.on_server and row.body is BodyState.FULL for row in rows)
    assert rig.fetch().new == 0
