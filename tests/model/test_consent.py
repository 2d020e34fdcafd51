"""The link and the message for an administrator."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tui.model.account import Account, Server
from tui.model.consent import admin_consent_url, consent_request, message_to_admin, tenant_of
from tui.model.error import ConsentNeeded, SignInNeeded
from tui.model.issuer import Identity, identity_of

ADDRESS = "you@contoso.example"


@pytest.fixture
def identity() -> Identity:
    """An account at work that reads by IMAP and sends."""
    account = Account(
        ADDRESS, provider="microsoft365", smtp=Server("smtp.office365.com", 587), client_id="an-id"
    )
    found = identity_of(account)
    assert found
    return replace(found, authority="https://login.microsoftonline.com/organizations")


def test_the_link(identity: Identity) -> None:
    link = urlsplit(admin_consent_url(identity, "contoso.example"))
    asked = parse_qs(link.query)

    assert link.netloc == "login.microsoftonline.com"
    assert link.path == "/contoso.example/v2.0/adminconsent"
    assert asked["client_id"] == ["an-id"]
    assert asked["redirect_uri"] == ["http://localhost"]
    assert asked["scope"][0].split() == list(identity.scopes)
    assert "+" not in link.query


def test_the_cloud_of_the_account(identity: Identity) -> None:
    us = replace(identity, authority="https://login.microsoftonline.us/organizations")

    assert admin_consent_url(us, "").startswith("https://login.microsoftonline.us/organizations/v2.0/")


def test_a_tenant_cannot_lead_elsewhere(identity: Identity) -> None:
    assert "/..%2F..%2F%3Fx%23/v2.0/" in admin_consent_url(identity, "../../?x#")


@pytest.mark.parametrize(
    ("tenant", "address", "meant"),
    [
        ("organizations", ADDRESS, "contoso.example"),
        ("common", "You@Contoso.Example ", "contoso.example"),
        ("consumers", "", "organizations"),
        ("72f988bf", ADDRESS, "72f988bf"),
        ("", "", "organizations"),
    ],
)
def test_whom_to_ask(identity: Identity, tenant: str, address: str, meant: str) -> None:
    authority = f"https://login.microsoftonline.com/{tenant}".rstrip("/")

    assert tenant_of(replace(identity, authority=authority), address) == meant


def test_the_message(identity: Identity) -> None:
    text = message_to_admin(identity, ADDRESS)
    link = admin_consent_url(identity, "contoso.example")

    assert text.startswith("Subject: ")
    assert link in text.splitlines()
    assert ADDRESS in text
    assert "an-id" in text
    assert "IMAP.AccessAsUser.All" in text
    assert "offline_access" not in text.replace(link, "")
    assert all(len(line) <= 72 for line in text.splitlines() if line != link)
    assert text.isascii()


def test_only_who_needs_an_approval_is_to_ask_for_it(identity: Identity) -> None:
    asked = consent_request(ConsentNeeded("An administrator has to approve."), identity, ADDRESS)
    assert asked is not None
    assert asked.link == admin_consent_url(identity, "contoso.example")
    assert asked.link in asked.message.splitlines()
    other = SignInNeeded("The sign-in has ended.", detail="AADSTS700082, not AADSTS90094")
    assert consent_request(other, identity, ADDRESS) is None
