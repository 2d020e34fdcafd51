"""Signing in with a code (RFC 8628) at a real identity service over https on loopback."""

from __future__ import annotations

import itertools
import json
import threading
import time
from dataclasses import replace

import pytest

from tests.net.signing_in import ADDRESS, MICROSOFT, google, refused
from tests.servers.identity import Failure, IdentityServer
from tui.model.error import Busy, Cancelled, ConsentNeeded, Garbled, MailError, SignInNeeded
from tui.model.sign_in import SignInStep, Way
from tui.net import oauth, web


def sign_in(identity: IdentityServer) -> oauth.Grant:
    """A sign-in with a code that nobody cancels."""
    return oauth.by_device(identity.identity(), lambda step: None, threading.Event())


def error_of(identity: IdentityServer) -> MailError:
    """What such a sign-in ends in."""
    return refused(lambda: sign_in(identity))


def page(**changes: object) -> Failure:
    """An answer of /devicecode with other entries."""
    usual = {
        "device_code": "d",
        "user_code": "ABCD1234",
        "verification_uri": "https://localhost/",
        "expires_in": 900,
        "interval": 1,
    }
    return Failure(200, body=json.dumps({**usual, **changes}).encode())


def test_the_code_is_told(identity: IdentityServer) -> None:
    told: list[SignInStep] = []
    grant = oauth.by_device(identity.identity(), told.append, threading.Event())

    (step,) = told
    assert (step.way, step.user_code) == (Way.DEVICE, "ABCD1234")
    assert step.url == f"{identity.authority}/deviceauth"
    assert step.until == pytest.approx(time.time() + 900, abs=10)
    assert "ABCD1234" in step.words
    assert grant.username == ADDRESS
    assert grant.refresh_token is not None
    assert set(identity.forms[0]["scope"].split()) == set(identity.identity().scopes)


def test_polling_keeps_to_the_interval(identity: IdentityServer) -> None:
    identity.pending = ["authorization_pending"]
    begun = time.monotonic()
    sign_in(identity)

    times = [begun, *identity.poll_times]
    assert len(identity.poll_times) == 2
    assert all(later - earlier >= 0.99 for earlier, later in itertools.pairwise(times))


class Impatient(threading.Event):
    """Never set, and no wait takes any time; `waits` holds how long each was meant to be."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return False


def test_slow_down_adds_five_seconds_each_time(identity: IdentityServer) -> None:
    identity.interval = 5
    identity.pending = ["slow_down", "authorization_pending", "slow_down", "authorization_pending"]
    clock = Impatient()
    oauth.by_device(identity.identity(), lambda step: None, clock)

    assert clock.waits == [5, 10, 10, 15, 15]


def test_an_interval_of_nothing(identity: IdentityServer) -> None:
    identity.interval = 0
    identity.pending = ["authorization_pending"]
    clock = Impatient()
    oauth.by_device(identity.identity(), lambda step: None, clock)

    assert clock.waits == [1, 1]


def test_a_broken_connection_is_no_end_but_a_longer_wait(identity: IdentityServer) -> None:
    """RFC 8628 3.5 wants the interval doubled; a service that names a time gets that."""
    identity.failures = [Failure(500, "server_error"), Failure(503, "busy", wait="33")]
    clock = Impatient()
    grant = oauth.by_device(identity.identity(), lambda step: None, clock)

    assert clock.waits == [1, 2, 33]
    assert grant.username == ADDRESS


@pytest.mark.parametrize(
    ("error", "title"),
    [
        ("authorization_declined", "The sign-in was cancelled."),
        ("access_denied", "The sign-in was cancelled."),
        ("expired_token", "The code was not entered yet, has run out or is wrong."),
        ("code_expired", "The code was not entered yet, has run out or is wrong."),
        ("bad_verification_code", "The code was not entered yet, has run out or is wrong."),
    ],
)
def test_the_end_without_approval(identity: IdentityServer, error: str, title: str) -> None:
    identity.pending = ["authorization_pending", error]
    found = refused(lambda: oauth.by_device(identity.identity(), lambda step: None, Impatient()))

    assert type(found) is SignInNeeded
    assert found.what == title
    assert len(identity.poll_times) == 2


def test_a_code_runs_out_here_too(identity: IdentityServer) -> None:
    """The service need not say so: nobody asks for a code that is over."""
    identity.device_life = 1
    identity.interval = 5
    begun = time.monotonic()
    error = error_of(identity)

    assert type(error) is SignInNeeded
    assert "has run out" in error.what
    assert 0.9 < time.monotonic() - begun < 4.5
    assert not identity.poll_times


def test_cancelled_at_once(identity: IdentityServer) -> None:
    identity.interval = 60
    cancelled = threading.Event()
    ended: list[float] = []

    def cancel() -> None:
        ended.append(time.monotonic())
        cancelled.set()

    def tell(step: SignInStep) -> None:
        threading.Timer(0.2, cancel).start()

    error = refused(lambda: oauth.by_device(identity.identity(), tell, cancelled))

    assert isinstance(error, Cancelled)
    assert time.monotonic() - ended[0] < 1.0
    assert not identity.poll_times


def test_blocked_by_the_rules_of_an_organisation(identity: IdentityServer) -> None:
    identity.failures = [Failure(400, "invalid_grant", (53003,), text="Blocked by Conditional Access")]
    error = error_of(identity)

    assert type(error) is SignInNeeded
    assert error.what == "Your organisation's rules blocked this sign-in."
    assert "through the browser" in error.hint


def test_an_app_that_is_not_public(identity: IdentityServer) -> None:
    identity.page_failures = [Failure(401, "invalid_client", (7000218,))]
    error = error_of(identity)

    assert type(error) is SignInNeeded
    assert "public client" in error.what


def test_an_administrator_must_approve(identity: IdentityServer) -> None:
    identity.failures = [Failure(400, "invalid_grant", (65001,), "consent_required")]

    assert isinstance(error_of(identity), ConsentNeeded)


def test_a_busy_service_gives_no_code(identity: IdentityServer) -> None:
    identity.page_failures = [Failure(429, "temporarily_unavailable", (90033,), wait="7")]
    error = error_of(identity)

    assert isinstance(error, Busy)
    assert error.wait == 7


@pytest.mark.parametrize(
    "answer",
    [
        page(verification_uri="http://localhost/"),
        page(verification_uri="javascript:alert(1)"),
        page(verification_uri="https://localhost/\n--remote"),
        page(verification_uri=None),
        page(user_code=""),
        page(device_code=""),
        page(user_code=5),
        Failure(200, body=b"{}"),
        Failure(200, body=b"<html>"),
    ],
)
def test_a_page_that_cannot_be_used(identity: IdentityServer, answer: Failure) -> None:
    identity.page_failures = [answer]

    assert isinstance(error_of(identity), Garbled)


@pytest.mark.parametrize("interval", ["2", 2, 2.0])
def test_numbers_as_texts(identity: IdentityServer, interval: object) -> None:
    identity.page_failures = [page(interval=interval, expires_in="900")]
    clock = Impatient()
    refused(lambda: oauth.by_device(identity.identity(), lambda step: None, clock))

    assert clock.waits == [2]


@pytest.mark.parametrize("interval", ["soon", -1, None, float("nan")])
def test_an_interval_that_is_none(identity: IdentityServer, interval: object) -> None:
    identity.page_failures = [page(interval=interval)]
    clock = Impatient()
    refused(lambda: oauth.by_device(identity.identity(), lambda step: None, clock))

    assert clock.waits == [5]


def test_what_the_service_says_cannot_act_on_the_terminal(identity: IdentityServer) -> None:
    identity.page_failures = [page(user_code="AB\x1b[31mCD", message="one\r\ntwo\x1b]0;x\x07")]
    told: list[SignInStep] = []
    refused(lambda: oauth.by_device(identity.identity(), told.append, Impatient()))

    assert not any(sign in told[0].user_code + told[0].words for sign in "\x1b\x07\r\n")


def test_silence_is_no_end_either(identity: IdentityServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SILENCE", 1.0)
    identity.failures = [Failure(400, "authorization_pending", delay=1.5)]
    clock = Impatient()
    oauth.by_device(identity.identity(), lambda step: None, clock)

    assert clock.waits == [1, 2]


def test_a_service_that_names_no_endpoint(identity: IdentityServer) -> None:
    document = dict.fromkeys(("authorization_endpoint", "token_endpoint"), "https://localhost/")
    identity.discovery_failures = [Failure(200, body=json.dumps(document).encode())]
    error = error_of(identity)

    assert isinstance(error, SignInNeeded)
    assert "browser" in error.hint


@pytest.mark.parametrize("told", [True, False])
def test_services_without_codes(identity: IdentityServer, told: bool) -> None:
    """Google has codes, but not for mail: that its document names an endpoint means nothing."""
    without = replace(MICROSOFT, device_code=False)
    asked = replace(identity.identity(), issuer=without) if told else google(identity)
    error = refused(lambda: oauth.by_device(asked, lambda step: None, threading.Event()))

    assert isinstance(error, SignInNeeded)
    assert "browser" in error.hint
    assert not identity.forms
