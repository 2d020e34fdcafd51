"""One client for every sign-in service: msal's OpenID Connect client over our own https.

msal makes PKCE (RFC 7636), state and nonce and knows the grants; the endpoints, the transport and the reading
of answers are ours. What msal is given has been checked here, for it trusts the form of answers and writes
those it cannot read into the log.

Of the id_token (OpenID Connect Core 3.1.3.7) nonce and audience are checked, so that nobody can slip us the
answer to another sign-in. Its signature need not be, since it came from the token endpoint by TLS; `iat` and
`exp` are not, since a wrong clock here would lock people out although the token works. The access token is
opaque.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tui.model.error import BadConfig, Garbled, MailError, SignInNeeded
from tui.model.issuer import ISSUERS, Identity
from tui.model.safe_text import safe_line
from tui.model.secret import Secret
from tui.net.oauth_errors import busy, refused, said
from tui.net.web import Answer, Web, is_https

_DOING = "signing in"
_DISCOVERY = ("/v2.0/.well-known/openid-configuration", "/.well-known/openid-configuration")
_ENDPOINTS = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "device_authorization_endpoint": "devicecode",
}
_TEXTS = (
    "error", "access_token", "refresh_token", "scope", "id_token", "token_type", "device_code", "user_code",
    "verification_uri", "message",
)  # fmt: skip
_SECRETS = ("refresh_token", "code", "code_verifier", "device_code", "client_secret")
_TOKEN = re.compile(r"[\x21-\x7e]+")
"""VSCHAR without the blank (RFC 6749 A.12): nothing that could end a field of a SASL exchange."""
_USUAL_LIFE = 3600
_USUAL = {"expires_in": _USUAL_LIFE, "interval": 5}
"""Seconds where a service names none that can be understood (RFC 8628 3.2 for the interval)."""
_LONGEST_LIFE = 7 * 86400


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in or a refresh gave. `refresh_token` is the newest: a refresh that returns none keeps the
    one it was given; None where the service gives none at all. `expires` and `obtained` are Unix times.

    `username` and `tenant` are what the id_token says, "" when nothing: hints, not proofs. `clock_ahead` is
    by how many seconds this computer's clock is ahead of the service's.
    """

    refresh_token: Secret | None
    access_token: Secret
    expires: float
    obtained: float
    scopes: tuple[str, ...]
    username: str
    tenant: str
    clock_ahead: float = 0.0


class Service:
    """An identity service as one client sees it; made anew for each sign-in or refresh.

    `client` is msal's. Raises BadConfig for an identity without client id, and as `Web` does where the
    endpoints must be asked for.
    """

    def __init__(self, identity: Identity, web: Web) -> None:
        from msal.oauth2cli.oidc import Client

        make: Any = Client  # msal has no types
        if not identity.client_id:
            raise BadConfig(
                f"No client id is known for {identity.issuer.title}.",
                "Set client_id of the account, or OUTLOOK_TUI_CLIENT_ID; account login shows how to get one.",
            )
        self.identity = identity
        self.clock_ahead = 0.0
        self._wait = 0.0
        self._web = web
        secret = None if identity.issuer.public else identity.client_secret
        self.client: Any = make(
            _endpoints(identity, web),
            identity.client_id,
            http_client=self,
            default_body={"client_secret": secret.reveal()} if secret else None,
        )

    def post(self, url: str, *, data: Mapping[str, str], **_: object) -> _Reply:
        """Send a form for msal; it gets only answers whose form is right."""
        answer = self._web.post(url, data, _DOING)
        self.clock_ahead, self._wait = answer.clock_ahead, answer.wait
        if answer.busy:
            raise busy(self.identity, _words_of(answer, data), answer.wait)
        found = _checked(answer.json(), answer.host)
        if "error" in found:
            found["error_description"] = _without_secrets(found.get("error_description"), data)
        return _Reply(answer.status, json.dumps(found))

    def refused(self, answer: Mapping[str, Any], address: str = "") -> MailError:
        """The error that an answer with `error` is (see `oauth_errors.refused`)."""
        return refused(answer, self.identity, address=address, clock_ahead=self.clock_ahead, wait=self._wait)

    def grant(self, result: Mapping[str, Any], kept: Secret | None = None, address: str = "") -> Grant:
        """The grant in a token endpoint's answer; `kept` is the refresh token that was used, if one was.

        Raises SignInNeeded and Busy for errors, Garbled for answers without token.
        """
        if "error" in result:
            raise self.refused(result, address)
        access, renewed = result.get("access_token", ""), result.get("refresh_token", "")
        if not _TOKEN.fullmatch(access) or not (renewed == "" or _TOKEN.fullmatch(renewed)):
            raise _garbled(self.identity.authority, "an answer without a usable token")
        claims = result.get("id_token_claims", {})
        if kept is None:
            self._check(result, claims)
        now = time.time()
        return Grant(
            Secret(renewed) if renewed else kept,
            Secret(access),
            now + result.get("expires_in", _USUAL_LIFE),
            now,
            tuple(result.get("scope", "").split()) or self.identity.scopes,
            _said(claims, "preferred_username") or _said(claims, "email"),
            _said(claims, "tid"),
            self.clock_ahead,
        )

    def _check(self, result: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
        """Whether a sign-in is for us, and whether all that was asked for has been given.

        Google lets people untick single permissions; Microsoft gives all or none, and does not always call
        them by the names they were asked for.
        """
        client_id = self.identity.client_id.casefold()  # Microsoft's are hexadecimal, in any case
        audience = claims.get("aud", client_id)
        if client_id not in (str(one).casefold() for one in _as_list(audience)):
            raise SignInNeeded(
                "The answer of the sign-in service was made out to another program.", "Start it again."
            )
        given = result.get("scope", "").split()
        needed = [one for one in self.identity.scopes if one not in self.identity.issuer.always]
        missing = [scope for scope in needed if scope not in given]
        if given and missing and not self.identity.issuer.public:
            raise SignInNeeded(
                "The sign-in does not have every permission that mail needs.",
                "Sign in again, and leave every box on the page ticked.",
                detail=safe_line(f"not granted: {' '.join(missing)}", 300),
            )


@dataclass(frozen=True, slots=True, repr=False)
class _Reply:
    """As much of an HTTP response as msal looks at."""

    status_code: int
    text: str

    def raise_for_status(self) -> None:
        """Nothing: a broken service has become Busy before."""


def _endpoints(identity: Identity, web: Web) -> dict[str, str]:
    """Known services' endpoints without a request; others are asked for their discovery document
    (OpenID Connect Discovery 4, RFC 8414)."""
    issuer = identity.issuer
    host = urlsplit(identity.authority).netloc.lower()
    if issuer.authorize and host == urlsplit(issuer.authority).netloc:
        return {"authorization_endpoint": issuer.authorize, "token_endpoint": issuer.token}
    if host in {urlsplit(known.authority).netloc for known in ISSUERS if not known.authorize}:
        base = f"{identity.authority}/oauth2/v2.0"
        return {name: f"{base}/{last}" for name, last in _ENDPOINTS.items()}
    for path in _DISCOVERY:
        answer = web.get(f"{identity.authority}{path}", _DOING)
        if answer.status == 200:
            return _secure(answer.json(), answer.host)
    raise BadConfig(
        f"{identity.authority} is no sign-in service that can be used.",
        "Set authority of the account to a tenant, or to the address of an OpenID Connect service.",
        detail=f"HTTP status {answer.status} for its discovery document",
    )


def _secure(document: Mapping[str, Any], host: str) -> dict[str, str]:
    """The endpoints of a discovery document; every one must be an https address."""
    found = {name: document[name] for name in _ENDPOINTS if name in document}
    if not {"authorization_endpoint", "token_endpoint"} <= set(found):
        raise _garbled(f"https://{host}", "a discovery document without endpoints")
    for url in found.values():
        if not is_https(url):
            raise _garbled(f"https://{host}", "an endpoint whose address does not begin with https")
    return found


def _checked(answer: dict[str, Any], host: str) -> dict[str, Any]:
    """The answer with texts where texts belong and numbers where numbers do. Raises Garbled.

    An id_token that cannot be read is left out: it is a hint, and must not cost a fresh refresh token.
    """
    for name, usual in _USUAL.items():
        if name in answer:
            answer[name] = _seconds(answer[name], usual)
    if any(not isinstance(answer[name], str) for name in _TEXTS if name in answer):
        raise _garbled(f"https://{host}", "an answer with fields of a wrong kind")
    if not _claims(answer.get("id_token", "")):
        answer.pop("id_token", None)
    return answer


def _seconds(value: object, usual: int) -> int:
    """Whole seconds, also from a text as old services send; `usual` for what is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    return int(min(value, _LONGEST_LIFE)) if isinstance(value, int | float) and value >= 0 else usual


def _claims(id_token: str) -> dict[str, Any]:
    """What an id_token says, {} when it cannot be read."""
    part = id_token.partition(".")[2].partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return safe_line(value, 320) if isinstance(value, str) else ""


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _words_of(answer: Answer, sent: Mapping[str, str]) -> str:
    """What a service without time says: Microsoft's JSON if it is that, and else only the status."""
    try:
        words = said(answer.json())
    except Garbled:
        words = ""
    return _without_secrets(words, sent) or f"HTTP status {answer.status}"


def _without_secrets(text: object, sent: Mapping[str, str]) -> str:
    """A service's words without what was sent to it, in case it repeats that."""
    text = text if isinstance(text, str) else ""
    for name in _SECRETS:
        if secret := sent.get(name):
            text = text.replace(secret, "…")
    return text


def _garbled(authority: str, detail: str) -> Garbled:
    return Garbled(
        f"The sign-in service ({urlsplit(authority).hostname}) gave an answer that cannot be used.",
        "Check authority and network of the account; it is tried again.",
        detail=detail,
    )
