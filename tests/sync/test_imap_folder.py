"""One folder brought up to date by what CONDSTORE tells has changed (RFC 7162), against a real Dovecot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import imapclient
import pytest

from tests.rig import Rig, RigMaker, account_on
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.sync.letters_in import letter
from tui.model.account import Login
from tui.model.folder import Role
from tui.model.message import Flag
from tui.model.secret import Secret
from tui.net.imap import ImapConnection
from tui.net.link import context
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.board import Board
from tui.sync.imap_folder import FolderFetch
from tui.sync.set_aside import SetAside
from tui.sync.visit import Counts

pytestmark = pytest.mark.dovecot

Update = Callable[[], FolderFetch]


@pytest.fixture
def rig(make_rig: RigMaker, dovecot: Dovecot, user: str) -> Rig:
    """An inbox of five, fetched by an engine that has ended since."""
    for number in range(5):
        dovecot.deliver(user, letter(number))
    made = make_rig(account_on(dovecot, user))
    assert made.fetch().new == 5
    made.engine.close()
    return made


@pytest.fixture
def other(rig: Rig, dovecot: Dovecot, user: str) -> Iterator[Any]:
    """Another mail program with the same inbox open."""
    trusted = context(dovecot.ca_file)
    made: Any = imapclient.IMAPClient("localhost", dovecot.imaps, ssl=True, ssl_context=trusted, timeout=10)
    made.login(user, PASSWORD)
    made.select_folder("INBOX")
    yield made
    made.logout()


@pytest.fixture
def update(rig: Rig, dovecot: Dovecot, user: str) -> Update:
    """Bring the inbox up to date; nothing of ours is pushed before."""

    def run() -> FolderFetch:
        connection = ImapConnection(dovecot.server("imaps"), dovecot.ca_file)
        database = rig.paths.database
        with closing(connection), Reader(database) as reader, Writer(database) as writer:
            connection.connect()
            connection.sign_in(Login(user), Secret(PASSWORD))
            inbox = reader.folder_role(rig.account.address, Role.INBOX)
            assert inbox is not None
            fetch = FolderFetch(connection, reader, writer, Board(), inbox, Counts(), SetAside())
            for _ in fetch.steps():
                pass
        return fetch

    return run


def test_only_what_changed_is_looked_at(rig: Rig, other: Any, update: Update) -> None:
    newest, *_ = rig.rows()
    other.add_flags([newest.uid], ["\\Flagged"])
    fetch = update()
    assert (fetch.counts.changed, fetch.known, fetch.gone) == (1, 5, [])
    assert Flag.FLAGGED in rig.rows()[0].flags


def test_a_change_that_waits_is_not_taken_for_done(rig: Rig, other: Any, update: Update) -> None:
    first, second, *_ = rig.rows()
    with Writer(rig.paths.database) as writer, Reader(rig.paths.database) as reader:
        archive = reader.folder_role(rig.account.address, Role.ARCHIVE)
        assert archive is not None
        writer.move([first.id], archive.id)
    other.add_flags([second.uid], ["\\Flagged"])
    fetch = update()
    with Reader(rig.paths.database) as reader:
        assert reader.leaving(first.folder_id) == {first.uid}
    assert (fetch.counts.new, fetch.counts.changed, fetch.gone) == (0, 1, [])


def test_one_that_goes_while_another_one_comes_is_missed(
    rig: Rig, other: Any, update: Update, dovecot: Dovecot, user: str
) -> None:
    oldest = rig.rows()[-1]
    other.delete_messages([oldest.uid])
    other.expunge()
    dovecot.deliver(user, letter(9))
    fetch = update()
    assert (fetch.counts.new, fetch.gone, fetch.known) == (1, [oldest.id], 5)
