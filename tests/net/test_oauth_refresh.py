"""Refreshing at a real identity service over https on loopback, and everything that may go wrong there."""

from __future__ import annotations

import logging
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.net.signing_in import browse, refused
from tests.servers.identity import Failure, IdentityServer
from tui.model.error import BadConfig, Busy, Garbled, Offline, SignInNeeded, Untrusted
from tui.model.secret import Secret
from tui.net import oauth, web


@pytest.mark.parametrize(("hours", "words"), [(3, "3 hours behind"), (-1, "60 minutes ahead of")])
def test_a_refusal_names_a_clock_that_is_wrong(identity: IdentityServer, hours: int, words: str) -> None:
    identity.clock_ahead = hours * 3600
    error = refused(lambda: oauth.refresh(identity.identity(), Secret("gone")))

    assert isinstance(error, SignInNeeded)
    assert f"clock of this computer is {words} the service's" in error.hint


def test_a_clock_that_is_right_is_not_mentioned(identity: IdentityServer) -> None:
    assert "clock" not in refused(lambda: oauth.refresh(identity.identity(), Secret("gone"))).hint


def test_refreshing_gives_a_new_refresh_token(identity: IdentityServer) -> None:
    first = identity.grant()
    grant = oauth.refresh(identity.identity(), first)

    assert grant.refresh_token is not None
    assert grant.refresh_token != first
    assert identity.is_good(first.reveal())
    assert identity.is_good(grant.refresh_token.reveal())
    assert set(identity.forms[-1]["scope"].split()) == set(identity.identity().scopes)


def test_rotation_that_kills_the_old_one(identity: IdentityServer) -> None:
    identity.strict = True
    first = identity.grant()
    grant = oauth.refresh(identity.identity(), first)

    assert grant.refresh_token is not None
    assert not identity.is_good(first.reveal())
    assert oauth.refresh(identity.identity(), grant.refresh_token).refresh_token != grant.refresh_token


def test_a_refresh_that_gives_none_keeps_the_old_one(identity: IdentityServer) -> None:
    identity.rotate = False
    first = identity.grant()

    assert oauth.refresh(identity.identity(), first).refresh_token == first


def test_an_odd_id_token_does_not_cost_the_new_refresh_token(identity: IdentityServer) -> None:
    identity.strict = True
    identity.audience = "another-program"
    grant = oauth.refresh(identity.identity(), identity.grant())

    assert grant.refresh_token is not None
    assert identity.is_good(grant.refresh_token.reveal())


def test_two_refreshes_at_once(identity: IdentityServer) -> None:
    identity.delay = 0.1
    accounts = [identity.grant(f"user{n}@example.org") for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        grants = list(pool.map(lambda token: oauth.refresh(identity.identity(), token), accounts))

    assert [grant.username for grant in grants] == [f"user{n}@example.org" for n in range(4)]
    assert len({grant.access_token for grant in grants}) == 4


def test_a_sign_in_that_was_revoked(identity: IdentityServer) -> None:
    token = identity.grant()
    identity.revoke()
    error = refused(lambda: oauth.refresh(identity.identity(), token))

    assert isinstance(error, SignInNeeded)
    assert error.what == "The saved sign-in has run out."
    assert error.detail == "AADSTS700082: The refresh token has expired."


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_a_busy_service(identity: IdentityServer, status: int) -> None:
    identity.failures.append(Failure(status, "temporarily_unavailable", (90033,), wait="42"))
    error = refused(lambda: oauth.refresh(identity.identity(), identity.grant()))

    assert isinstance(error, Busy)
    assert error.wait == 42
    assert error.what == "Microsoft's sign-in is busy."
    assert "AADSTS90033" in error.detail


def test_a_busy_service_without_words(identity: IdentityServer) -> None:
    identity.failures.append(Failure(503, body=b"<html>"))
    error = refused(lambda: oauth.refresh(identity.identity(), identity.grant()))

    assert isinstance(error, Busy)
    assert (error.wait, error.detail) == (0, "HTTP status 503")


def test_no_way_to_the_service(identity: IdentityServer) -> None:
    asked = replace(identity.identity(), authority="https://localhost:1/common")

    assert isinstance(refused(lambda: oauth.refresh(asked, Secret("x"))), Offline)


def test_a_service_that_is_not_trusted(identity: IdentityServer) -> None:
    asked = identity.identity(ca_file=str(identity.certs.unknown_ca))

    assert isinstance(refused(lambda: oauth.refresh(asked, Secret("x"))), Untrusted)
    assert not identity.forms


@pytest.mark.parametrize(
    "body", [b"<html>", b"{", b"[]", b"{}", b'{"access_token": 5}', b'{"access_token": ""}']
)
def test_garbage(identity: IdentityServer, body: bytes) -> None:
    identity.failures.append(Failure(200, body=body))

    assert isinstance(refused(lambda: oauth.refresh(identity.identity(), identity.grant())), Garbled)


def test_a_huge_answer(identity: IdentityServer) -> None:
    identity.failures.append(Failure(200, body=b'{"access_token": "' + b"x" * (web.LARGEST + 1) + b'"}'))

    assert isinstance(refused(lambda: oauth.refresh(identity.identity(), identity.grant())), Garbled)


def test_a_slow_answer(identity: IdentityServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SILENCE", 0.3)
    identity.delay = 2.0
    begun = time.monotonic()
    error = refused(lambda: oauth.refresh(identity.identity(), identity.grant()))

    assert isinstance(error, Offline)
    assert time.monotonic() - begun < 2.0


def test_without_a_client_id(identity: IdentityServer) -> None:
    error = refused(lambda: browse(identity, identity.identity(client_id="")))

    assert isinstance(error, BadConfig)
    assert not identity.asked


def test_nothing_secret_in_an_error_or_a_log(
    identity: IdentityServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when the service repeats what it was sent."""
    caplog.set_level(logging.DEBUG)
    token = Secret("canary-refresh-token")
    said = Failure(400, "invalid_grant", (70000,), text=f"The token {token.reveal()} is bad")
    for failure in (
        said,
        replace(said, status=503),
        replace(said, body=b"<html>"),
        replace(said, status=200),
    ):
        identity.failures.append(failure)
        error = refused(lambda: oauth.refresh(identity.identity(), token))
        lines = "".join(traceback.TracebackException.from_exception(error).format())
        assert token.reveal() not in lines + error.detail + error.hint + error.what
    grant = browse(identity)
    assert grant.refresh_token is not None
    for secret in (token.reveal(), grant.refresh_token.reveal(), grant.access_token.reveal(), "CODE-"):
        assert secret not in caplog.text + repr(grant)
