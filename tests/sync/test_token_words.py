from __future__ import annotations

import pytest

from tui.model.sign_in import TokenFacts
from tui.sync.token_words import kept_words, span

NOW = 1_795_000_000.0
MAIL = "https://outlook.office.com/IMAP.AccessAsUser.All"


def test_all_that_is_known() -> None:
    facts = TokenFacts(NOW - 3 * 86_400, NOW + 3_300, (MAIL, "offline_access"), "you@example.org")
    assert kept_words(facts, NOW) == (
        "signed in as you@example.org; last renewed 3 days ago; the access token lasts 55 minutes; "
        "permissions: IMAP.AccessAsUser.All, offline_access"
    )


def test_what_is_not_known() -> None:
    words = kept_words(TokenFacts(NOW - 30, 0, (), ""), NOW)
    assert words == (
        "signed in; last renewed less than a minute ago; no access token at hand; permissions: none named"
    )


def test_a_token_that_has_ended_and_a_name_that_would_act() -> None:
    words = kept_words(TokenFacts(NOW, NOW - 7_200, ("https://mail.google.com/",), "a\x1b[2J"), NOW)
    assert "ended 2 hours ago" in words
    assert "\x1b" not in words
    assert "https://mail.google.com/" in words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "less than a minute"), (60, "1 minute"), (7_199, "1 hour"), (86_400, "1 day"), (172_800, "2 days")],
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert span(seconds) == words
