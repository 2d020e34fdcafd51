"""A server with exactly what Microsoft offers: no CONDSTORE, no SPECIAL-USE, no keywords, folders by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.rig import Rig, RigMaker, account_on
from tests.servers.dovecot import MICROSOFT, Dovecot
from tests.servers.imap_client import client
from tests.servers.proxy import Fault, Proxy
from tests.sync.ledger import on_server
from tests.sync.letters_in import letter
from tui.model.command import Archive, Delete, SetFlags, Undo
from tui.model.folder import Role
from tui.model.message import Flag
from tui.store.reader import Reader

pytestmark = pytest.mark.dovecot

ROLES = {
    "INBOX": Role.INBOX,
    "Drafts": Role.DRAFTS,
    "Sent Items": Role.SENT,
    "Archive": Role.ARCHIVE,
    "Junk Email": Role.JUNK,
    "Deleted Items": Role.TRASH,
}


@pytest.fixture(scope="module")
def exchange() -> Iterator[Dovecot]:
    dovecot = Dovecot(capability=MICROSOFT, special_use=False)
    dovecot.start()
    yield dovecot
    dovecot.remove()


def without_keywords(line: bytes) -> bytes:
    """What Exchange says of flags: none of one's own can be kept."""
    return re.sub(rb" \\\*\)\]", b")]", line) if b"PERMANENTFLAGS" in line else line


@pytest.fixture
def rig(make_rig: RigMaker, exchange: Dovecot, user: str) -> Iterator[Rig]:
    for name in ROLES:
        exchange.folder(user, name)
    for number in range(4):
        exchange.deliver(user, letter(number))
    with Proxy(exchange.imap) as proxy:
        proxy.fault = Fault(rewrite=without_keywords)
        rig = make_rig(account_on(exchange, user, imap=proxy.server(), ca_file=""))
        assert rig.fetch().problems == ()
        yield rig
        rig.engine.close()


def test_folders_are_known_by_their_names(rig: Rig) -> None:
    with Reader(rig.paths.database) as reader:
        assert {one.name: one.role for one in reader.folders() if one.role} == ROLES


def test_all_that_can_be_told_is_told_and_nothing_else(rig: Rig, exchange: Dovecot, user: str) -> None:
    first, second, third, fourth = rig.rows()
    rig.ask(SetFlags((first.id,), add=Flag.FLAGGED, add_tags=frozenset({"later"})))
    rig.ask(Archive((second.id,)))
    rig.ask(Delete((third.id,)))
    rig.ask(Delete((fourth.id,)))
    rig.ask(Undo())
    for _ in range(2):
        assert rig.fetch().problems == ()
    kept = next(row for row in rig.rows() if row.id == first.id)
    assert (kept.tags, Flag.FLAGGED in kept.flags) == (frozenset({"later"}), True)
    assert {row.id for row in rig.rows()} == {first.id, fourth.id}
    assert set(on_server(exchange, user, "Archive")) == {rig.raw(second.id)}
    assert set(on_server(exchange, user, "Deleted Items")) == {rig.raw(third.id)}
    with client(exchange, user) as other:
        other.select_folder("INBOX", readonly=True)
        flags = other.get_flags([first.uid])[first.uid]
    assert b"\\Flagged" in flags and b"later" not in flags


def test_what_another_program_does_is_seen_without_condstore(rig: Rig, exchange: Dovecot, user: str) -> None:
    rows = rig.rows()
    with client(exchange, user) as other:
        other.select_folder("INBOX")
        other.add_flags([rows[0].uid], ["\\Seen"])
        other.move([rows[1].uid], "Archive")
        other.delete_messages([rows[2].uid])
        other.expunge()
    summary = rig.fetch()
    assert (summary.problems, summary.gone) == ((), 2)
    assert {row.id: Flag.SEEN in row.flags for row in rig.rows()} == {rows[0].id: True, rows[3].id: False}
    assert [row.id for row in rig.role(Role.ARCHIVE)] == [rows[1].id]
