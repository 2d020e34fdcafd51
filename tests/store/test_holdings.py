"""What an account has on this disk."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.store.samples import ACCOUNT, START, Store, local, message, whole
from tui.model.account import Protocol
from tui.model.draft import Draft
from tui.model.folder import Role
from tui.model.message import Flag, Scan
from tui.store import holdings
from tui.store.records import Holding

DELETED = "Removed from server"


def of(store: Store, name: str) -> Holding:
    return next(one for one in store.reader.holdings(ACCOUNT).folders if one.name == name)


def test_each_folder_with_what_is_here_whole(store: Store) -> None:
    files = Scan(2, "", "")
    messages = [whole(1, size=500), whole(2, size=700, scan=files), message(3)]
    store.writer.added(store.folder("INBOX").id, messages)
    inbox = of(store, "INBOX")
    assert (inbox.role, inbox.local) == (Role.INBOX, False)
    assert (inbox.messages, inbox.on_server, inbox.bodies) == (3, 3, 2)
    assert (inbox.octets, inbox.with_files, inbox.missing) == (1_200, 700, 1_000)
    assert (inbox.oldest, inbox.goes) == (START + 1, 0)
    sent = of(store, "Sent")
    assert (sent.messages, sent.octets, sent.missing, sent.oldest) == (0, 0, 0, 0)
    assert len(store.reader.holdings(ACCOUNT).folders) == 5


def test_what_only_this_computer_has(store: Store) -> None:
    first, second = store.writer.added(store.folder("INBOX").id, [whole(1), message(2)])
    store.writer.hold_gone(store.folder("INBOX").id, [second])
    store.writer.gone([first])
    basket = of(store, DELETED)
    assert (basket.messages, basket.on_server, basket.local) == (1, 0, True)
    assert basket.goes == pytest.approx(time.time() + 30 * 86_400, abs=60)
    inbox = of(store, "INBOX")
    assert (inbox.messages, inbox.on_server, inbox.held) == (1, 0, 1)


def test_what_pop3_has_fetched_and_the_server_no_more(empty: Store) -> None:
    empty.writer.switch(ACCOUNT, Protocol.POP3)
    inbox = empty.folder("INBOX").id
    one, two, _ = empty.writer.append(inbox, [local(1), local(2), local(3)])
    empty.writer.uidl_have(ACCOUNT, "a", one)
    empty.writer.uidl_have(ACCOUNT, "b", two)
    empty.writer.uidls_gone(ACCOUNT, ["b"])
    here = of(empty, "INBOX")
    assert (here.messages, here.on_server, here.left) == (3, 1, 1)


def test_what_waits(store: Store) -> None:
    first, second, third = store.fill()
    store.writer.set_flags([first, second, third], add=Flag.SEEN)
    refused = store.reader.pending(ACCOUNT)[0]
    store.writer.pending_failed([refused.id], "NO")
    store.writer.save_draft(Draft(ACCOUNT, sender=ACCOUNT))
    leaving = store.writer.save_draft(Draft(ACCOUNT, sender=ACCOUNT))
    to, raw = ["billing@contoso.example"], b"\r\n"
    store.writer.queue(ACCOUNT, ACCOUNT, to, raw, subject="", message_id="1", due=0, draft_id=leaving.id)
    found = store.reader.holdings(ACCOUNT)
    assert (found.waiting, found.refused, found.outbox, found.drafts) == (2, 1, 1, 1)
    assert store.reader.refused_count() == 1
    assert found.to_index == 0


def test_the_files_and_the_room_that_is_left(store: Store, path: Path) -> None:
    found = store.reader.holdings(ACCOUNT)
    assert found.path == path
    files = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
    assert found.store_octets == sum(one.stat().st_size for one in files)
    assert found.free_octets
    assert holdings._free(path / "nowhere" / "mail.db") is None


def test_an_account_that_is_not_here_has_nothing(store: Store) -> None:
    store.fill()
    found = store.reader.holdings("nobody@example.org")
    assert found.folders == ()
    assert (found.waiting, found.outbox, found.drafts) == (0, 0, 0)


def test_the_index_is_counted_as_long_as_somebody_wants_to_know(store: Store) -> None:
    store.writer.added(store.folder("INBOX").id, [whole(n, text="The sum is due. " * 500) for n in (1, 2)])
    assert store.reader.index_octets() > 2 * 8_000
    assert store.reader.index_octets(lambda: False) == 0
