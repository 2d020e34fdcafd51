"""Flags and tags."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.samples import ACCOUNT, ANSWERED, FLAGGED, NONE, SEEN, Store, local
from tui.model.error import BadInput
from tui.model.message import Flag
from tui.store.reader import FlagState, PendingKind

NO_TAGS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """As a plan makes them."""

    id: int
    flags: Flag
    tags: frozenset[str]
    agreed: Flag
    agreed_tags: frozenset[str]


def state(store: Store, message: int) -> FlagState:
    found = store.reader.flag_state(message)
    assert found is not None
    return found


def test_changes_are_seen_at_once_and_wait_for_the_server(store: Store) -> None:
    ids = store.fill()
    changed = store.writer.set_flags(ids[:2], SEEN | FLAGGED, NONE, frozenset({"work"}))
    assert changed == ids[:2]
    row = store.row(ids[0])
    assert (row.flags, row.tags) == (SEEN | FLAGGED, frozenset({"work"}))
    assert store.folder("INBOX").unread == 1
    pending = store.reader.pending(ACCOUNT)
    assert [(one.kind, one.message, one.uid, one.wire, one.uidvalidity) for one in pending] == [
        (PendingKind.FLAGS, ids[0], 1, "INBOX", 1),
        (PendingKind.FLAGS, ids[1], 2, "INBOX", 1),
    ]
    assert store.reader.accounts_pending() == [ACCOUNT]


def test_what_is_so_already_is_no_change(store: Store) -> None:
    ids = store.fill(flags=SEEN)
    assert store.writer.set_flags(ids, SEEN, FLAGGED) == []
    assert store.reader.pending() == []
    assert store.writer.undo() == ""


def test_changes_of_one_message_become_one_under_a_new_id(store: Store) -> None:
    (message, *_) = store.fill()
    store.writer.set_flags([message], SEEN)
    (first,) = store.reader.pending()
    store.writer.set_flags([message], FLAGGED, NONE, frozenset({"work"}))
    (second,) = store.reader.pending()
    assert second.id != first.id
    told = state(store, message)
    assert (told.flags & ~told.agreed, told.tags - told.agreed_tags) == (SEEN | FLAGGED, frozenset({"work"}))


def test_pushed_changes_are_agreed_on(store: Store) -> None:
    (message, *_) = store.fill()
    store.writer.set_flags([message], SEEN, NONE, frozenset({"work"}))
    store.writer.pushed_flags([one.id for one in store.reader.pending()])
    assert store.reader.pending() == []
    assert state(store, message) == (SEEN, SEEN, frozenset({"work"}), frozenset({"work"}))


def test_a_change_taken_back_while_it_is_pushed_is_pushed_back(store: Store) -> None:
    (message, *_) = store.fill()
    store.writer.set_flags([message], SEEN, NONE, frozenset({"work"}))
    (first,) = store.reader.pending()
    store.writer.set_flags([message], NONE, SEEN, NO_TAGS, frozenset({"work"}))
    store.writer.pushed_flags([first.id])  # the server has SEEN and #work now
    (second,) = store.reader.pending()
    told = state(store, message)
    assert told.agreed & ~told.flags == SEEN
    assert told.agreed_tags - told.tags == {"work"}
    store.writer.pushed_flags([second.id])
    assert state(store, message) == (NONE, NONE, NO_TAGS, NO_TAGS)


def test_local_mail_has_nobody_to_tell(store: Store) -> None:
    here = store.writer.local_folder(ACCOUNT, "Local")
    ids = store.writer.added(here, [local(1)], on_server=False)
    assert store.writer.set_flags(ids, SEEN) == ids
    assert store.reader.pending() == []


def test_a_bad_tag_changes_nothing(store: Store) -> None:
    ids = store.fill()
    with pytest.raises(BadInput):
        store.writer.set_flags(ids, SEEN, NONE, frozenset({"two words"}))
    assert store.row(ids[0]).flags == NONE


def test_agreeing_takes_the_servers_word_but_not_over_a_newer_change(store: Store) -> None:
    first, second, _ = store.fill()
    store.writer.set_flags([second], FLAGGED, NONE, frozenset({"mine"}))
    store.writer.agree(
        [
            Step(first, SEEN, frozenset({"x"}), SEEN, frozenset({"x"})),
            Step(second, SEEN, frozenset({"x"}), SEEN, frozenset({"x"})),
            Step(999, SEEN, NO_TAGS, SEEN, NO_TAGS),
        ]
    )
    assert (store.row(first).flags, store.row(first).tags) == (SEEN, frozenset({"x"}))
    assert (store.row(second).flags, store.row(second).tags) == (SEEN | FLAGGED, frozenset({"x", "mine"}))
    assert store.folder("INBOX").unread == 1
    told = state(store, second)
    assert told.flags & ~told.agreed == FLAGGED
    assert told.tags - told.agreed_tags == {"mine"}


def test_flags_of_a_message_that_is_gone(store: Store) -> None:
    assert store.reader.flag_state(999) is None


bits = st.sampled_from([SEEN, FLAGGED, ANSWERED]).flatmap(lambda flag: st.sampled_from([NONE, flag]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["local", "server", "push"]), bits, bits), max_size=12))
def test_both_sides_end_alike_and_the_persons_last_word_wins(
    store: Store, events: list[tuple[str, Flag, Flag]]
) -> None:
    """A model of a server: what the person changed last, since the last push of it, holds on both sides."""
    uid = store.reader.placed_count(store.folder("INBOX").id) + 1
    (message,) = store.fill(first=uid, count=1)
    server = NONE
    own: dict[Flag, bool] = {}

    def push() -> None:
        nonlocal server
        for one in store.reader.pending():
            told = state(store, message)
            server = (server | (told.flags & ~told.agreed)) & ~(told.agreed & ~told.flags)
            store.writer.pushed_flags([one.id])
        own.clear()

    def list_server() -> None:
        row = next(one for one in store.reader.listing(store.folder("INBOX").id) if one.id == message)
        ours = row.flags ^ row.agreed
        merged = (server & ~ours) | (row.flags & ours)
        store.writer.agree([Step(message, merged, row.tags, server, row.agreed_tags)])

    for what, add, remove in events:
        if what == "local":
            before = store.row(message).flags
            store.writer.set_flags([message], add, remove)
            after = store.row(message).flags
            own.update({flag: flag in after for flag in before ^ after})
        elif what == "server":
            server = (server | add) & ~remove
            list_server()
        else:
            push()
        assert all((flag in store.row(message).flags) == wanted for flag, wanted in own.items())
    push()
    list_server()
    assert store.row(message).flags == server
    store.writer.forget([message])
