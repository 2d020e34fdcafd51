"""Messages on their way into the store."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from tests.store.samples import ACCOUNT, BILLING, SEEN, START, YOU, Store, local, message, whole
from tui.model.folder import SyncMark
from tui.model.message import Address, BodyState, Envelope, Flag, Scan
from tui.model.query import parse
from tui.store.reader import PendingKind


def test_a_header_comes_back_as_it_went_in(store: Store) -> None:
    sent = message(
        5,
        flags=Flag.SEEN | Flag.FORWARDED,
        tags=frozenset({"work", "$Label1"}),
        envelope=Envelope(
            message_id="5@x",
            in_reply_to="4@x",
            references=("3@x", "4@x"),
            date=START,
            date_offset=-90,
            subject="Ünïcode \udcff \0 subject",
            sender=(BILLING, Address(None, "plain@contoso.example")),
            to=(YOU,),
            cc=(Address("", ""),),
        ),
    )
    (number,) = store.writer.added(store.folder("INBOX").id, [sent], SyncMark(1, 6, 77))
    row = store.row(number)
    assert row.envelope == sent.envelope
    assert (row.uid, row.received, row.size, row.flags, row.tags) == (
        5,
        START + 5,
        1_000,
        sent.flags,
        sent.tags,
    )
    assert (row.account, row.folder, row.body, row.on_server) == (ACCOUNT, "INBOX", BodyState.HEADERS, True)
    assert store.reader.raw(number) is None
    assert store.reader.digest(number) is None
    assert store.reader.mark(row.folder_id) == SyncMark(1, 6, 77)


def test_a_whole_message_keeps_every_byte(store: Store) -> None:
    raw = bytes(range(256)) * 300
    (number,) = store.writer.added(store.folder("INBOX").id, [whole(1, raw=raw, size=len(raw))])
    assert store.reader.raw(number) == raw
    assert store.reader.digest(number) == hashlib.sha256(raw).digest()
    assert store.row(number).body is BodyState.FULL


def test_ids_are_answered_in_the_order_given_and_never_used_again(store: Store) -> None:
    inbox = store.folder("INBOX").id
    ids = store.writer.added(inbox, [message(number) for number in (3, 1, 2)])
    assert [store.row(number).uid for number in ids] == [3, 1, 2]
    store.writer.forget(ids)
    assert min(store.writer.added(inbox, [message(4)])) > max(ids)


def test_what_is_leaving_a_folder_is_not_stored_there_again(store: Store) -> None:
    """The server's list may be older than what the person has done meanwhile."""
    inbox = store.folder("INBOX").id
    moved, removed, _ = store.fill(count=3)
    store.writer.move([moved], store.folder("Archive").id)
    store.writer.delete_forever([removed])
    again = store.writer.added(inbox, [whole(1), message(2), message(4)])
    assert again[:2] == [moved, 0] and store.row(again[2]).uid == 4
    assert store.folder("INBOX").total == 2
    assert store.row(moved).folder == "Archive" and store.row(moved).body is BodyState.FULL


def test_a_uid_that_is_here_is_not_stored_again(store: Store) -> None:
    inbox = store.folder("INBOX").id
    first = store.fill(count=3)
    again = store.writer.added(inbox, [message(number) for number in (2, 3, 4, 4)])
    assert again[:2] == first[1:]
    assert again[2] == again[3]
    assert store.folder("INBOX").total == 4


def test_a_body_that_was_missing_is_taken_from_a_second_arrival(store: Store) -> None:
    (number,) = store.fill(count=1)
    again = store.writer.added(store.folder("INBOX").id, [whole(1)])
    assert again == [number]
    assert store.reader.raw(number) == whole(1).raw
    store.writer.added(store.folder("INBOX").id, [whole(1, raw=b"another")])
    assert store.reader.raw(number) == whole(1).raw, "what is here is not replaced"


def test_newest_first_whatever_the_order_of_arrival(store: Store) -> None:
    inbox = store.folder("INBOX").id
    store.writer.added(inbox, [message(number) for number in (5, 9, 7)])
    store.writer.added(inbox, [message(number) for number in (6, 10, 8)])
    assert [store.row(number).uid for number in store.reader.ids(inbox)] == [10, 9, 8, 7, 6, 5]


def test_many_within_one_second_and_at_impossible_times(store: Store) -> None:
    inbox = store.folder("INBOX").id
    same = store.writer.added(inbox, [message(number, received=START) for number in range(1, 51)])
    more = store.writer.added(inbox, [message(number, received=START) for number in range(51, 61)])
    assert list(store.reader.ids(inbox)) == [*more[::-1], *same[::-1]]
    odd = store.writer.added(
        inbox, [message(number, received=when) for number, when in ((71, -(2**70)), (72, 0), (73, 2**70))]
    )
    ids = list(store.reader.ids(inbox))
    assert ids[0] == odd[2]
    assert set(ids[-2:]) == set(odd[:2])
    assert store.row(odd[0]).received == 0


def test_bodies_follow(store: Store) -> None:
    ids = store.fill(count=3)
    text = "The quarterly figures"
    scan = Scan(2, text, text)
    store.writer.bodies([(ids[2], b"two", scan), (999, b"nobody's", scan), (ids[0], b"nil", scan)])
    assert [store.reader.raw(number) for number in ids] == [b"nil", None, b"two"]
    row = store.row(ids[0])
    assert (row.attachments, row.snippet, row.body) == (2, text, BodyState.FULL)
    assert store.reader.search(parse("quarterly ")) == [ids[2], ids[0]]
    assert store.reader.check() == []


def test_downloaded_mail_is_known_by_its_uidl(store: Store) -> None:
    folder = store.writer.local_folder(ACCOUNT, "Local")
    batch = [whole(number, uid=0, uidl=f"u{number}") for number in (1, 2)] + [whole(3, uid=0)]
    ids = store.writer.downloaded(folder, batch)
    assert set(store.reader.uidls(ACCOUNT)) == {"u1", "u2"}
    assert store.row(ids[0]).uidl == "u1"
    again = store.writer.downloaded(folder, [batch[1], whole(4, uid=0, uidl="u4")])
    assert again[0] == ids[1]
    store.writer.delete_forever([ids[0]])
    assert store.writer.downloaded(folder, [batch[0]]) == [0], "what was removed does not come back"
    assert store.reader.folder(folder) is not None
    assert len(store.reader.ids(folder)) == 3


def test_mail_made_here_is_appended_to_a_servers_folder(store: Store) -> None:
    (number,) = store.writer.append(store.folder("Sent").id, [local(1, flags=SEEN)])
    (change,) = store.reader.pending()
    assert (change.kind, change.message) == (PendingKind.APPEND, number)
    assert not store.row(number).on_server
    here = store.writer.local_folder(ACCOUNT, "Local")
    store.writer.append(here, [local(2)])
    assert len(store.reader.pending()) == 1


def test_strange_values_do_not_break_a_batch(store: Store) -> None:
    strange = replace(
        message(1, uidl="\udc80", fingerprint=-(2**63), size=2**80),
        envelope=Envelope(subject="\udc80" * 3, sender=(Address("\udc80", "\udc80@x"),), message_id="\udc80"),
    )
    assert len(store.writer.added(store.folder("INBOX").id, [strange, message(2)])) == 2
    assert store.reader.check() == []
