"""Mail that waits to be sent."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.store.samples import ACCOUNT, ANSWERED, SEEN, Store, local
from tui.model.draft import CopyState, Draft, Recipient, RecipientState, SendState
from tui.model.error import NotFound
from tui.model.folder import Role
from tui.model.message import Flag, NewMessage
from tui.store.reader import PendingKind
from tui.store.writer import Writer

RAW = b"Subject: Offer\r\n\r\n\xff\x00 frozen\r\n"
DRAFT = Draft(account=ACCOUNT, to="billing@contoso.example", bcc="hidden@contoso.example", subject="Offer")
OTHERWISE = Draft(account=ACCOUNT, subject="made from the bytes")


@dataclass(frozen=True)
class Copy:
    """As the engine makes them."""

    account: str
    role: Role
    message: NewMessage


def queue(store: Store, **changes: Any) -> int:
    fields = {"subject": "Offer", "message_id": "o@x", "due": 100, **changes}
    recipients = ["billing@contoso.example", "hidden@contoso.example"]
    return store.writer.queue(ACCOUNT, ACCOUNT, recipients, RAW, **fields)


def state(store: Store, number: int) -> SendState:
    found = store.reader.outgoing(number)
    assert found is not None
    return found.state


def test_what_is_queued_is_frozen(store: Store) -> None:
    number = queue(store)
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert (mail.state, mail.account, mail.sender, mail.size) == (
        SendState.QUEUED,
        ACCOUNT,
        ACCOUNT,
        len(RAW),
    )
    assert [one.address for one in mail.recipients] == ["billing@contoso.example", "hidden@contoso.example"]
    assert {one.state for one in mail.recipients} == {RecipientState.PENDING}
    assert store.reader.outgoing_raw(number) == RAW
    assert store.reader.outbox() == [mail]
    with pytest.raises(NotFound):
        store.reader.outgoing_raw(999)
    assert store.reader.outgoing(999) is None


def test_draft_copy_and_mark_go_together(store: Store) -> None:
    (original, *_) = store.fill()
    draft = store.writer.save_draft(replace(DRAFT, original=original))
    filed = store.writer.file_draft(draft.id, store.folder("Drafts").id, local(8))
    number = queue(store, draft_id=draft.id, original=original, answers="answered")
    assert store.reader.drafts() == []
    assert store.reader.draft(draft.id) is None
    assert store.reader.row(filed.message) is None
    assert store.row(original).flags == ANSWERED
    assert [one.kind for one in store.reader.pending()] == [PendingKind.FLAGS]
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert (mail.original, mail.answers) == (original, "answered")
    other = queue(store, original=original, answers="forwarded")
    assert store.row(original).flags == ANSWERED | Flag.FORWARDED
    store.writer.forget([original])
    assert store.reader.outgoing(other) is not None
    assert queue(store, original=999, answers="answered", draft_id=999)


def test_due(store: Store) -> None:
    held = queue(store, due=50, hold=True)
    late = queue(store, due=200)
    now = queue(store, due=40)
    assert store.reader.due(100) == [now, held]
    assert store.reader.due(200) == [now, held, late]
    assert store.reader.due(1) == []
    assert state(store, held) is SendState.HELD


def test_only_one_sender_gets_a_mail(store: Store) -> None:
    number = queue(store)
    won: list[bool] = []

    def take() -> None:
        with Writer(store.path) as writer:
            won.append(writer.outbox_state(number, {SendState.QUEUED}, SendState.SENDING, durable=True))

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 5 + [True]


def test_states_change_only_from_those_named(store: Store) -> None:
    number = queue(store)
    assert not store.writer.outbox_state(number, {SendState.SENDING}, SendState.SENT)
    assert store.writer.outbox_state(
        number,
        {SendState.HELD, SendState.QUEUED},
        SendState.FAILED,
        attempts=3,
        due=7,
        last_error="5.1.1",
        explanation="No.",
    )
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert (mail.state, mail.attempts, mail.due, mail.last_error, mail.explanation) == (
        SendState.FAILED, 3, 7, "5.1.1", "No.",
    )  # fmt: skip
    store.writer.outbox_note(number, last_error="again", due=9)
    after = store.reader.outgoing(number)
    assert after == replace(mail, last_error="again", due=9)
    assert not store.writer.outbox_state(999, {SendState.QUEUED}, SendState.SENDING)
    with pytest.raises(TypeError):
        store.writer.outbox_note(number, colour="red")


def test_what_the_server_said_of_each_recipient(store: Store) -> None:
    number = queue(store)
    answers = [
        Recipient("billing@contoso.example", RecipientState.ACCEPTED, 250, "ok"),
        Recipient("hidden@contoso.example", RecipientState.REFUSED, 550, "no such \udcff"),
    ]
    store.writer.outbox_recipients(number, answers)
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert mail.recipients == (answers[0], replace(answers[1], text="no such ?"))


def test_sent_with_its_copy_in_one(store: Store) -> None:
    draft = store.writer.save_draft(DRAFT)
    number = queue(store, draft_id=draft.id)
    copy = Copy(ACCOUNT, Role.SENT, local(9, flags=SEEN))
    assert not store.writer.sent(number, SendState.SENT, copy), "its dot has not left"
    assert store.folder("Sent").total == 0
    store.writer.outbox_state(number, {SendState.QUEUED}, SendState.DOT_SENT)
    assert store.writer.sent(number, SendState.SENT, copy, attempts=1, server_id="s@y")
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert (mail.state, mail.sent_copy, mail.server_id) == (SendState.SENT, CopyState.DONE, "s@y")
    assert store.folder("Sent").total == 1
    assert [one.kind for one in store.reader.pending()] == [PendingKind.APPEND]
    assert not store.writer.sent(number, SendState.SENT, copy), "not twice"
    assert store.writer.cancel(number, OTHERWISE) == 0
    assert store.reader.drafts() == []


def test_partly_sent_goes_back_into_the_queue(store: Store) -> None:
    number = queue(store)
    store.writer.outbox_state(number, {SendState.QUEUED}, SendState.DOT_SENT)
    assert store.writer.sent(number, SendState.QUEUED, None, due=500)
    assert state(store, number) is SendState.QUEUED
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert mail.sent_copy is CopyState.NONE


def test_the_copy_makes_the_sent_folder_it_needs(empty: Store) -> None:
    number = queue(empty)
    empty.writer.outbox_state(number, {SendState.QUEUED}, SendState.DOT_SENT)
    assert empty.writer.sent(number, SendState.SENT, Copy(ACCOUNT, Role.SENT, local(9)))
    assert empty.folder("Sent").role is Role.SENT
    assert [one.kind for one in empty.reader.pending()] == [PendingKind.CREATE, PendingKind.APPEND]


def test_cancelled_mail_is_the_draft_it_was(store: Store) -> None:
    draft = store.writer.attach(store.writer.save_draft(DRAFT).id, "a.txt", "text/plain", b"abc")
    number = queue(store, draft_id=draft.id, hold=True)
    assert store.writer.cancel(number, OTHERWISE, [("b", "text/plain", b"")]) == draft.id
    assert store.reader.draft(draft.id) == draft
    assert state(store, number) is SendState.CANCELLED
    assert store.writer.cancel(number, OTHERWISE) == 0


def test_cancelled_mail_that_never_was_a_draft_becomes_one(store: Store) -> None:
    number = queue(store)
    made = store.writer.cancel(number, OTHERWISE, [("b.txt", "text/plain", b"abc")])
    draft = store.reader.draft(made)
    assert draft is not None
    assert draft.subject == "made from the bytes"
    assert store.reader.draft_file(draft.files[0].id) == b"abc"


@pytest.mark.parametrize(
    "too_late", [SendState.SENDING, SendState.DOT_SENT, SendState.SENT, SendState.CANCELLED]
)
def test_too_late(store: Store, too_late: SendState) -> None:
    number = queue(store)
    store.writer.outbox_state(number, {SendState.QUEUED}, too_late)
    assert store.writer.cancel(number, OTHERWISE) == 0
    assert not store.writer.retry(number, 5)
    assert state(store, number) is too_late
    assert store.reader.drafts() == []


@pytest.mark.parametrize("resting", [SendState.HELD, SendState.QUEUED, SendState.FAILED, SendState.UNSURE])
def test_retry_reaches_those_who_have_not_got_it(store: Store, resting: SendState) -> None:
    number = queue(store)
    got = Recipient("billing@contoso.example", RecipientState.ACCEPTED, 250, "ok")
    store.writer.outbox_recipients(number, [got, Recipient("x@y.example", RecipientState.REFUSED, 550, "no")])
    store.writer.outbox_state(number, {SendState.QUEUED}, resting, due=10**10)
    assert store.writer.retry(number, 7)
    mail = store.reader.outgoing(number)
    assert mail is not None
    assert (mail.state, mail.due) == (SendState.QUEUED, 7)
    assert mail.recipients == (got, Recipient("x@y.example"))


def test_what_is_finished_comes_last_and_goes_after_a_while(store: Store) -> None:
    first, second, third = queue(store), queue(store), queue(store)
    store.writer.outbox_state(second, {SendState.QUEUED}, SendState.SENT)
    assert [one.id for one in store.reader.outbox()] == [third, first, second]
    store.writer.outbox_state(third, {SendState.QUEUED}, SendState.UNSURE)
    store.writer.expire(now=int(time.time()) + 31 * 86_400)
    assert [one.id for one in store.reader.outbox()] == [third, first]
