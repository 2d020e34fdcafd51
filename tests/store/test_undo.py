"""Taking back; also after a restart."""

from __future__ import annotations

from tests.store.samples import ACCOUNT, FLAGGED, NONE, SEEN, Store, local
from tui.store.writer import Writer


def test_moves_flags_and_copies_are_taken_back_newest_first(store: Store) -> None:
    ids = store.fill(flags=FLAGGED, tags=frozenset({"old"}))
    before = [store.row(number) for number in ids]
    archive = store.folder("Archive").id
    store.writer.set_flags(ids, SEEN, FLAGGED, frozenset({"new"}), frozenset({"old"}))
    store.writer.move(ids[:2], archive)
    store.writer.copy(ids[2:], archive)
    assert store.writer.undo() == "Taken back: 1 message copied to Archive."
    assert store.folder("Archive").total == 2
    assert store.writer.undo() == "Taken back: 2 messages moved to Archive."
    assert store.folder("Archive").total == 0
    assert store.writer.undo() == "Taken back: 3 messages marked +seen +#new -flagged -#old."
    assert store.writer.undo() == ""
    assert [store.row(number) for number in ids] == before


def test_the_journal_survives_a_restart(store: Store) -> None:
    ids = store.fill()
    store.writer.move(ids, store.folder("Deleted").id)
    with Writer(store.path) as another:
        assert "3 messages" in another.undo()
    assert store.folder("INBOX").total == 3
    assert store.reader.pending() == []


def test_a_move_that_the_server_knows_is_moved_back_there(store: Store) -> None:
    (number, *_) = store.fill()
    deleted = store.folder("Deleted").id
    store.writer.mark(deleted, store.reader.mark(store.folder("INBOX").id))
    store.writer.move([number], deleted)
    (change,) = store.reader.pending()
    store.writer.pushed_places([(change.id, number, 70)], deleted)
    store.writer.undo()
    (back,) = store.reader.pending()
    assert (back.wire, back.uid, store.row(number).folder) == ("Deleted Items", 70, "INBOX")


def test_only_what_was_changed_is_restored(store: Store) -> None:
    first, second, _ = store.fill()
    store.writer.set_flags([second], SEEN)
    store.writer.set_flags([first, second], SEEN | FLAGGED)
    store.writer.undo()
    assert (store.row(first).flags, store.row(second).flags) == (NONE, SEEN)


def test_what_cannot_be_taken_back_is_said_and_does_not_stand_in_the_way(store: Store) -> None:
    ids = store.fill()
    store.writer.set_flags(ids, SEEN)
    store.writer.move(ids[:2], store.folder("Archive").id)
    store.writer.forget(ids[:1])
    assert store.writer.undo() == "Taken back for 1 of 2: 2 messages moved to Archive."
    store.writer.move(ids[1:2], store.folder("Archive").id)
    store.writer.forget(ids[1:2])
    assert store.writer.undo() == "This could not be taken back: 1 message moved to Archive."
    assert "marked +seen" in store.writer.undo()


def test_the_folder_it_came_from_cannot_take_it_back(store: Store) -> None:
    here = store.writer.local_folder(ACCOUNT, "Local")
    ids = store.writer.added(here, [local(1)], on_server=False)
    archive = store.folder("Archive").id
    store.writer.move(ids, archive)
    (change,) = store.reader.pending()
    store.writer.pushed_places([(change.id, ids[0], 4)], archive)
    assert store.writer.undo() == "This could not be taken back: 1 message moved to Archive."
    assert store.row(ids[0]).folder == "Archive"


def test_a_folder_that_takes_mail_back_is_not_deleted(store: Store) -> None:
    store.fill("Archive", count=2)
    store.writer.remove_folder(store.folder("Archive").id, store.folder("Deleted").id)
    assert store.reader.folder_named(ACCOUNT, "Archive") is None
    assert store.writer.undo() == "Taken back: 2 messages moved to Deleted."
    assert store.folder("Archive").total == 2
    assert store.reader.pending() == []


def test_old_entries_are_forgotten(store: Store) -> None:
    (number, *_) = store.fill()
    for turn in range(205):
        store.writer.set_flags([number], *((NONE, SEEN) if turn % 2 else (SEEN, NONE)))
    taken = 0
    while store.writer.undo():
        taken += 1
    assert taken == 200
