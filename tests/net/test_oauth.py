"""Signing in at a real identity service over https on loopback."""

from __future__ import annotations

import threading

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.identity import IdentityServer
from tui.model.account import Auth, Login
from tui.model.sign_in import SignInStep, Way
from tui.net import oauth
from tui.net.imap import ImapConnection


@pytest.fixture
def never() -> threading.Event:
    """Nobody cancels."""
    return threading.Event()


def test_the_browser_way(identity: IdentityServer, never: threading.Event) -> None:
    told: list[SignInStep] = []
    grant = oauth.by_browser(identity.identity(), "you@example.org", told.append, identity.open, never)
    (step,) = told
    assert step.way is Way.BROWSER
    assert step.opened
    assert grant.username == "you@example.org"
    assert grant.refresh_token is not None
    assert identity.is_good(grant.refresh_token.reveal())


@pytest.mark.dovecot
def test_its_token_opens_a_real_mailbox(
    identity: IdentityServer, oauth_dovecot: Dovecot, never: threading.Event, user: str
) -> None:
    identity.user = user
    grant = oauth.by_device(identity.identity(), lambda step: None, never)
    connection = ImapConnection(oauth_dovecot.server("imaps"), oauth_dovecot.ca_file)
    connection.connect()
    connection.sign_in(Login(user, Auth.OAUTH2), grant.access_token)
    assert connection.folders()
    connection.close()
