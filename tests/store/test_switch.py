"""POP3, and the way from one protocol to the other."""

from __future__ import annotations

from tests.store.samples import ACCOUNT, FLAGGED, FOLDERS, NONE, SEEN, Store, local, message, whole
from tui.model.account import Protocol
from tui.model.folder import Role
from tui.model.message import Scan


def pop_inbox(store: Store) -> int:
    store.writer.switch(ACCOUNT, Protocol.POP3)
    return store.folder("INBOX").id


def test_uidls_tell_what_has_been_here(empty: Store) -> None:
    inbox = pop_inbox(empty)
    trash = empty.writer.local_folder(ACCOUNT, "Deleted", Role.TRASH)
    ids = empty.writer.downloaded(inbox, [whole(n, uid=0, uidl=f"u{n}") for n in (1, 2, 3)])
    empty.writer.move([ids[1]], trash)
    empty.writer.delete_forever([ids[2]])
    rows = empty.reader.uidls(ACCOUNT)
    assert {uidl: (row.message, row.whole, row.deleted) for uidl, row in rows.items()} == {
        "u1": (ids[0], True, False),
        "u2": (ids[1], True, True),
        "u3": (None, False, True),
    }
    assert rows["u1"].downloaded > 0


def test_what_the_server_lists_no_more_is_local_mail(empty: Store) -> None:
    inbox = pop_inbox(empty)
    (number,) = empty.writer.downloaded(inbox, [whole(1, uid=0, uidl="u1")])
    assert empty.row(number).on_server
    empty.writer.uidls_gone(ACCOUNT, ["u1", "never"])
    assert not empty.row(number).on_server
    assert empty.reader.uidls(ACCOUNT)["u1"].left
    assert empty.reader.unlinked(ACCOUNT) == {}, "it had a UIDL: it is not to be matched again"


def test_away_from_imap_every_message_stays(store: Store) -> None:
    ids = [
        *store.fill("INBOX"),
        *store.fill("Archive"),
        *store.writer.append(store.folder("Sent").id, [local(9)]),
    ]
    store.writer.set_flags(ids[:1], SEEN)
    store.writer.move(ids[1:2], store.folder("Archive").id)
    store.writer.switch(ACCOUNT, Protocol.POP3)
    assert store.reader.accounts() == [(ACCOUNT, Protocol.POP3)]
    assert all(folder.local for folder in store.reader.folders())
    assert [row.id for row in store.reader.rows(ids)] == ids
    assert not any(row.uid or row.on_server for row in store.reader.rows(ids))
    assert store.reader.pending() == []
    assert store.reader.missing_count(ACCOUNT) == 0, "there is nowhere to fetch them from by uid"
    assert store.reader.check() == []


def test_pop3_matches_what_is_here(store: Store) -> None:
    ids = store.fill("INBOX", 2)
    sent = store.fill("Sent", 1, first=8)
    store.writer.switch(ACCOUNT, Protocol.POP3)
    assert store.reader.unlinked(ACCOUNT) == {1: [ids[0]], 2: [ids[1]]}, f"without {sent}"
    store.writer.body(ids[0], b"raw", Scan(0, "", ""))
    store.writer.uidl_have(ACCOUNT, "u1", ids[0])
    assert store.row(ids[0]).on_server
    assert store.row(ids[0]).uidl == "u1"
    assert store.reader.unlinked(ACCOUNT) == {2: [ids[1]]}
    assert store.reader.uidls(ACCOUNT)["u1"].whole


def test_there_and_back_again(store: Store) -> None:
    ids = store.fill("INBOX", 3)
    store.writer.set_flags(ids[:1], SEEN)
    store.writer.switch(ACCOUNT, Protocol.POP3)
    for number, message_id in enumerate(ids):
        store.writer.uidl_have(ACCOUNT, f"u{number}", message_id)
    (new,) = store.writer.downloaded(store.folder("INBOX").id, [whole(4, uid=0, uidl="u4")])
    store.writer.set_flags([new], FLAGGED)
    store.writer.switch(ACCOUNT, Protocol.IMAP)
    assert not store.row(new).on_server
    store.writer.folders(ACCOUNT, FOLDERS)
    inbox = store.folder("INBOX")
    assert not inbox.local
    assert store.reader.unplaced(inbox.id) == {1: [ids[0]], 2: [ids[1]], 3: [ids[2]], 4: [new]}
    for uid, number in enumerate([*ids, new], 1):
        assert store.writer.place(number, uid, NONE)
    assert store.row(ids[0]).flags == SEEN, "read here before the first switch, and never told"
    assert store.row(new).flags == FLAGGED
    assert len(store.reader.pending()) == 2
    store.writer.switch(ACCOUNT, Protocol.POP3)
    assert store.row(new).on_server, "its UIDL was kept as a note"
    assert set(store.reader.uidls(ACCOUNT)) == {"u0", "u1", "u2", "u4"}
    assert store.reader.ids(store.folder("INBOX").id).tolist() == [new, *ids[::-1]]
    assert store.reader.check() == []


def test_an_account_whose_mail_is_only_kept(store: Store) -> None:
    ids = store.fill()
    store.writer.switch(ACCOUNT, Protocol.NONE)
    assert store.reader.accounts() == [(ACCOUNT, Protocol.NONE)]
    assert [row.id for row in store.reader.rows(ids)] == ids
    assert not store.row(ids[0]).on_server


def test_the_inbox_of_a_new_pop3_account(empty: Store) -> None:
    inbox = pop_inbox(empty)
    empty.writer.downloaded(inbox, [message(1, uid=0)])
    assert empty.folder("INBOX").role is Role.INBOX
    assert empty.folder("INBOX").local
