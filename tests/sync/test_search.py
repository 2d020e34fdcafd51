"""Unsure mail is looked for in Sent, for a time; what stands there is no proof for who was asked again."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.sync.outboxes import FIRST, SENT, UNSURE, unsure_in
from tui.model.draft import Recipient, RecipientState, SendState
from tui.model.event import Phase
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.search import Search

PENDING, ACCEPTED, REFUSED = RecipientState.PENDING, RecipientState.ACCEPTED, RecipientState.REFUSED


def test_an_unsure_mail_is_looked_for_again_when_the_line_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, outgoing = unsure_in(tmp_path)
    asked: list[Future[Any]] = []

    def look_for(account: str, number: int) -> Future[Any]:
        assert (account, number) == (FIRST, outgoing.id)
        asked.append(Future())
        return asked[-1]

    monkeypatch.setattr("tui.sync.search.send_delay", lambda _: 0.0)
    monkeypatch.setattr("tui.sync.search.ASK_LATER", 0.0)
    nudges: list[None] = []
    search = Search(context, look_for, lambda: nudges.append(None), again=True)
    with Reader(context.database) as reader, Writer(context.database) as writer:

        def now() -> SendState | None:
            search.go_on(reader, writer)
            found = reader.outgoing(outgoing.id)
            return found.state if found else None

        search.begin(outgoing)
        assert now() is UNSURE and len(asked) == 1
        asked[0].set_exception(ConnectionError("gone"))
        assert now() is UNSURE and len(asked) == 1, "an account that is offline is not made to connect"
        context.board.enter(FIRST, Phase.UP_TO_DATE)
        assert now() is UNSURE and len(asked) == 2
        asked[1].set_result(False)
        assert now() is UNSURE and len(asked) == 3, "Exchange files its copies late"
        asked[2].set_result(True)
        assert now() is SENT
        assert search.wait() == float("inf")
    assert len(nudges) == 2


@pytest.mark.parametrize("again", [True, False])
def test_what_is_not_found_is_left_to_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    context, outgoing = unsure_in(tmp_path)
    context.board.enter(FIRST, Phase.UP_TO_DATE)
    asked: list[int] = []

    def look_for(_account: str, number: int) -> Future[Any]:
        asked.append(number)
        future: Future[Any] = Future()
        future.set_result(False)
        return future

    monkeypatch.setattr("tui.sync.search.send_delay", lambda _: 0.0)
    search = Search(context, look_for, lambda: None, again=again)
    search.begin(outgoing)
    with Reader(context.database) as reader, Writer(context.database) as writer:
        for _ in range(20):
            search.go_on(reader, writer)
        found = reader.outgoing(outgoing.id)
    assert len(asked) == (5 if again else 1)
    assert found and found.state is UNSURE


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ((PENDING, PENDING), SENT),
        ((PENDING, REFUSED), SENT),
        ((ACCEPTED, ACCEPTED), SENT),
        ((ACCEPTED, PENDING), UNSURE),
        ((ACCEPTED, REFUSED, PENDING), UNSURE),
    ],
)
def test_a_copy_of_an_earlier_try_is_no_proof_of_the_later(
    tmp_path: Path, answers: tuple[RecipientState, ...], found: object
) -> None:
    """The first try left a copy in Sent for those who were taken; the second was for the others alone."""
    context, outgoing = unsure_in(tmp_path)
    asked: list[int] = []

    def look_for(account: str, number: int) -> Future[Any]:
        assert account == FIRST
        asked.append(number)
        there: Future[Any] = Future()
        there.set_result(True)
        return there

    search = Search(context, look_for, lambda: None, again=True)
    with Reader(context.database) as reader, Writer(context.database) as writer:
        recipients = [Recipient(f"team{n}@contoso.example", one) for n, one in enumerate(answers)]
        writer.outbox_recipients(outgoing.id, recipients)
        search.begin(outgoing)
        for _ in range(2):
            search.go_on(reader, writer)
        now = reader.outgoing(outgoing.id)
    assert now and now.state is found
    assert len(asked) == (found is SENT)
    assert search.wait() == float("inf")
