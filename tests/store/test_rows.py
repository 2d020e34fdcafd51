"""Lists of ids, rows, conversations."""

from __future__ import annotations

from array import array

import pytest

from tests.store.samples import ACCOUNT, FLAGGED, NONE, SEEN, START, Store, message, whole
from tui.model.account import Protocol
from tui.model.folder import Role
from tui.model.message import Address, Envelope, Filter, Scan, Sort
from tui.store.records import Since


def test_ids_are_an_array_newest_first(store: Store) -> None:
    ids = store.fill(count=30)
    inbox = store.folder("INBOX").id
    assert store.reader.ids(inbox) == array("q", ids[::-1])
    assert store.reader.ids(inbox, limit=7) == array("q", ids[:-8:-1])
    assert store.reader.ids(store.folder("Archive").id) == array("q")
    assert store.reader.ids(999) == array("q")


@pytest.mark.parametrize("limit", [None, 3, 100])
def test_all_inboxes_are_one_list(store: Store, limit: int | None) -> None:
    store.writer.account("second@example.org", Protocol.POP3)
    other = store.writer.local_folder("second@example.org", "INBOX", Role.INBOX)
    mine = store.writer.added(store.folder("INBOX").id, [message(n) for n in (1, 4, 5)])
    theirs = store.writer.added(other, [message(n, uid=0) for n in (2, 3, 6)])
    store.fill("Archive")
    expected = [theirs[2], mine[2], mine[1], theirs[1], theirs[0], mine[0]]
    assert list(store.reader.ids(None, role=Role.INBOX, limit=limit)) == expected[:limit]
    by_subject = store.reader.ids(None, role=Role.INBOX, sort=Sort.SUBJECT, limit=limit)
    assert list(by_subject) == sorted(expected, key=lambda one: store.row(one).envelope.subject)[:limit]
    assert list(store.reader.ids(None, role=Role.JUNK, limit=limit)) == []


def test_sorts_are_newest_first_within_equal_keys(store: Store) -> None:
    def mail(number: int, sender: str, subject: str, size: int) -> int:
        envelope = Envelope(subject=subject, sender=(Address(sender, "x@y"),))
        one = message(number, envelope=envelope, size=size)
        return store.writer.added(store.folder("INBOX").id, [one])[0]

    a = mail(1, "Billing", "Re: beta", 10)
    b = mail(2, "archive", "Alpha", 30)
    c = mail(3, "billing", "BETA", 10)
    inbox = store.folder("INBOX").id
    assert list(store.reader.ids(inbox, sort=Sort.SENDER)) == [b, c, a]
    assert list(store.reader.ids(inbox, sort=Sort.SUBJECT)) == [b, c, a]
    assert list(store.reader.ids(inbox, sort=Sort.SIZE)) == [b, c, a]
    assert list(store.reader.ids(inbox, sort=Sort.SIZE, limit=1)) == [b]


def test_quick_filters(store: Store) -> None:
    inbox = store.folder("INBOX").id
    a, b, c = store.writer.added(
        inbox, [message(1, flags=SEEN), message(2, flags=FLAGGED), whole(3, scan=Scan(2, "", ""))]
    )
    assert list(store.reader.ids(inbox, filter=Filter.UNREAD)) == [c, b]
    assert list(store.reader.ids(inbox, filter=Filter.FLAGGED)) == [b]
    assert list(store.reader.ids(inbox, filter=Filter.ATTACHMENT)) == [c]
    assert list(store.reader.ids(inbox, filter=Filter.ALL, limit=2)) == [c, b]
    assert a in store.reader.ids(inbox)


def test_folded_conversations(store: Store) -> None:
    inbox = store.folder("INBOX").id

    def mail(number: int, parent: int = 0) -> int:
        envelope = Envelope(message_id=f"m{number}", in_reply_to=f"m{parent}" if parent else "")
        return store.writer.added(inbox, [message(number, envelope=envelope)])[0]

    first, lone, answer, newest = mail(1), mail(2), mail(3, 1), mail(4)
    assert list(store.reader.ids(inbox, threads=True)) == [newest, answer, lone]
    assert list(store.reader.ids(inbox, threads=True, limit=2)) == [newest, answer]
    assert store.reader.thread_counts([answer, lone, 999]) == {answer: 2, lone: 1}
    store.writer.gone([first])
    assert store.reader.thread(answer) == [answer], "what the server removed is no part of it"


def test_rows_come_in_the_order_asked_for(store: Store) -> None:
    a, b, c = store.fill()
    assert [row.id for row in store.reader.rows([b, 999, a, b])] == [b, a, b]
    assert [row.id for row in store.reader.rows(array("q", [c]))] == [c]
    assert store.reader.rows([]) == []
    assert store.reader.row(999) is None


def test_unread_of(store: Store) -> None:
    ids = store.fill(count=4)
    store.writer.set_flags(ids[:1], SEEN, NONE)
    assert store.reader.unread_of(ids) == 3
    assert store.reader.unread_of([]) == 0


def test_another_connection_is_noticed(store: Store) -> None:
    before = store.reader.data_version()
    assert store.reader.data_version() == before
    store.fill()
    assert store.reader.data_version() != before


def test_listing_for_a_plan(store: Store) -> None:
    first, second = store.writer.added(
        store.folder("INBOX").id, [message(1, flags=SEEN, tags=frozenset({"x"})), whole(2)]
    )
    store.writer.set_flags([first], FLAGGED, SEEN, frozenset({"y"}))
    newest, oldest = store.reader.listing(store.folder("INBOX").id)
    assert (newest.id, newest.uid, newest.received, newest.body.value) == (second, 2, START + 2, "full")
    assert (oldest.flags, oldest.agreed, oldest.tags, oldest.agreed_tags) == (
        FLAGGED,
        SEEN,
        frozenset({"x", "y"}),
        frozenset({"x"}),
    )
    assert (oldest.fingerprint, oldest.body.value) == (1, "headers")


def test_missing_bodies_inbox_first_then_newest(store: Store) -> None:
    archive = store.fill("Archive", 2, first=10)
    inbox = store.fill("INBOX", 2)
    trash = store.fill("Deleted", 1, first=20)
    store.writer.added(store.folder("INBOX").id, [whole(5), message(6, uid=0)])
    missing = store.reader.missing_bodies(ACCOUNT)
    assert [one.id for one in missing] == [*inbox[::-1], *archive[::-1], *trash]
    assert (missing[0].uid, missing[0].size, missing[0].folder) == (2, 1_000, store.folder("INBOX").id)
    assert store.reader.missing_count(ACCOUNT) == 5
    newer = store.reader.missing_bodies(ACCOUNT, Since(START + 10), limit=2)
    assert [one.id for one in newer] == archive[::-1]
    number = store.folder("INBOX").id
    assert [one.uid for one in store.reader.missing_bodies(ACCOUNT, folder=number)] == [2, 1]
    for usual, own, count in ((0, None, 3), (None, 0, 2), (None, None, 0)):
        since = Since(usual, ((number, own),))
        assert len(store.reader.missing_bodies(ACCOUNT, since)) == count
        assert store.reader.missing_count(ACCOUNT, since) == count
    assert store.reader.missing_bodies("second@example.org") == []


def test_by_fingerprint(store: Store) -> None:
    (a,) = store.fill("INBOX", 1, fingerprint=-5)
    (b,) = store.fill("Archive", 1, fingerprint=-5)
    assert store.reader.by_fingerprint(ACCOUNT, -5) == [a, b]
    assert store.reader.by_fingerprint(ACCOUNT, -5, store.folder("Archive").id) == [b]
    assert store.reader.by_fingerprint("second@example.org", -5) == []
