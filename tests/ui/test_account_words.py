from __future__ import annotations

from datetime import datetime

import pytest

from tests.ui.screens.conftest import account
from tui.model.account import Auth, Login, Protocol
from tui.model.event import AccountStatus, Phase
from tui.ui.account_words import health

NOW = datetime(2026, 10, 14, 15, 30).timestamp()
OAUTH = account(login=Login("you@example.org", Auth.OAUTH2))


def test_all_is_told_in_one_line() -> None:
    state = AccountStatus("a", Phase.UP_TO_DATE, fetched=NOW - 60, token_until=NOW + 1800, pushed=True)

    assert health(state, OAUTH, NOW, 5) == (
        "Last fetched 15:29 · the server tells of new mail at once · signed in until 16:00, renewed by itself"
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AccountStatus("a", Phase.UP_TO_DATE), "new mail is looked for every 5 min"),
        (AccountStatus("a", Phase.OFFLINE, fetched=NOW - 86400), "Last fetched Yesterday, 15:30"),
        (AccountStatus("a", Phase.SIGN_IN, token_until=NOW + 60), ""),
        (
            AccountStatus("a", Phase.OFFLINE, token_until=NOW - 1),
            "the sign-in is renewed with the next fetch",
        ),
        (AccountStatus("a", Phase.STARTING, fetched=1e300), ""),
    ],
)
def test_only_what_is_known_is_told(state: AccountStatus, words: str) -> None:
    assert health(state, OAUTH, NOW, 5).removeprefix("Last fetched ") == words.removeprefix("Last fetched ")


def test_a_password_does_not_end_and_who_only_sends_looks_for_nothing() -> None:
    state = AccountStatus("a", Phase.UP_TO_DATE, token_until=NOW + 60)

    assert health(state, account(incoming=Protocol.NONE), NOW, 5) == ""
