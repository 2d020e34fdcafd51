"""The way to a client id, as it is told."""

from __future__ import annotations

import pytest

from tui.model import registration
from tui.model.account import Account
from tui.model.issuer import ISSUERS, Issuer, by_issuer, issuer_of


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda one: one.name)
def test_whoever_signs_people_in_has_reasons_and_steps(issuer: Issuer) -> None:
    why, steps, besides = registration.words_for(issuer)

    assert len(why) == 4
    assert all(line.isprintable() and line.endswith(".") for line in (*why, *steps, besides))
    assert steps[0].startswith("Open https://")


def test_every_permission_of_microsoft_is_named() -> None:
    microsoft = ISSUERS[0]
    permissions = [scope.rpartition("/")[2] for scope in (microsoft.imap, microsoft.pop3, microsoft.smtp)]

    told = " ".join(registration.STEPS)

    for name in (*permissions, *microsoft.always, "http://localhost", registration.PORTAL):
        assert name in told, name


def test_what_google_gives_has_a_way_in_that_is_no_argument() -> None:
    assert "--client-secret-stdin" in registration.GOOGLE_GIVEN
    assert "client_secret=-" in registration.GOOGLE_GIVEN


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("microsoft", "00000000-0000-4000-8000-000000000000", True),
        ("microsoft", "00000000-0000-4000-8000-00000000000G", False),
        ("microsoft", "00000000-0000-4000-8000-000000000000 ", False),
        ("microsoft", "", False),
        ("google", "123456-abc.apps.googleusercontent.com", True),
        ("google", "123456-abc.apps.example.org", False),
    ],
)
def test_a_client_id_looks_like_one(name: str, text: str, right: bool) -> None:
    issuer = by_issuer(name)
    assert issuer is not None

    assert (registration.wrong_client_id(issuer, text) == "") is right


def test_a_service_that_is_named_by_its_address_is_not_microsoft() -> None:
    account = Account("you@contoso.example", authority="https://login.contoso.example/realm")
    issuer = issuer_of(account)
    assert issuer is not None
    why, steps, besides = registration.words_for(issuer)
    assert "login.contoso.example" in why[0]
    assert "Microsoft" not in " ".join((*why, *steps, besides))
    assert registration.wrong_client_id(issuer, "outlook-tui") == ""
    assert registration.wrong_client_id(issuer, "two words")
