"""Every error of a sign-in service, said by a real token endpoint: its class, its words, what is done."""

from __future__ import annotations

import json

import pytest

from tests.net.signing_in import google, refused
from tests.servers.identity import Failure, IdentityServer
from tui.model.error import Busy, ConsentNeeded, MailError, SignInNeeded
from tui.model.explain import rules
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.net import oauth

LAPSED = "The saved sign-in has run out"
NO_CODE = "The code was not entered yet, has run out or is wrong"
BUSY = "Microsoft's sign-in is busy"
UNKNOWN = "Microsoft does not know this account here"
BLOCKED = "Your organisation's rules blocked this sign-in"
DEVICE = "Your organisation wants a managed device or an approved app"
APPROVAL = "An administrator must approve this app first"
PROOF = "A second proof is needed"
SCOPE = "A permission is missing or wrong"
SECRET = "A client secret was sent that is wrong, expired or not wanted"
NEVER, USER, BACKOFF = Retry.NEVER, Retry.USER, Retry.BACKOFF

ROWS: tuple[tuple[int, str, tuple[int, ...], str, Retry], ...] = (
    (63, "invalid_grant", (50126,), "Wrong user name or password", USER),
    (64, "invalid_grant", (50034, 50020), UNKNOWN, USER),
    (65, "invalid_grant", (50053,), "The account is locked for now", USER),
    (66, "invalid_grant", (50055, 50057), "The password has expired or the account is disabled", USER),
    (67, "interaction_required", (50072, 50074, 50076, 50079, 50078), PROOF, USER),
    (68, "invalid_grant", (50097, 53000, 53001, 53002), DEVICE, NEVER),
    (69, "access_denied", (53003, 530032, 530035, 50131, 50158), BLOCKED, USER),
    (70, "invalid_grant", (50105,), "You are not on the list for this app", NEVER),
    (71, "invalid_grant", (65001, 90094, 90095), APPROVAL, NEVER),
    (72, "access_denied", (65004,), "The sign-in was cancelled", USER),
    (73, "unauthorized_client", (700016,), "The app id or the organisation is unknown there", NEVER),
    (73, "invalid_request", (90002, 500011), "The app id or the organisation is unknown there", NEVER),
    (74, "unauthorized_client", (7000112,), "The app registration was switched off", NEVER),
    (75, "invalid_client", (7000218,), "The app registration does not allow public clients", NEVER),
    (76, "invalid_client", (7000215, 7000222, 700025), SECRET, NEVER),
    (77, "invalid_request", (50011, 500113), "The way back from the browser is not registered", NEVER),
    (78, "invalid_request", (50194,), "The app is for one organisation only", NEVER),
    (79, "invalid_request", (9002331, 9002332), "The app takes the other kind of account", NEVER),
    (80, "invalid_scope", (70011, 65006), SCOPE, NEVER),
    (80, "invalid_client", (650052, 650053, 650054, 650055, 650056, 650057, 28000), SCOPE, NEVER),
    (81, "invalid_grant", (70008, 700082, 70000, 70043, 50173, 50089), LAPSED, USER),
    (82, "invalid_grant", (54005,), "The code was used twice", USER),
    (83, "authorization_pending", (70016,), NO_CODE, USER),
    (83, "expired_token", (70019, 70020), NO_CODE, USER),
    (83, "bad_verification_code", (70018,), NO_CODE, USER),
    (84, "temporarily_unavailable", (90033,), BUSY, BACKOFF),
    (84, "invalid_request", (90006, 90055), BUSY, BACKOFF),
    (84, "invalid_grant", (70012, 50196), BUSY, BACKOFF),
    (85, "invalid_request", (90038, 50059), "The account lives in another cloud", NEVER),
)
"""Row of the collected errors, `error`, the numbers that come with it, title, and what is done by itself."""

BY_NAME = (
    ("interaction_required", PROOF),
    ("consent_required", APPROVAL),
    ("access_denied", "The sign-in was cancelled"),
    ("unauthorized_client", "The app id or the organisation is unknown there"),
    ("invalid_client", "The app registration does not allow public clients"),
    ("invalid_scope", SCOPE),
    ("invalid_grant", LAPSED),
    ("temporarily_unavailable", BUSY),
    ("server_error", BUSY),
)
"""Errors without a number, as other services send them."""


def said(identity: IdentityServer, failure: Failure) -> MailError:
    """What becomes of an answer to a refresh."""
    identity.failures.append(failure)
    return refused(lambda: oauth.refresh(identity.identity(), Secret("x")))


def kind(title: str) -> type[MailError]:
    """The class that goes with a title."""
    return {BUSY: Busy, APPROVAL: ConsentNeeded}.get(title, SignInNeeded)


@pytest.mark.parametrize(
    ("error", "number", "title", "retry"),
    [
        pytest.param(error, number, title, retry, id=f"{row}-{number}")
        for row, error, numbers, title, retry in ROWS
        for number in numbers
    ],
)
def test_a_number(identity: IdentityServer, error: str, number: int, title: str, retry: Retry) -> None:
    found = said(identity, Failure(400, error, (number,), text="Words in any language."))

    assert type(found) is kind(title)
    assert found.what == f"{title}."
    assert next(rule.fix for rule in rules() if rule.title == title) in found.hint or title == BUSY
    assert found.detail == f"AADSTS{number}: Words in any language."
    assert found.retry is retry


def test_every_row_is_here() -> None:
    assert {row for row, *_ in ROWS} == {*range(63, 86)}


@pytest.mark.parametrize(("error", "title"), BY_NAME)
def test_a_name_without_number(identity: IdentityServer, error: str, title: str) -> None:
    found = said(identity, Failure(400, error))

    assert type(found) is kind(title)
    assert found.what == f"{title}."


def test_the_number_is_mightier_than_the_name(identity: IdentityServer) -> None:
    assert said(identity, Failure(400, "invalid_grant", (50076,))).what == f"{PROOF}."


def test_sentences_decide_nothing(identity: IdentityServer) -> None:
    body = {
        "error": "invalid_grant",
        "error_codes": [50076],
        "error_description": "AADSTS90033: temporarily_unavailable",
    }
    found = said(identity, Failure(400, body=json.dumps(body).encode()))

    assert type(found) is SignInNeeded
    assert found.what == f"{PROOF}."


def test_an_error_without_a_sentence(identity: IdentityServer) -> None:
    assert said(identity, Failure(400, body=b'{"error": "invalid_grant"}')).detail == "invalid_grant"


def test_an_error_that_no_row_knows_is_for_the_person(identity: IdentityServer) -> None:
    assert said(identity, Failure(400, "strange_error")).retry is USER


def test_numbers_that_nobody_knows(identity: IdentityServer) -> None:
    assert said(identity, Failure(400, "invalid_grant", (999999,))).what == f"{LAPSED}."
    found = said(identity, Failure(400, "strange_error", (999999,), "odd", text="Nobody knows."))

    assert type(found) is SignInNeeded
    assert found.what == "Microsoft did not accept the sign-in."
    assert found.detail == "AADSTS999999: Nobody knows. odd"


def test_a_wait_is_kept(identity: IdentityServer) -> None:
    found = said(identity, Failure(400, "temporarily_unavailable", (90033,), wait="12"))

    assert isinstance(found, Busy)
    assert found.wait == 12


@pytest.mark.parametrize("body", [b'{"error": 5}', b'{"error": {"code": 1}}', b'{"error": null}'])
def test_an_error_that_is_no_text(identity: IdentityServer, body: bytes) -> None:
    assert said(identity, Failure(400, body=body)).what.endswith("cannot be used.")


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "invalid_grant", "error_codes": "70008"}',
        b'{"error": "invalid_grant", "error_codes": [null, "x"]}',
        b'{"error": "invalid_grant", "error_description": ["x"], "suberror": 7}',
    ],
)
def test_odd_company_of_an_error(identity: IdentityServer, body: bytes) -> None:
    assert said(identity, Failure(400, body=body)).what == f"{LAPSED}."


def test_words_cannot_act_on_the_terminal(identity: IdentityServer) -> None:
    found = said(identity, Failure(400, "invalid_grant", text="a\x1b[31mb\x07" + "x" * 5000))

    assert "\x1b" not in found.detail
    assert len(found.detail) <= 310


def test_the_link_for_an_administrator(identity: IdentityServer) -> None:
    found = said(identity, Failure(400, "invalid_grant", (65001,), "consent_required"))

    assert isinstance(found, ConsentNeeded)
    assert found.link in found.hint
    assert found.link.startswith(f"{identity.base}/organizations/v2.0/adminconsent?client_id=")


@pytest.mark.parametrize(
    ("error", "title"),
    [
        ("invalid_client", "Google does not know this client id with this secret"),
        ("invalid_request", "Google does not know this client id with this secret"),
        ("invalid_grant", "The saved sign-in at Google has run out"),
        ("invalid_scope", "The app may not ask Google for mail"),
        ("admin_policy_enforced", "The organisation does not let this app in"),
        ("access_denied", "The sign-in was cancelled"),
    ],
)
def test_google_has_causes_of_its_own(identity: IdentityServer, error: str, title: str) -> None:
    body = b'{"error": "%s", "error_description": "Words."}' % error.encode()
    identity.failures.append(Failure(400, body=body))
    found = refused(lambda: oauth.refresh(google(identity), Secret("x")))

    assert type(found) is SignInNeeded
    assert found.what == f"{title}."
    assert found.detail == "Words."


def test_google_is_busy(identity: IdentityServer) -> None:
    identity.failures.append(Failure(503, body=b""))
    found = refused(lambda: oauth.refresh(google(identity), Secret("x")))

    assert isinstance(found, Busy)
    assert found.what == "Google's sign-in is busy."
