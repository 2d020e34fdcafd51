"""Conversations."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.samples import ACCOUNT, BILLING, START, YOU, Store, message
from tui.model.account import Protocol
from tui.model.message import Envelope, NewMessage

DAY = 86_400


def mail(number: int, parents: tuple[str, ...] = (), subject: str = "", **changes: object) -> NewMessage:
    envelope = Envelope(
        message_id=f"m{number}",
        in_reply_to=parents[-1] if parents else "",
        references=parents,
        subject=subject or f"Subject {number}",
        sender=(BILLING,),
        to=(YOU,),
    )
    return replace(message(number, envelope=envelope), **changes)  # type: ignore[arg-type]


def test_answers_join_in_any_order_of_arrival(store: Store) -> None:
    chain = [mail(1), mail(2, ("m1",)), mail(3, ("m1", "m2")), mail(4, ("m3",))]
    for offset, order in enumerate(permutations(range(4))):
        folder = store.writer.local_folder(ACCOUNT, f"f{offset}")
        store.writer.account(f"{offset}@example.org", Protocol.POP3)
        folder = store.writer.local_folder(f"{offset}@example.org", "INBOX")
        ids = [store.writer.added(folder, [replace(chain[one], uid=0)])[0] for one in order]
        assert len({store.row(number).thread for number in ids}) == 1, order
        assert [store.row(number).envelope.message_id for number in store.reader.thread(ids[0])] == [
            "m1",
            "m2",
            "m3",
            "m4",
        ]


def test_a_message_ties_two_conversations_together(store: Store) -> None:
    first, second = store.fill(count=2)
    assert store.row(first).thread != store.row(second).thread
    link = message(
        3, envelope=Envelope(message_id="3@x", references=("1@contoso.example", "2@contoso.example"))
    )
    (third,) = store.writer.added(store.folder("Sent").id, [link])
    assert store.reader.thread(second) == [first, second, third]
    assert store.reader.thread_counts([first, third]) == {first: 3, third: 3}


def test_accounts_do_not_share_conversations(store: Store) -> None:
    (mine,) = store.fill(count=1)
    store.writer.account("second@example.org", Protocol.POP3)
    other = store.writer.local_folder("second@example.org", "INBOX")
    (theirs,) = store.writer.added(other, [message(1, uid=0)])
    assert store.row(mine).thread != store.row(theirs).thread


def test_the_same_message_in_two_folders_is_one_conversation(store: Store) -> None:
    (one,) = store.fill("INBOX", 1)
    (two,) = store.fill("Sent", 1)
    assert store.reader.thread(one) == [one, two]


def joined(store: Store, first: NewMessage, second: NewMessage) -> bool:
    inbox = store.folder("INBOX").id
    ids = [store.writer.added(inbox, [one])[0] for one in (first, second)]
    threads = {store.row(number).thread for number in ids}
    store.writer.forget(ids)
    return len(threads) == 1


def test_an_answer_without_references_joins_by_subject_and_correspondents(store: Store) -> None:
    asked = mail(1, subject="Offer for the new roof")
    back = replace(
        asked.envelope, message_id="b", subject="Re: Offer for the new roof", sender=(YOU,), to=(BILLING,)
    )
    answer = message(2, envelope=back, received=START + 5 * DAY)
    assert joined(store, asked, answer)
    assert joined(store, answer, asked), "also when the answer comes in first"


def test_subjects_alone_do_not_join(store: Store) -> None:
    asked = mail(1, subject="Offer for the new roof")
    again = mail(2, subject="Offer for the new roof")
    assert not joined(store, asked, again), "a newsletter is no conversation"
    answer = mail(3, subject="Re: Offer for the new roof")
    late = replace(answer, received=START + 40 * DAY)
    assert not joined(store, asked, late)
    named = mail(4, ("elsewhere",), subject="Re: Offer for the new roof")
    assert not joined(store, asked, named), "it says what it answers"
    stranger = replace(
        answer.envelope, message_id="s", sender=(replace(BILLING, address="other@fabrikam.example"),)
    )
    assert not joined(store, asked, message(5, envelope=stranger))
    assert not joined(store, mail(6, subject="hi"), mail(7, subject="Re: hi"))


def test_a_hundred_thousand_references_cost_little(store: Store) -> None:
    huge = mail(1, tuple(f"r{number}" for number in range(100_000)))
    (number,) = store.writer.added(store.folder("INBOX").id, [huge])
    (answer,) = store.writer.added(store.folder("INBOX").id, [mail(2, ("r0",))])
    assert store.row(number).thread == store.row(answer).thread
    assert len(store.row(number).envelope.references) == 100_000


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.integers(0, 14), max_size=3), min_size=15, max_size=15),
    st.integers(0, 2**32),
    st.integers(1, 6),
)
def test_conversations_are_the_connected_components(
    store: Store, parents: list[list[int]], seed: int, batch: int
) -> None:
    """Whatever the order and the batches, as a plain union-find over the same links says."""
    address = f"{seed}.{hash(str(parents))}@example.org"
    store.writer.account(address, Protocol.POP3)
    folder = store.writer.local_folder(address, "INBOX")
    order = list(range(15))
    random.Random(seed).shuffle(order)
    mails = [mail(number, tuple(f"m{one}" for one in parents[number]), uid=0) for number in order]
    ids: list[int] = []
    for first in range(0, len(mails), batch):
        ids += store.writer.added(folder, mails[first : first + batch])
    root = list(range(15))

    def find(one: int) -> int:
        while root[one] != one:
            one = root[one]
        return one

    for number, named in enumerate(parents):
        for one in named:
            root[find(number)] = find(one)
    stored = {number: store.row(identity).thread for number, identity in zip(order, ids, strict=True)}
    for one in range(15):
        for other in range(15):
            assert (stored[one] == stored[other]) == (find(one) == find(other))
    store.writer.forget_account(address)
