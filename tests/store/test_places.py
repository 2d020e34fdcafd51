"""Places on the server, and messages that lost theirs."""

from __future__ import annotations

import pytest

from tests.store.samples import ACCOUNT, FLAGGED, NONE, SEEN, Store, local, message, whole
from tui.model.folder import SyncMark
from tui.model.message import BodyState
from tui.store.folders import REMOVED_FOLDER
from tui.store.reader import PendingKind


def test_a_new_generation_forgets_uids_and_keeps_messages(store: Store) -> None:
    first, second, third = store.fill()
    inbox = store.folder("INBOX").id
    store.writer.move([third], store.folder("Archive").id)
    store.writer.new_generation(inbox, 2)
    assert store.reader.mark(inbox) == SyncMark(2, 0, 0)
    assert store.reader.unplaced(inbox) == {1: [first], 2: [second], 3: [third]}
    assert not store.row(first).on_server
    assert store.reader.pending() == [], "where to take it from is not known yet"
    assert store.writer.place(first, 11, NONE)
    assert store.row(first).on_server
    assert store.writer.place(third, 13, NONE)
    (change,) = store.reader.pending()
    assert (change.kind, change.uid, change.uidvalidity) == (PendingKind.MOVE, 13, 2)
    assert store.row(third).folder == "Archive"
    assert store.reader.unplaced(inbox) == {2: [second]}


def test_a_new_generation_and_what_else_waited(store: Store) -> None:
    inbox, archive = store.folder("INBOX").id, store.folder("Archive").id
    kept, bare, doomed = store.writer.added(inbox, [whole(1), message(2), message(3)], SyncMark(1, 4, 0))
    kept_copy, bare_copy = store.writer.copy([kept, bare], archive)
    store.writer.set_flags([kept], FLAGGED)
    store.writer.delete_forever([doomed])
    store.writer.new_generation(inbox, 2)
    (change,) = store.reader.pending()
    assert (change.kind, change.message) == (PendingKind.APPEND, kept_copy)
    assert store.reader.row(bare_copy) is None
    store.writer.place(kept, 21, NONE)
    flags = next(one for one in store.reader.pending() if one.kind is PendingKind.FLAGS)
    assert (flags.uid, flags.uidvalidity) == (21, 2)
    assert store.reader.check() == []


def test_flags_changed_meanwhile_are_merged_and_told(store: Store) -> None:
    here = store.writer.local_folder(ACCOUNT, "Projects")
    (number,) = store.writer.added(here, [local(1)], on_server=False)
    store.writer.set_flags([number], SEEN, NONE, frozenset({"mine"}))
    store.writer.make_folder(ACCOUNT, "Projects", on_server=True)
    store.writer.place(number, 5, FLAGGED, frozenset({"theirs"}))
    row = store.row(number)
    assert (row.flags, row.tags) == (SEEN | FLAGGED, frozenset({"mine", "theirs"}))
    assert PendingKind.FLAGS in [one.kind for one in store.reader.pending()]
    told = store.reader.flag_state(number)
    assert told is not None
    assert (told.flags & ~told.agreed, told.agreed & ~told.flags) == (SEEN, NONE)


def test_two_rows_of_one_message_become_one(store: Store) -> None:
    archive = store.folder("Archive").id
    (number, *_) = store.fill()
    store.writer.move([number], archive)
    (change,) = store.reader.pending()
    (fetched,) = store.writer.added(archive, [whole(1, uid=9)])
    store.writer.pushed_places([(change.id, number, 9)], archive)
    assert store.reader.row(fetched) is None
    row = store.row(number)
    assert (row.uid, row.body, row.snippet) == (9, BodyState.FULL, "The sum is due.")
    assert store.reader.raw(number) == whole(1).raw
    assert store.folder("Archive").total == 1
    assert store.reader.check() == []


def test_a_place_that_holds_another_message_is_left_alone(store: Store) -> None:
    first, second, _ = store.fill()
    assert not store.writer.place(first, 2)
    assert not store.writer.place(999, 50)
    assert (store.row(first).uid, store.row(second).uid) == (1, 2)


def test_left_places_need_nothing_more(store: Store) -> None:
    first, second, _ = store.fill()
    inbox, archive = store.folder("INBOX").id, store.folder("Archive").id
    store.writer.move([first], archive)
    store.writer.delete_forever([second])
    store.writer.left(inbox, [1, 2])
    assert store.reader.pending() == []
    assert store.reader.unplaced(archive) == {1: [first]}


def test_gone_messages_lie_in_the_wastebasket_for_thirty_days(store: Store) -> None:
    first, second, _ = store.fill()
    store.writer.set_flags([first], SEEN)
    store.writer.gone([first, 999])
    basket = store.folder(REMOVED_FOLDER)
    assert basket.local
    row = store.row(first)
    assert (row.folder_id, row.uid, row.on_server) == (basket.id, 0, False)
    assert store.reader.pending() == []
    store.writer.expire()
    assert store.reader.row(first) is not None
    store.writer.expire(now=2**40)
    assert store.reader.row(first) is None
    assert store.reader.row(second) is not None


def test_what_was_taken_out_of_the_wastebasket_stays(store: Store) -> None:
    (number,) = store.writer.added(store.folder("INBOX").id, [whole(1)])
    store.writer.gone([number])
    store.writer.move([number], store.folder("INBOX").id)
    (change,) = store.reader.pending()
    assert change.kind is PendingKind.APPEND
    store.writer.expire(now=2**40)
    assert store.row(number).folder == "INBOX"


def test_moved_by_another_program_keeps_its_row(store: Store) -> None:
    (number,) = store.writer.added(store.folder("INBOX").id, [whole(1, size=1_000)])
    store.writer.set_flags([number], FLAGGED)
    (arrived,) = store.writer.added(store.folder("Archive").id, [message(1, uid=8, flags=SEEN)])
    touched = store.writer.settle_gone([number])
    assert touched == sorted([store.folder("INBOX").id, store.folder("Archive").id])
    row = store.row(number)
    assert (row.folder, row.uid, row.flags) == ("Archive", 8, SEEN | FLAGGED)
    assert store.reader.raw(number) == whole(1).raw
    assert store.reader.row(arrived) is None
    (change,) = store.reader.pending()
    assert (change.kind, change.wire, change.uid) == (PendingKind.FLAGS, "Archive", 8)


def test_a_copy_that_was_there_before_is_no_move(store: Store) -> None:
    store.fill("Archive", 1)
    (number,) = store.fill("INBOX", 1)
    store.writer.settle_gone([number])
    assert store.row(number).folder == REMOVED_FOLDER
    (other,) = store.fill("INBOX", 1, first=50, fingerprint=7)
    store.fill("Archive", 1, first=51, fingerprint=7, size=999)
    store.writer.settle_gone([other, 999])
    assert store.row(other).folder == REMOVED_FOLDER, "not the same octets"


def test_what_came_back_under_another_uid_is_not_gone(store: Store) -> None:
    first, second = store.writer.added(
        store.folder("INBOX").id, [whole(1, size=1_000), whole(1, uid=2, size=1_000)], SyncMark(1, 3, 0)
    )
    store.writer.settle_gone([first])
    assert store.reader.row(first) is None
    assert (store.row(second).folder, store.row(second).uid) == ("INBOX", 2)
    assert store.reader.raw(second) == whole(1).raw
    assert store.reader.check() == []


def test_messages_that_are_alike_are_all_gone(store: Store) -> None:
    inbox = store.folder("INBOX").id
    both = store.writer.added(inbox, [whole(1), whole(1, uid=2)], SyncMark(1, 3, 0))
    assert store.writer.settle_gone(both) == [inbox]
    assert [store.row(number).folder for number in both] == [REMOVED_FOLDER] * 2


def test_many_gone_at_once_wait_for_a_word(store: Store) -> None:
    ids = store.fill(count=4)
    inbox = store.folder("INBOX").id
    store.writer.hold_gone(inbox, ids[:3])
    store.writer.hold_gone(inbox, ids[:2])
    assert store.reader.held(inbox) == ids[:2]
    store.writer.confirm_gone(inbox, remove=False)
    assert store.reader.held(inbox) == []
    row = store.row(ids[0])
    assert (row.folder, row.uid, row.on_server) == ("INBOX", 0, False)
    store.writer.hold_gone(inbox, ids[2:])
    store.writer.confirm_gone(inbox, remove=True)
    assert store.row(ids[2]).folder == REMOVED_FOLDER
    assert list(store.reader.ids(inbox)) == [ids[1], ids[0]]


@pytest.mark.parametrize("bytes_are_the_same", [True, False])
def test_one_place_for_two_of_the_same_bytes(store: Store, bytes_are_the_same: bool) -> None:
    archive = store.folder("Archive").id
    (moved,) = store.writer.added(store.folder("INBOX").id, [whole(1, size=1_000)])
    store.writer.move([moved], archive)
    (change,) = store.reader.pending()
    store.writer.pushed_places([(change.id, moved, 0)], archive)
    other = whole(1, uid=9, size=1_000)
    if not bytes_are_the_same:
        other = whole(1, "The SUM is due.", uid=9, size=1_000)
    (listed,) = store.writer.added(archive, [other], SyncMark(1, 10, 0))
    store.writer.settle_unfound([archive])
    assert store.reader.row(listed) is not None
    assert (store.reader.row(moved) is None) == bytes_are_the_same
    assert store.reader.check() == []


def test_what_a_complete_list_does_not_show_is_local_mail(store: Store) -> None:
    inbox, archive, deleted = (store.folder(name).id for name in ("INBOX", "Archive", "Deleted"))
    stays, kept, bare, lost = store.writer.added(
        inbox, [whole(1), whole(2), message(3), message(4)], SyncMark(1, 5, 0)
    )
    store.writer.new_generation(inbox, 2)
    store.writer.move([kept, bare], archive)
    assert store.reader.pending() == [], "first the list has to say where they are now"
    store.writer.place(stays, 11, NONE)
    store.writer.settle_unfound([archive])
    assert store.reader.pending() == [], "that was no list of the folder they left"
    store.writer.settle_unfound([inbox, archive])
    (change,) = store.reader.pending()
    assert (change.kind, change.message) == (PendingKind.APPEND, kept)
    assert (store.row(bare).folder, store.row(bare).on_server) == ("Archive", False)
    assert store.row(stays).on_server
    store.writer.set_flags([lost], SEEN)
    assert len(store.reader.pending()) == 1, "nobody is there to be told"
    assert store.writer.move([stays], deleted) == [stays]


@pytest.mark.parametrize("found_in", ["Deleted", "Archive"])
def test_what_leaves_a_folder_that_was_renamed_away_leaves_from_where_it_is(
    store: Store, found_in: str
) -> None:
    """Another folder has the name now, and is numbered otherwise."""
    inbox, archive = store.folder("INBOX").id, store.folder("Archive").id
    (number,) = store.writer.added(inbox, [whole(1)], SyncMark(1, 2, 0))
    store.writer.new_generation(inbox, 2)
    store.writer.move([number], archive)
    store.writer.set_flags([number], FLAGGED)
    found = store.folder(found_in)
    store.writer.mark(found.id, SyncMark(7, 6))
    (arrived,) = store.writer.added(found.id, [message(5, fingerprint=1, size=store.row(number).size)])
    store.writer.settle_unfound([inbox, archive, found.id])
    assert store.reader.row(arrived) is None and store.row(number).folder == "Archive"
    moves = [one for one in store.reader.pending() if one.kind is PendingKind.MOVE]
    if found_in == "Archive":
        assert (store.row(number).uid, moves) == (5, [])
    else:
        (change,) = moves
        assert (change.folder, change.wire, change.uid, change.uidvalidity) == (found.id, found.wire, 5, 7)
    assert store.reader.pending()[0].kind is PendingKind.FLAGS


@pytest.mark.parametrize(("text", "one"), [("The sum is due.", True), ("Another sum.....", False)])
def test_what_is_looked_for_and_stands_beside_is_one(store: Store, text: str, one: bool) -> None:
    """Archived while POP3 was used, and once more after the server listed it anew."""
    inbox, archive = store.folder("INBOX").id, store.folder("Archive").id
    (before,) = store.writer.added(archive, [whole(1)], SyncMark(1, 2, 0))
    store.writer.new_generation(archive, 2)
    (again,) = store.writer.added(inbox, [whole(1, text, size=store.row(before).size)], SyncMark(1, 2, 0))
    store.writer.move([again], archive)
    (change,) = store.reader.pending()
    store.writer.pushed_places([(change.id, again, 9)], archive)
    store.writer.settle_unfound([inbox, archive])
    assert store.row(again).uid == 9
    assert [store.reader.row(number) is None for number in (before, again)] == [one, False]


def test_a_message_that_is_looked_for_may_come_home(store: Store) -> None:
    (number, *_) = store.fill()
    inbox = store.folder("INBOX").id
    store.writer.new_generation(inbox, 2)
    store.writer.move([number], store.folder("Archive").id)
    store.writer.move([number], inbox)
    assert store.reader.unplaced(inbox)[1] == [number]
    store.writer.place(number, 9, SEEN)
    assert (store.row(number).uid, store.row(number).flags) == (9, SEEN)


def test_local_mail_among_a_servers_moves_and_comes_back_untold(store: Store) -> None:
    (number, *_) = store.fill()
    inbox, here = store.folder("INBOX").id, store.writer.local_folder(ACCOUNT, "Local")
    store.writer.hold_gone(inbox, [number])
    store.writer.confirm_gone(inbox, remove=False)
    assert store.writer.move([number], here) == [number]
    assert store.writer.undo().startswith("Taken back:")
    assert (store.row(number).folder, store.reader.pending()) == ("INBOX", [])
