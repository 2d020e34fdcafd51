"""Whether the store is sound."""

from __future__ import annotations

import pytest

from tests.store.samples import Store, message, whole


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
