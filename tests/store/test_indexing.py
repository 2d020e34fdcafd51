"""Mail that came in bulk, and is taken into the search index afterwards."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from tests.store.samples import ACCOUNT, Store, message, whole
from tui.model.message import Scan
from tui.model.query import parse

WORDS = Scan(attachments=2, snippet="Dear all", text="the quarterly figures")


def later(store: Store, *uids: int) -> list[int]:
    """Headers stored without their index."""
    return store.writer.added(store.folder("INBOX").id, [message(uid) for uid in uids], index_later=True)


def found(store: Store, words: str) -> list[int]:
    """What a search in all accounts finds."""
    return store.reader.search(parse(words))


def index(store: Store, scan: Scan | None = None) -> None:
    """Take all that waits into the index; a whole one with `scan`."""
    while waiting := store.reader.to_index(2):
        store.writer.index([(one.id, one.whole, scan if one.whole else None) for one in waiting])


def test_what_waits_is_counted_and_found_once_it_is_indexed(store: Store) -> None:
    ids = later(store, 1, 2, 3)
    subject = store.row(ids[0]).envelope.subject
    assert store.reader.to_index_count() == 3
    assert store.reader.to_index_folders() == [(ACCOUNT, store.folder("INBOX").id)]
    assert not found(store, f'subject:"{subject}"')
    index(store)
    assert store.reader.to_index_count() == 0
    assert ids[0] in found(store, f'subject:"{subject}"')


def test_the_newest_are_named_first(store: Store) -> None:
    ids = later(store, 1, 3, 2)
    assert [one.id for one in store.reader.to_index(2)] == [ids[1], ids[2]]


def test_a_body_without_a_scan_waits_and_its_scan_fills_the_row(store: Store) -> None:
    (number,) = later(store, 1)
    index(store)
    store.writer.bodies([(number, b"Subject: x\r\n\r\nthe quarterly figures", None)])
    (waits,) = store.reader.to_index(10)
    assert waits.raw == b"Subject: x\r\n\r\nthe quarterly figures"
    assert not found(store, "quarterly")
    index(store, WORDS)
    assert found(store, "quarterly") == [number]
    row = store.row(number)
    assert (row.attachments, row.snippet) == (2, "Dear all")


def test_a_body_that_comes_between_reading_and_indexing_goes_on_waiting(store: Store) -> None:
    (number,) = later(store, 1)
    (waits,) = store.reader.to_index(10)
    store.writer.bodies([(number, b"\r\nthe quarterly figures", None)])
    store.writer.index([(waits.id, waits.whole, None)])
    assert store.reader.to_index_count() == 1
    index(store, WORDS)
    assert found(store, "quarterly") == [number]


def test_what_is_removed_while_it_waits_leaves_no_trace(store: Store) -> None:
    ids = later(store, 1, 2)
    waiting = store.reader.to_index(10)
    store.writer.forget(ids)
    store.writer.index([(one.id, one.whole, None) for one in waiting])
    assert store.reader.to_index_count() == 0
    assert not store.reader.check(bodies=10)


def test_a_copy_waits_like_its_original(store: Store) -> None:
    (number,) = later(store, 1)
    store.writer.bodies([(number, b"\r\nthe quarterly figures", None)])
    (copy,) = store.writer.copy([number], store.folder("Archive").id)
    index(store, WORDS)
    assert sorted(found(store, "quarterly")) == sorted([number, copy])


def test_a_row_that_takes_over_another_ones_body_is_indexed_with_it(store: Store) -> None:
    inbox, archive = store.folder("INBOX").id, store.folder("Archive").id
    (number,) = store.writer.added(inbox, [message(1)])
    one = whole(7, scan=WORDS)
    (other,) = store.writer.added(archive, [replace(one, fingerprint=message(1).fingerprint)])
    assert store.writer.place(number, 7, folder=archive)
    index(store, WORDS)
    assert (store.reader.row(other), found(store, "quarterly")) == (None, [number])


def test_damaged_bytes_leave_the_header_to_be_found(store: Store) -> None:
    (number,) = later(store, 1)
    store.writer.bodies([(number, b"\r\nthe quarterly figures", None)])
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE body SET data = x'00'")
    db.close()
    (waits,) = store.reader.to_index(10)
    assert (waits.whole, waits.raw) == (True, None)


def test_the_check_misses_only_what_does_not_wait(store: Store) -> None:
    later(store, 1)
    assert store.reader.check(bodies=10) == []


def test_a_whole_message_without_a_scan_waits(store: Store) -> None:
    (number,) = store.writer.added(store.folder("INBOX").id, [whole(1, scan=None)])
    assert [one.id for one in store.reader.to_index(10)] == [number]
    index(store, WORDS)
    assert found(store, "quarterly") == [number]
