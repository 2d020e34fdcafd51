from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ui import attacks
from tests.ui.screens.conftest import account
from tui.model.account import Auth, Login, Protocol, SecretSource
from tui.model.finding import Finding, Source
from tui.model.issuer import ISSUERS, Issuer, by_issuer, scopes_of
from tui.model.preset import by_name, guessed
from tui.ui import sign_in_words as words

OAUTH = account(login=Login("you@example.org", Auth.OAUTH2))


@pytest.mark.parametrize("name", ["microsoft", "microsoft-us", "microsoft-china"])
@pytest.mark.parametrize("protocol", list(Protocol))
def test_every_permission_asked_for_is_explained(name: str, protocol: Protocol) -> None:
    issuer = by_issuer(name)
    assert issuer is not None
    one = replace(OAUTH, incoming=protocol)
    asked = [scope for scope in scopes_of(one, issuer) if scope.startswith("https://")]

    assert len(words.permissions(one)) == len(asked) + 1, "and staying signed in"


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda issuer: issuer.name)
def test_a_missing_client_id_is_explained_in_four_lines(issuer: Issuer) -> None:
    assert len(words.why_registered(issuer)) == 4
    assert len(words.how_to_register(issuer)) >= 4
    assert any("go back" in line for line in words.why_registered(issuer)) is (issuer.name == "google")


def test_a_guess_is_marked_and_what_is_known_names_its_source() -> None:
    outlook = by_name("outlook")
    assert outlook is not None

    known = words.found_how(Finding(outlook, Source.MX, "by its mail exchanger x.protection.outlook.com"))
    assert known == "✓ Outlook.com: by its mail exchanger x.protection.outlook.com."
    assert words.found_how(Finding(guessed("a@b.c"), Source.GUESS, "the usual names")).startswith(
        "? A guess:"
    )
    told = words.found_how(Finding(guessed("a@b.c"), Source.GUESS, "guessed: the usual names"))
    assert told.startswith("? Guessed: the usual names.")


@pytest.mark.parametrize("attack", attacks.ESCAPES)
def test_what_others_say_is_made_safe(attack: str) -> None:
    preset = replace(guessed("a@b.c"), title=attack)

    assert attacks.is_clean(words.found_how(Finding(preset, Source.ISPDB, attack)))
    assert attacks.is_clean(words.summary(replace(OAUTH, address=attack), attack))
    assert attacks.is_clean(words.host_of(f"https://{attack}/"))
    assert attacks.is_clean(words.spaced(attack))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(872.9, "14:32"), (5, "0:05"), (0, "0:00"), (-3, "0:00"), (3600, "60:00")]
)
def test_a_clock_runs_down_to_nothing(seconds: float, shown: str) -> None:
    assert words.countdown(seconds) == shown


def test_google_is_said_to_word_it_wider_and_a_session_keeps_nothing() -> None:
    google = by_issuer("google")
    assert google is not None
    assert OAUTH.login is not None

    assert "all of your mail" in words.promise(OAUTH, google)
    session = replace(OAUTH, login=replace(OAUTH.login, source=SecretSource.SESSION))
    assert "only in memory" in words.promise(session, google)
