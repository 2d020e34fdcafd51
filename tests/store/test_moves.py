"""Moving, copying, deleting; and what the server is told of it."""

from __future__ import annotations

import pytest

from tests.store.samples import ACCOUNT, FLAGGED, SEEN, Store, local, message, whole
from tui.model.account import Protocol
from tui.model.error import BadInput, NotFound, Refused
from tui.model.folder import Role
from tui.store.reader import Pending, PendingKind


def only(store: Store) -> Pending:
    (change,) = store.reader.pending()
    return change


def test_a_moved_message_is_in_its_target_at_once(store: Store) -> None:
    first, second, third = store.fill()
    archive = store.folder("Archive")
    assert store.writer.move([first, third], archive.id) == [first, third]
    row = store.row(first)
    assert (row.folder, row.uid, row.on_server) == ("Archive", 0, True)
    assert (store.folder("INBOX").total, store.folder("Archive").total, store.folder("Archive").unread) == (
        1,
        2,
        2,
    )
    change = store.reader.pending()[0]
    assert (change.kind, change.message, change.folder) == (PendingKind.MOVE, first, store.folder("INBOX").id)
    assert (change.wire, change.uid, change.uidvalidity) == ("INBOX", 1, 1)
    assert store.reader.leaving(store.folder("INBOX").id) == {1, 3}
    assert store.reader.placed_count(store.folder("INBOX").id) == 3
    assert list(store.reader.ids(store.folder("INBOX").id)) == [second]


def test_moving_twice_tells_the_server_once(store: Store) -> None:
    (number, *_) = store.fill()
    store.writer.move([number], store.folder("Archive").id)
    before = only(store)
    store.writer.move([number], store.folder("Deleted").id)
    after = only(store)
    assert (after.wire, after.uid) == ("INBOX", 1)
    assert after.id != before.id
    assert store.row(number).folder == "Deleted"


def test_moving_back_before_the_server_knew_undoes_it(store: Store) -> None:
    (number, *_) = store.fill()
    store.writer.move([number], store.folder("Archive").id)
    store.writer.move([number], store.folder("INBOX").id)
    assert store.reader.pending() == []
    assert store.row(number).uid == 1


def test_moving_to_where_it_is(store: Store) -> None:
    ids = store.fill()
    assert store.writer.move(ids, store.folder("INBOX").id) == []
    assert store.reader.pending() == []


def test_the_server_names_the_new_place(store: Store) -> None:
    (number, *_) = store.fill()
    archive = store.folder("Archive").id
    store.writer.move([number], archive)
    store.writer.pushed_places([(only(store).id, number, 41)], archive)
    assert store.row(number).uid == 41
    assert store.reader.pending() == []
    assert store.reader.leaving(store.folder("INBOX").id) == frozenset()


def test_the_server_does_not_name_the_new_place(store: Store) -> None:
    (number, *_) = store.fill()
    archive = store.folder("Archive").id
    store.writer.move([number], archive)
    assert store.reader.unplaced(archive) == {}, "it is not there yet"
    store.writer.pushed_places([(only(store).id, number, 0)], archive)
    assert store.reader.unplaced(archive) == {1: [number]}
    assert store.writer.place(number, 7, SEEN, frozenset({"x"}))
    row = store.row(number)
    assert (row.uid, row.flags, row.tags) == (7, SEEN, frozenset({"x"}))
    assert store.reader.unplaced(archive) == {}


def test_moved_on_while_the_first_move_was_pushed(store: Store) -> None:
    (number, *_) = store.fill()
    archive, deleted = store.folder("Archive"), store.folder("Deleted")
    store.writer.mark(archive.id, store.reader.mark(store.folder("INBOX").id))
    store.writer.move([number], archive.id)
    first = only(store)
    store.writer.move([number], deleted.id)
    store.writer.pushed_places([(first.id, number, 41)], archive.id)
    change = only(store)
    assert (change.kind, change.wire, change.uid) == (PendingKind.MOVE, "Archive", 41)
    store.writer.pushed_places([(change.id, number, 5)], deleted.id)
    assert (store.row(number).folder, store.row(number).uid) == ("Deleted", 5)


def test_moved_back_while_the_move_was_pushed(store: Store) -> None:
    (number, *_) = store.fill()
    inbox, archive = store.folder("INBOX"), store.folder("Archive")
    store.writer.move([number], archive.id)
    first = only(store)
    store.writer.move([number], inbox.id)
    store.writer.pushed_places([(first.id, number, 41)], archive.id)
    change = only(store)
    assert (change.wire, change.uid, store.row(number).folder) == ("Archive", 41, "INBOX")


def test_away_and_back_to_the_same_target_while_it_was_pushed(store: Store) -> None:
    (number, *_) = store.fill()
    archive = store.folder("Archive").id
    store.writer.move([number], archive)
    first = only(store)
    store.writer.move([number], store.folder("Deleted").id)
    store.writer.move([number], archive)
    store.writer.pushed_places([(first.id, number, 41)], archive)
    assert store.reader.pending() == []
    assert store.row(number).uid == 41


def test_flags_are_told_before_the_move_where_the_message_still_is(store: Store) -> None:
    (number, *_) = store.fill()
    store.writer.move([number], store.folder("Archive").id)
    store.writer.set_flags([number], FLAGGED)
    flags, move = store.reader.pending()
    assert (flags.kind, flags.wire, flags.uid) == (PendingKind.FLAGS, "INBOX", 1)
    assert move.kind is PendingKind.MOVE


def test_local_mail_moved_to_the_server_is_appended(store: Store) -> None:
    here = store.writer.local_folder(ACCOUNT, "Local")
    kept, bare = store.writer.added(here, [local(1), message(2, uid=0)], on_server=False)
    store.writer.move([kept], store.folder("Archive").id)
    assert only(store).kind is PendingKind.APPEND
    store.writer.move([kept], store.folder("Deleted").id)
    assert only(store).kind is PendingKind.APPEND
    with pytest.raises(Refused):
        store.writer.move([bare], store.folder("Archive").id)
    store.writer.move([kept], here)
    assert store.reader.pending() == []


def test_the_tags_of_appended_mail_are_told_afterwards(store: Store) -> None:
    archive = store.folder("Archive").id
    (number,) = store.writer.append(archive, [local(1, tags=frozenset({"work"}))])
    store.writer.pushed_places([(only(store).id, number, 9)], archive)
    assert only(store).kind is PendingKind.FLAGS
    state = store.reader.flag_state(number)
    assert state and (state.tags, state.agreed_tags) == (frozenset({"work"}), frozenset())


def test_a_servers_mail_does_not_lose_its_place_to_a_local_folder(store: Store) -> None:
    (number, *_) = store.fill()
    here = store.writer.local_folder(ACCOUNT, "Local")
    with pytest.raises(Refused):
        store.writer.move([number], here)
    store.writer.move([number], store.folder("Archive").id)
    with pytest.raises(Refused):
        store.writer.move([number], here)


def test_between_local_folders_nobody_is_told(store: Store) -> None:
    here, there = (store.writer.local_folder(ACCOUNT, name) for name in ("Here", "There"))
    ids = store.writer.added(here, [local(1), message(2, uid=0)], on_server=False)
    assert store.writer.move(ids, there) == ids
    assert store.reader.pending() == []


def test_other_accounts_and_folders_that_are_not_there(store: Store) -> None:
    ids = store.fill()
    store.writer.account("second@example.org", Protocol.POP3)
    other = store.writer.local_folder("second@example.org", "INBOX", Role.INBOX)
    for change in (store.writer.move, store.writer.copy):
        with pytest.raises(BadInput):
            change(ids, other)
        with pytest.raises(NotFound):
            change(ids, 999)
    assert store.writer.move([999], store.folder("Archive").id) == []


def test_copies_on_the_server(store: Store) -> None:
    first, *_ = store.fill(flags=SEEN, tags=frozenset({"work"}))
    archive = store.folder("Archive").id
    (made,) = store.writer.copy([first], archive)
    change = only(store)
    assert (change.kind, change.message, change.wire, change.uid) == (PendingKind.COPY, made, "INBOX", 1)
    row = store.row(made)
    assert (row.folder, row.flags, row.tags, row.thread) == (
        "Archive",
        SEEN,
        frozenset({"work"}),
        store.row(first).thread,
    )
    assert store.row(first).folder == "INBOX"
    store.writer.pushed_places([(change.id, made, 3)], archive)
    assert (store.row(made).uid, store.row(made).on_server) == (3, True)
    assert store.reader.check() == []


def test_a_copy_on_this_computer_needs_the_whole_message(store: Store) -> None:
    inbox, here = store.folder("INBOX").id, store.writer.local_folder(ACCOUNT, "Local")
    kept, bare = store.writer.added(inbox, [whole(1), message(2)])
    (made,) = store.writer.copy([kept], here)
    assert store.reader.raw(made) == whole(1).raw
    assert store.reader.pending() == []
    with pytest.raises(Refused):
        store.writer.copy([bare], here)


def test_deleting_for_ever_tells_the_place(store: Store) -> None:
    first, second, third = store.fill()
    store.writer.move([second], store.folder("Archive").id)
    assert store.writer.delete_forever([first, second, 999]) == [first, second]
    assert {(one.kind, one.message, one.uid) for one in store.reader.pending()} == {
        (PendingKind.EXPUNGE, None, 1),
        (PendingKind.EXPUNGE, None, 2),
    }
    assert store.reader.leaving(store.folder("INBOX").id) == {1, 2}
    assert list(store.reader.ids(store.folder("INBOX").id)) == [third]
    assert store.reader.check() == []


def test_deleting_what_the_server_never_had(store: Store) -> None:
    ids = store.writer.append(store.folder("Sent").id, [local(1)])
    store.writer.delete_forever(ids)
    assert store.reader.pending() == []


def test_refused_changes_stay_and_are_not_told_again_by_themselves(store: Store) -> None:
    ids = store.fill()
    store.writer.set_flags(ids[:1], SEEN)
    change = only(store)
    store.writer.pending_tried(change.id)
    store.writer.pending_failed([change.id], "NO read-only")
    assert (only(store).error, only(store).attempts) == ("NO read-only", 2)
    assert store.reader.accounts_pending() == []
    store.writer.pending_done([only(store).id])
    assert store.reader.pending() == []


def test_what_a_server_could_only_mark_stays_hidden_and_is_not_told_again(store: Store) -> None:
    first, second, _ = store.fill()
    store.writer.delete_forever([first])
    store.writer.move([second], store.folder("Archive").id)
    expunge = next(one for one in store.reader.pending() if one.kind is PendingKind.EXPUNGE)
    move = next(one for one in store.reader.pending() if one.kind is PendingKind.MOVE)
    store.writer.pending_marked([expunge.id, move.id])
    store.writer.pushed_places([(move.id, second, 0)], store.folder("Archive").id)
    assert store.reader.leaving(store.folder("INBOX").id) == {1, 2}
    assert {(one.kind, one.uid) for one in store.reader.pending()} == {
        (PendingKind.EXPUNGE, 1),
        (PendingKind.EXPUNGE, 2),
    }
    assert store.reader.accounts_pending() == []
