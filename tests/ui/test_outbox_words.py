from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui import attacks
from tui.model.draft import Outgoing, Recipient, RecipientState, SendState
from tui.ui.outbox_words import account_of, mark, state_words, stuck

NOW = 1_790_000_000.0
MAIL = Outgoing(
    1,
    "you@example.org",
    SendState.HELD,
    "you@example.org",
    (Recipient("billing@contoso.example"),),
    "Invoice",
    "m@example.org",
    1200,
    int(NOW),
    int(NOW) + 9,
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Leaves in 9 s"),
        ({"due": 0}, "Leaves now"),
        ({"state": SendState.QUEUED, "attempts": 3, "due": int(NOW) + 200}, "tried 3 times, again in 3 min"),
        ({"state": SendState.QUEUED, "due": 0}, "Waits, leaves now"),
        ({"state": SendState.SENDING}, "Is being sent"),
        ({"state": SendState.UNSURE}, "nobody knows"),
        ({"state": SendState.FAILED}, "Not sent"),
        ({"state": SendState.SENT}, "Sent"),
        ({"state": SendState.CANCELLED}, "Taken back"),
        ({"due": 10**18}, "later"),
    ],
)
def test_every_state_has_its_words(changes: dict[str, object], words: str) -> None:
    assert words in state_words(replace(MAIL, **changes), NOW)  # type: ignore[arg-type]


def test_every_state_has_a_mark_and_the_four_that_matter_differ() -> None:
    assert all(len(mark(state)) == 1 for state in SendState)
    told_apart = (SendState.HELD, SendState.SENT, SendState.FAILED, SendState.UNSURE)
    assert len({mark(state) for state in told_apart}) == 4


def test_unsure_is_explained_and_claims_nothing_of_the_recipients() -> None:
    accepted = (Recipient("a@example.net", RecipientState.ACCEPTED),)
    text = account_of(replace(MAIL, state=SendState.UNSURE, recipients=accepted), NOW)
    assert "nobody can know" in text
    assert "not sent again by itself" in text
    assert "✓" not in text


def test_a_refusal_stands_beside_its_recipient() -> None:
    recipients = (
        Recipient("a@example.net", RecipientState.ACCEPTED),
        Recipient("b@example.net", RecipientState.REFUSED, 550, "5.1.1 no such user"),
    )
    text = account_of(
        replace(MAIL, state=SendState.FAILED, recipients=recipients, explanation="Check the address."), NOW
    )
    assert "✓ a@example.net" in text
    assert "✗ b@example.net: refused (550 5.1.1 no such user)" in text
    assert "Check the address." in text


@pytest.mark.parametrize("attack", attacks.ESCAPES)
def test_what_servers_say_is_made_safe(attack: str) -> None:
    recipients = (Recipient(attack, RecipientState.REFUSED, 550, attack),)
    mail = replace(MAIL, recipients=recipients, last_error=attack, explanation=attack, sender=attack)
    assert attacks.is_clean(account_of(mail, NOW))


def test_what_needs_the_person_stands_in_the_status_line() -> None:
    sent, unsure, failed = (replace(MAIL, state=SendState(one)) for one in ("sent", "unsure", "failed"))
    assert stuck([sent, MAIL]) == ""
    assert stuck([unsure]) == "? 1 mail perhaps sent (g o)"
    assert stuck([failed, sent, unsure, failed]) == "? 1 mail perhaps sent, ✗ 2 mails not sent (g o)"
