"""Whether the store is sound."""

from __future__ import annotations

import pytest

from tests.store.samples import ACCOUNT, Store, message, whole


def test_a_sound_store(store: Store) -> None:
    store.fill()
    store.writer.added(store.folder("Archive").id, [whole(1)])
    assert store.reader.check() == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("UPDATE folder SET total = total + 1 WHERE name = 'INBOX'", "counts of INBOX"),
        ("UPDATE folder SET unread = 0 WHERE name = 'INBOX'", "counts of INBOX"),
        ("DELETE FROM search", "not in the search index"),
        ("DELETE FROM body", "lack the bytes"),
        ("UPDATE body SET data = x'28b52ffd00'", "cannot be read"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM account", "belongs to something that is not here"),
    ],
)
def test_each_harm_is_named(store: Store, harm: str, words: str) -> None:
    store.writer.added(store.folder("INBOX").id, [whole(1), message(2)])
    for statement in harm.split("; "):
        store.writer._db.execute(statement)
    problems = store.reader.check()
    assert any(words in one for one in problems), problems


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("UPDATE header SET envelope = '['", "2 messages have damaged headers"),
        ("DELETE FROM header WHERE message = 1", "1 messages have damaged headers"),
        ("UPDATE search_data SET block = x'00' WHERE id > 10", "search index is damaged"),
    ],
)
def test_what_only_a_thorough_look_finds(store: Store, harm: str, words: str) -> None:
    store.writer.added(store.folder("INBOX").id, [whole(1), message(2)])
    store.writer._db.execute(harm)
    problems = store.reader.check(-1)
    assert any(words in one for one in problems), problems


def test_a_change_that_names_another_message_is_told_to_nobody(store: Store) -> None:
    ids = store.fill(count=3)
    store.writer.delete_forever(ids[:1])
    assert [one.uid for one in store.reader.pending()] == [1]
    assert store.reader.accounts_pending() == [ACCOUNT]
    store.writer._db.execute("UPDATE pending SET uid = 2")
    assert store.reader.pending() == []
    assert store.reader.accounts_pending() == []
    assert any("other messages" in one for one in store.reader.check())


def test_mail_is_not_removed_for_a_single_wrong_value(store: Store) -> None:
    ids = store.fill(count=2)
    store.writer._db.execute("UPDATE message SET removed = 1")
    store.writer.expire()
    assert len(store.reader.rows(ids)) == 2
