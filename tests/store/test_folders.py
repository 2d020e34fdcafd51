"""Accounts and folders."""

from __future__ import annotations

import pytest

from tests.store.samples import ACCOUNT, FOLDERS, SEEN, Store, local, message
from tui.model.account import Protocol
from tui.model.error import NotFound
from tui.model.folder import Role, ServerFolder, SyncMark
from tui.store.reader import PendingKind


def names(store: Store) -> list[str]:
    return [folder.name for folder in store.reader.folders(ACCOUNT)]


def test_accounts_are_known_by_address_whatever_its_case(store: Store) -> None:
    store.writer.account(ACCOUNT.upper(), Protocol.POP3)
    assert store.reader.accounts() == [(ACCOUNT, Protocol.POP3)]
    assert store.reader.folder_role(ACCOUNT.upper(), Role.INBOX) == store.folder("INBOX")


def test_an_unknown_account(store: Store) -> None:
    with pytest.raises(NotFound):
        store.writer.local_folder("nobody@example.org", "INBOX")
    assert store.reader.folders("nobody@example.org") == []


def test_roles_come_first_then_names(empty: Store) -> None:
    roles = [Role.TRASH, Role.NONE, Role.JUNK, Role.ARCHIVE, Role.SENT, Role.ALL, Role.DRAFTS, Role.INBOX]
    listed = [ServerFolder(f"{9 - n}", f"{n}", role) for n, role in enumerate(roles)] + [
        ServerFolder("a", "a")
    ]
    empty.writer.folders(ACCOUNT, listed)
    order = [folder.role for folder in empty.reader.folders(ACCOUNT)]
    assert order[:6] == [Role.INBOX, Role.DRAFTS, Role.SENT, Role.ARCHIVE, Role.JUNK, Role.TRASH]
    assert names(empty)[6:] == ["4", "8", "a"]


def test_all_accounts_one_after_the_other(store: Store) -> None:
    store.writer.account("second@example.org", Protocol.POP3)
    store.writer.local_folder("second@example.org", "INBOX", Role.INBOX)
    assert [folder.account for folder in store.reader.folders()] == [ACCOUNT] * 5 + ["second@example.org"]


def test_a_list_that_says_the_same_changes_nothing(store: Store) -> None:
    before = store.reader.folders()
    assert store.writer.folders(ACCOUNT, FOLDERS) == []
    assert store.reader.folders() == before


def test_a_renamed_folder_is_known_by_its_wire_name(store: Store) -> None:
    folder = store.folder("Archive")
    store.writer.folders(
        ACCOUNT, [*FOLDERS[:3], ServerFolder("Old mail", "Archive", Role.ARCHIVE), FOLDERS[4]]
    )
    assert store.folder("Old mail").id == folder.id


def test_a_folder_that_the_server_has_no_more_becomes_local_with_its_mail(store: Store) -> None:
    ids = store.fill("Archive")
    store.writer.set_flags(ids, SEEN)
    folder = store.folder("Archive")
    gone = store.writer.folders(ACCOUNT, [one for one in FOLDERS if one.name != "Archive"])
    assert gone == [folder.id]
    after = store.folder("Archive")
    assert after.local
    assert after.wire == ""
    assert list(store.reader.ids(after.id)) == ids[::-1]
    assert not store.row(ids[0]).on_server
    assert store.reader.pending() == []
    assert store.reader.mark(after.id) == SyncMark()


def test_a_local_folder_of_the_same_name_is_taken_over_with_its_mail(store: Store) -> None:
    number = store.writer.local_folder(ACCOUNT, "Projects")
    (kept,) = store.writer.added(number, [local(7)], on_server=False)
    store.writer.folders(ACCOUNT, [*FOLDERS, ServerFolder("Projects", "INBOX.Projects")])
    folder = store.folder("Projects")
    assert (folder.id, folder.local, folder.wire) == (number, False, "INBOX.Projects")
    assert store.reader.unplaced(number) == {7: [kept]}


def test_two_wire_names_that_read_alike_stay_two_folders(store: Store) -> None:
    listed = [*FOLDERS, ServerFolder("a/b", "a.b"), ServerFolder("a/b", "a/b")]
    store.writer.folders(ACCOUNT, listed)
    store.writer.folders(ACCOUNT, listed)
    wires = {folder.name: folder.wire for folder in store.reader.folders(ACCOUNT)}
    assert wires["a/b"] == "a.b"
    assert wires["a/b (2)"] == "a/b"


def test_hostile_folder_names_are_only_names(store: Store) -> None:
    hostile = ["../../x", "/etc/x", "x" * 5_000, "a\nb", "Inbox", "\udcff", "'; DROP TABLE folder --"]
    store.writer.folders(ACCOUNT, [*FOLDERS, *(ServerFolder(name, name) for name in hostile)])
    assert len(names(store)) == len(FOLDERS) + len(hostile)


def test_a_folder_to_be_made_on_the_server_can_be_used_at_once(store: Store) -> None:
    number = store.writer.make_folder(ACCOUNT, "Later", Role.NONE, on_server=True)
    (create,) = store.reader.pending()
    assert (create.kind, create.wire, create.folder) == (PendingKind.CREATE, "Later", number)
    assert store.writer.folders(ACCOUNT, FOLDERS) == [], "not lost before the server is told"
    assert not store.folder("Later").local
    store.writer.folders(ACCOUNT, [*FOLDERS, ServerFolder("Later", "INBOX/Later")])
    assert store.reader.pending() == []
    assert store.folder("Later").wire == "INBOX/Later"


def test_making_a_folder_that_is_there(store: Store) -> None:
    number = store.writer.make_folder(ACCOUNT, "Archive", Role.ARCHIVE, on_server=True)
    assert number == store.folder("Archive").id
    assert store.folder("Archive").wire == "Archive"
    assert store.reader.pending() == []


def test_marks(store: Store) -> None:
    inbox = store.folder("INBOX").id
    assert store.reader.mark(inbox) == SyncMark()
    store.writer.mark(inbox, SyncMark(4_294_967_295, 12, 2**63 - 1))
    assert store.reader.mark(inbox) == SyncMark(4_294_967_295, 12, 2**63 - 1)
    assert store.reader.mark(999) == SyncMark()


def test_forgetting_an_account_leaves_nothing_of_it(store: Store) -> None:
    store.fill()
    store.writer.account("second@example.org", Protocol.POP3)
    other = store.writer.local_folder("second@example.org", "INBOX", Role.INBOX)
    (kept,) = store.writer.added(other, [message(1, uid=0)])
    store.writer.forget_account(ACCOUNT)
    assert store.reader.accounts() == [("second@example.org", Protocol.POP3)]
    assert store.reader.folders(ACCOUNT) == []
    assert list(store.reader.ids(None)) == [kept]
    assert store.reader.check() == []


def test_a_vanished_folder_with_mail_that_has_no_place_yet(store: Store) -> None:
    archive = store.folder("Archive").id
    (waiting,) = store.writer.append(archive, [local(1)])
    assert store.writer.folders(ACCOUNT, [one for one in FOLDERS if one.name != "Archive"]) == [archive]
    assert store.row(waiting).folder == "Archive"
    assert store.reader.check() == []
