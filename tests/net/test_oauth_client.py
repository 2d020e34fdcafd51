"""Where a sign-in service is found, and what is made of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.net.signing_in import ADDRESS, GOOGLE, browse, refused
from tests.servers.identity import Failure, IdentityServer
from tui.model.error import BadConfig, Busy, Garbled, MailError
from tui.model.issuer import ISSUERS, Identity, by_issuer
from tui.model.secret import Secret
from tui.net import oauth
from tui.net.oauth_client import Service
from tui.net.web import Web


def endpoints(asked: Identity, client: Web) -> Mapping[str, str]:
    """The endpoints of an identity service."""
    found: Mapping[str, str] = Service(asked, client).client.configuration
    return found


@pytest.mark.parametrize("issuer", [one for one in ISSUERS if not one.authorize], ids=lambda one: one.name)
def test_known_services_are_not_asked(identity: IdentityServer, client: Web, issuer: Any) -> None:
    authority = f"{issuer.authority}/{issuer.tenant}"
    found = endpoints(replace(identity.identity(), issuer=issuer, authority=authority), client)

    assert found == {
        "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
        "token_endpoint": f"{authority}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
    }


def test_an_authority_of_another_cloud(identity: IdentityServer, client: Web) -> None:
    cloud = by_issuer("microsoft-us")
    assert cloud
    found = endpoints(replace(identity.identity(), authority=f"{cloud.authority}/contoso.example"), client)

    assert found["token_endpoint"] == f"{cloud.authority}/contoso.example/oauth2/v2.0/token"


def test_google_has_fixed_addresses(identity: IdentityServer, client: Web) -> None:
    found = endpoints(replace(identity.identity(), issuer=GOOGLE, authority=GOOGLE.authority), client)

    assert found == {"authorization_endpoint": GOOGLE.authorize, "token_endpoint": GOOGLE.token}


def test_another_service_in_place_of_google_is_asked(identity: IdentityServer, client: Web) -> None:
    found = endpoints(replace(identity.identity(), issuer=GOOGLE), client)

    assert found["token_endpoint"] == f"{identity.authority}/oauth2/v2.0/token"


def test_others_are_asked(identity: IdentityServer, client: Web) -> None:
    found = endpoints(identity.identity(), client)

    assert found["token_endpoint"] == f"{identity.authority}/oauth2/v2.0/token"
    assert identity.asked["openid-configuration"] == 1


def test_the_usual_place_comes_second(identity: IdentityServer) -> None:
    identity.second_place = True

    assert browse(identity).username == ADDRESS
    assert identity.asked["openid-configuration"] == 2


@pytest.mark.parametrize("body", [b"{}", b'{"token_endpoint": "https://localhost/"}', b"[]"])
def test_a_document_without_endpoints(identity: IdentityServer, client: Web, body: bytes) -> None:
    identity.discovery_failures = [Failure(200, body=body)]

    assert isinstance(refused(lambda: endpoints(identity.identity(), client)), Garbled)


def test_an_address_that_is_no_service(identity: IdentityServer, client: Web) -> None:
    identity.second_place = True
    asked = replace(identity.identity(), authority=f"{identity.base}/nowhere/v2.0")
    error = refused(lambda: endpoints(asked, client))

    assert isinstance(error, BadConfig)
    assert "404" in error.detail


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "device_authorization_endpoint"]
)
@pytest.mark.parametrize(
    "url", ["http://localhost/", "https://", "", "https://user@localhost/", "https://a b/", 5]
)
def test_an_endpoint_without_encryption(identity: IdentityServer, client: Web, name: str, url: Any) -> None:
    identity.discovery = {name: url}

    assert isinstance(refused(lambda: endpoints(identity.identity(), client)), Garbled)
    assert not identity.forms


def answered(identity: IdentityServer, **changes: object) -> oauth.Grant:
    """The grant of a refresh that is answered so."""
    body = json.dumps({"access_token": "a-token", "token_type": "Bearer", **changes}).encode()
    identity.failures.append(Failure(200, body=body))
    return oauth.refresh(identity.identity(), Secret("old"))


def error_of(identity: IdentityServer, **changes: object) -> MailError:
    """The error of such a refresh."""
    return refused(lambda: answered(identity, **changes))


def test_the_least_answer(identity: IdentityServer) -> None:
    grant = answered(identity)

    assert grant.access_token == Secret("a-token")
    assert grant.refresh_token == Secret("old")
    assert grant.scopes == identity.identity().scopes
    assert (grant.username, grant.tenant) == ("", "")
    assert grant.expires - grant.obtained == 3600


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3599, 3599),
        ("3599", 3599),
        (12.9, 12),
        (0, 0),
        (10**30, 604800),
        (-1, 3600),
        ("x", 3600),
        ("²", 3600),
        (None, 3600),
    ],
)
def test_seconds(identity: IdentityServer, value: object, seconds: int) -> None:
    grant = answered(identity, expires_in=value)

    assert grant.expires - grant.obtained == pytest.approx(seconds)


@pytest.mark.parametrize("token", ["", "a b", "a\x01auth=Bearer b", "a\r\nb", "a\x00", "é", None, 5, ["a"]])
def test_a_token_that_could_break_out_of_its_field(identity: IdentityServer, token: object) -> None:
    assert isinstance(error_of(identity, access_token=token), Garbled)
    if token != "":
        assert isinstance(error_of(identity, refresh_token=token), Garbled)


@pytest.mark.parametrize("scope", [5, ["a"], None])
def test_scopes_that_are_no_text(identity: IdentityServer, scope: object) -> None:
    assert isinstance(error_of(identity, scope=scope), Garbled)


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.!!!.c", "a.WzFd.c", "a.eyJ.c", "a." + "W" * 40_000])
def test_an_id_token_that_cannot_be_read_costs_nothing(identity: IdentityServer, token: str) -> None:
    grant = answered(identity, id_token=token, refresh_token="new")

    assert grant.refresh_token == Secret("new")
    assert grant.username == ""


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("a.eyJhIjoxfQ.c"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["access_token", "refresh_token", "expires_in", "scope", "id_token", "error", "error_codes",
     "error_description", "suberror", "token_type"]
)  # fmt: skip


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=st.dictionaries(NAMES, ANY_JSON), status=st.sampled_from([200, 400, 503]))
def test_any_answer(identity: IdentityServer, answer: dict[str, object], status: int) -> None:
    """A grant or an error of ours, whatever the service says."""
    identity.failures = [Failure(status, body=json.dumps(answer).encode())]
    try:
        grant = oauth.refresh(identity.identity(), Secret("old"))
    except MailError as error:
        assert error.what
    else:
        assert grant.access_token.reveal().isascii()


def test_a_name_cannot_act_on_the_terminal(identity: IdentityServer) -> None:
    identity.claims = {"preferred_username": "you\x1b[31m@example.org\r\n", "tid": 5}
    grant = oauth.refresh(identity.identity(), identity.grant())

    assert "\x1b" not in grant.username
    assert "\n" not in grant.username
    assert grant.tenant == ""


def test_email_is_only_the_second_choice(identity: IdentityServer) -> None:
    """Whoever owns a tenant can write any `email` into its tokens."""
    identity.claims = {"email": "somebody@else.example"}

    assert oauth.refresh(identity.identity(), identity.grant()).username == ADDRESS


def test_google_says_the_name_as_email(identity: IdentityServer) -> None:
    identity.claims = {"preferred_username": None, "email": "you@gmail.example"}

    assert oauth.refresh(identity.identity(), identity.grant()).username == "you@gmail.example"


def test_an_access_token_is_not_looked_into(identity: IdentityServer) -> None:
    """Personal accounts have tokens that are no JSON web tokens."""
    assert answered(identity, access_token="EwB4A8l6BAAU!*$").access_token == Secret("EwB4A8l6BAAU!*$")


def test_a_busy_service_of_discovery(identity: IdentityServer) -> None:
    identity.discovery_failures = [Failure(503, body=b"", wait="9")]
    error = refused(lambda: oauth.refresh(identity.identity(), Secret("x")))

    assert isinstance(error, Busy)
    assert error.wait == 9
