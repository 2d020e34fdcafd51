"""Unsure mail looked for in Sent: what stands there proves nothing for those who were asked again."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.sync.outboxes import FIRST, SENT, UNSURE, unsure_in
from tui.model.draft import Recipient, RecipientState
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.search import Search

PENDING, ACCEPTED, REFUSED = RecipientState.PENDING, RecipientState.ACCEPTED, RecipientState.REFUSED


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
