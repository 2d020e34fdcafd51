"""Requests of other processes."""

from __future__ import annotations

from tests.store.samples import Store
from tui.store.reader import Request


def test_a_request_is_taken_answered_and_cleared_away(store: Store) -> None:
    first = store.writer.request_add('{"a":1}')
    second = store.writer.request_add('{"b":2}')
    assert store.reader.requests_open() == [
        Request(first, '{"a":1}', False),
        Request(second, '{"b":2}', False),
    ]
    store.writer.request_taken(first)
    assert [one.id for one in store.reader.requests_open()] == [second]
    store.writer.request_answer(first, '{"value":3}')
    assert store.reader.request(first) == Request(first, '{"a":1}', True, '{"value":3}')
    store.writer.request_done(first)
    assert store.reader.request(first) is None


def test_a_new_leader_takes_over_what_the_last_had_begun(store: Store) -> None:
    begun, answered = store.writer.request_add("1"), store.writer.request_add("2")
    store.writer.request_taken(begun)
    store.writer.request_answer(answered, "{}")
    store.writer.requests_reopen()
    assert [one.id for one in store.reader.requests_open()] == [begun]


def test_forgotten_requests_are_cleared_away(store: Store) -> None:
    old = store.writer.request_add("1")
    store.writer._db.execute("UPDATE request SET created = created - 4000")
    store.writer.request_add("2")
    assert store.reader.request(old) is None
