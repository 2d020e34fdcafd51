"""An identity service on loopback: OpenID discovery, sign-in page, device codes, tokens, introspection.

It speaks https with the tests' certificates and answers as Microsoft's does, errors included; introspection
(RFC 7662), which Dovecot asks, is plain http on a port of its own.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import secrets
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import TracebackType
from typing import Any

from tests.servers.browsing import sent_on_to, visit
from tests.servers.certificates import Certificates
from tests.servers.identity_http import Listener, Page
from tui.model.issuer import ISSUERS, Identity
from tui.model.secret import Secret

TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
CLIENT_ID = "00001111-aaaa-2222-bbbb-3333cccc4444"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_counter = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Failure:
    """One wrong answer: a status, and either Microsoft's JSON for `error` and `codes`, or `body` as it is.

    `wait` becomes a Retry-After header, `location` a Location header; `delay` seconds pass before it.
    """

    status: int = 400
    error: str = ""
    codes: tuple[int, ...] = ()
    suberror: str = ""
    text: str = ""
    body: bytes | None = None
    wait: str = ""
    location: str = ""
    delay: float = 0.0

    def answer(self) -> bytes:
        """The octets of the body."""
        return error_body(self) if self.body is None else self.body


def error_body(failure: Failure) -> bytes:
    """Microsoft's JSON of an error: number and sentence in error_description, the numbers in error_codes."""
    number = f"AADSTS{failure.codes[0]}: " if failure.codes else ""
    ids = "\r\nTrace ID: 0000\r\nCorrelation ID: 1111\r\nTimestamp: 2026-11-23 10:00:00Z"
    answer: dict[str, Any] = {
        "error": failure.error,
        "error_description": f"{number}{failure.text or 'Something went wrong.'}{ids}",
        "error_codes": list(failure.codes),
        "timestamp": "2026-11-23 10:00:00Z",
        "trace_id": "0000",
        "correlation_id": "1111",
        "error_uri": "https://login.microsoftonline.com/error",
    }
    if failure.suberror:
        answer["suberror"] = failure.suberror
    return json.dumps(answer).encode()


@dataclass
class _Flow:
    """A sign-in under way or done: what was asked for, and by whom it was approved."""

    user: str
    client_id: str
    scope: str
    redirect_uri: str = ""
    challenge: str = ""
    nonce: str = ""
    spent: bool = False


@dataclass
class _Access:
    user: str
    until: float


@dataclass
class IdentityServer:
    """Switches may be set at any time; `asked` counts requests by endpoint and grant, `forms` keeps them.

    `user` is who approves. `decline` makes the person press Cancel. `pending` are the errors that device
    polling is answered with before the approval. `failures` are answers that the token endpoint gives first,
    `page_failures` those of /devicecode. `strict` kills an old refresh token when a new one is given;
    without `rotate` a refresh gives none. `clock_ahead` puts the server's clock forward by seconds, `delay`
    makes the token endpoint slow. `discovery` replaces entries of the discovery document, which with
    `second_place` stands where others than Microsoft have it.
    """

    certs: Certificates
    user: str = "you@example.org"
    client_id: str = CLIENT_ID
    client_secret: str = ""
    lifetime: int = 3600
    interval: int = 1
    device_life: int = 900
    strict: bool = False
    rotate: bool = True
    decline: bool = False
    wrong_nonce: bool = False
    wrong_state: bool = False
    audience: str = ""
    clock_ahead: float = 0.0
    delay: float = 0.0
    granted: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    page_failures: list[Failure] = field(default_factory=list)
    discovery: dict[str, str] = field(default_factory=dict)
    discovery_failures: list[Failure] = field(default_factory=list)
    second_place: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    forms: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    poll_times: list[float] = field(default_factory=list)
    _refresh: dict[str, _Flow] = field(default_factory=dict)
    _access: dict[str, _Access] = field(default_factory=dict)
    _codes: dict[str, _Flow] = field(default_factory=dict)
    _devices: dict[str, _Flow] = field(default_factory=dict)
    _browsers: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._secure = Listener(self, self.certs.server_context())
        self._plain = Listener(self, None)
        self.port = self._secure.server_port

    def reset(self) -> None:
        """Forget all tokens and set every switch as it was at first."""
        for one in fields(self):
            if one.name not in ("certs", "_browsers"):
                first = one.default if one.default_factory is MISSING else one.default_factory()
                setattr(self, one.name, first)

    def __enter__(self) -> IdentityServer:
        for listener in (self._secure, self._plain):
            listener.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.settle()
        for listener in (self._secure, self._plain):
            listener.end()

    @property
    def base(self) -> str:
        """Its address without a tenant."""
        return f"https://localhost:{self.port}"

    @property
    def authority(self) -> str:
        """What an account's `authority` is to be."""
        return f"{self.base}/common"

    @property
    def introspect(self) -> str:
        """The address that Dovecot asks."""
        return f"http://127.0.0.1:{self._plain.server_port}/introspect"

    def identity(self, **changes: Any) -> Identity:
        """What a client has to know of it: Microsoft's permissions, asked of this server."""
        scopes = (ISSUERS[0].imap, ISSUERS[0].smtp, *ISSUERS[0].always)
        known = {"client_id": self.client_id, "scopes": scopes, "ca_file": str(self.certs.ca), **changes}
        return Identity(ISSUERS[0], self.authority, **known)

    def grant(self, user: str = "") -> Secret:
        """A good refresh token, as if somebody had signed in before."""
        flow = _Flow(user or self.user, self.client_id, "openid offline_access")
        with self._lock:
            return Secret(self._new_refresh(flow))

    def revoke(self) -> None:
        """End every sign-in: all tokens are dead."""
        with self._lock:
            self._refresh.clear()
            self._access.clear()

    def expire_access_tokens(self) -> None:
        """All access tokens given so far have run their time."""
        with self._lock:
            for access in self._access.values():
                access.until = 0.0

    def is_good(self, refresh_token: str) -> bool:
        """Whether a refresh with that token would succeed."""
        with self._lock:
            return refresh_token in self._refresh

    def secrets(self) -> set[str]:
        """Every token, code and verifier that is known here now; `revoke` forgets the tokens."""
        with self._lock:
            given = {*self._access, *self._refresh, *self._codes, *self._devices}
        return given | {form["code_verifier"] for form in self.forms if "code_verifier" in form}

    def approve(self, url: str) -> tuple[int, str]:
        """Be the person's browser: open `url` to the end. Status and text of the last page."""
        return visit(url, self.certs.ca)

    def where_it_ends(self, url: str) -> str:
        """The address that a browser stops at when nobody listens there: what the person would paste."""
        return sent_on_to(url, self.certs.ca)

    def open(self, url: str) -> bool:
        """Start a browser that approves, as `webbrowser.open` would."""
        browser = threading.Thread(target=self.approve, args=(url,), name="browser")
        self._browsers.append(browser)
        browser.start()
        return True

    def settle(self) -> None:
        """Wait until every browser that `open` started has seen its last page."""
        while self._browsers:
            self._browsers.pop().join(20)

    def now(self) -> float:
        """Its clock, as Unix time."""
        return time.time() + self.clock_ahead

    def page(self, path: str, query: Mapping[str, str]) -> Page:
        """The answer to a GET."""
        endpoint = path.rpartition("/")[2]
        self.asked[endpoint] += 1
        if endpoint == "openid-configuration":
            if self.discovery_failures:
                return self._fail(self.discovery_failures.pop(0))
            if self.second_place and "/v2.0/" in path:
                return 404, {}, b"not here"
            return 200, {}, json.dumps(self._document(path)).encode()
        if endpoint == "authorize":
            return self._authorize(query)
        return 404, {}, b"not here"

    def posted(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Page:
        """The answer to a POST."""
        endpoint = path.rpartition("/")[2]
        kind = form.get("grant_type", "").rpartition(":")[2]
        self.asked[f"{endpoint} {kind}".strip()] += 1
        if endpoint == "introspect":
            return 200, {}, self._introspect(form.get("token", ""))
        self.forms.append(dict(form))
        self.headers.append(dict(headers))
        queue = {"token": self.failures, "devicecode": self.page_failures}.get(endpoint)
        if queue is None:
            return 404, {}, b"not here"
        time.sleep(self.delay)
        if queue:
            return self._fail(queue.pop(0))
        if form.get("client_id") != self.client_id:
            return self._fail(Failure(400, "unauthorized_client", (700016,)))
        if (self.client_secret or None) != form.get("client_secret"):
            return self._fail(Failure(401, "invalid_client", (7000218,)))
        with self._lock:
            return self._device(form) if endpoint == "devicecode" else self._token(form)

    def _document(self, path: str) -> dict[str, str]:
        tenant = path.split("/")[1]
        base = f"{self.base}/{tenant}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            **self.discovery,
        }

    def _authorize(self, query: Mapping[str, str]) -> Page:
        back = query.get("redirect_uri", "")
        if query.get("client_id") != self.client_id or not re.fullmatch(r"http://localhost(:\d+)?/?", back):
            return 400, {}, b"AADSTS700016 or AADSTS50011: shown in the browser, nobody is sent back"
        state = "of-another-sign-in" if self.wrong_state else query.get("state", "")
        if self.decline:
            said = "AADSTS65004: User declined to consent to access the app."
            answer = {"error": "access_denied", "error_subcode": "cancel", "error_description": said}
        else:
            code = f"CODE-{next(_counter)}-{secrets.token_urlsafe(24)}"
            challenge = query.get("code_challenge", "")
            assert query.get("code_challenge_method") == "S256"
            assert query.get("response_type") == "code"
            flow = _Flow(self.user, self.client_id, query["scope"], back, challenge, query.get("nonce", ""))
            self._codes[code] = flow
            answer = {"code": code, "session_state": "0000"}
        sent = urllib.parse.urlencode({**answer, "state": state})
        return 302, {"Location": f"{back}{'' if back.endswith('/') else '/'}?{sent}"}, b""

    def _device(self, form: Mapping[str, str]) -> Page:
        code = f"DEVICE-{next(_counter)}-{secrets.token_urlsafe(24)}"
        self._devices[code] = _Flow(self.user, self.client_id, form.get("scope", ""))
        answer = {
            "device_code": code,
            "user_code": "ABCD1234",
            "verification_uri": f"{self.base}/common/deviceauth",
            "expires_in": self.device_life,
            "interval": self.interval,
            "message": "Open the page and type the code ABCD1234 to sign in.",
        }
        return 200, {}, json.dumps(answer).encode()

    def _token(self, form: Mapping[str, str]) -> Page:
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._by_code(form)
        if kind == _DEVICE_GRANT:
            return self._by_device(form)
        flow = self._refresh.get(form.get("refresh_token", ""))
        if kind != "refresh_token" or flow is None:
            return self._fail(Failure(400, "invalid_grant", (700082,), text="The refresh token has expired."))
        if self.strict:
            del self._refresh[form["refresh_token"]]
        return self._granted(flow, refresh=self.rotate)

    def _by_code(self, form: Mapping[str, str]) -> Page:
        flow = self._codes.get(form.get("code", ""))
        if flow is None or flow.spent:
            return self._fail(Failure(400, "invalid_grant", (54005,)))
        flow.spent = True
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != flow.challenge:
            return self._fail(Failure(400, "invalid_grant", (501481,), text="The code verifier is wrong."))
        if form.get("redirect_uri") != flow.redirect_uri:
            return self._fail(Failure(400, "invalid_grant", (500112,)))
        return self._granted(flow)

    def _by_device(self, form: Mapping[str, str]) -> Page:
        self.poll_times.append(time.monotonic())
        flow = self._devices.get(form.get("device_code", ""))
        if flow is None:
            return self._fail(Failure(400, "bad_verification_code", (70018,)))
        if self.pending:
            error = self.pending.pop(0)
            numbers = {"authorization_pending": (70016,), "expired_token": (70019,), "code_expired": (70020,)}
            return self._fail(Failure(400, error, numbers.get(error, ())))
        return self._granted(flow)

    def _granted(self, flow: _Flow, *, refresh: bool = True) -> Page:
        token = f"ACCESS-{next(_counter)}-{secrets.token_urlsafe(900)}"
        self._access[token] = _Access(flow.user, time.time() + self.lifetime)
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": self.granted or " ".join(s for s in flow.scope.split() if "/" in s),
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": token,
        }
        if refresh:
            answer["refresh_token"] = self._new_refresh(flow)
        if "openid" in flow.scope.split():
            answer["id_token"] = self._id_token(flow)
        return 200, {}, json.dumps(answer).encode()

    def _new_refresh(self, flow: _Flow) -> str:
        token = f"REFRESH-{next(_counter)}-{secrets.token_urlsafe(900)}"
        self._refresh[token] = flow
        return token

    def _id_token(self, flow: _Flow) -> str:
        now = int(self.now())
        claims = {
            "iss": f"{self.base}/{TENANT}/v2.0", "aud": self.audience or self.client_id, "tid": TENANT,
            "nonce": "of-another-sign-in" if self.wrong_nonce else flow.nonce, "iat": now, "nbf": now,
            "exp": now + 3600, "preferred_username": flow.user, "email": flow.user, **self.claims,
        }  # fmt: skip
        parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
        encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
        return ".".join([*encoded, "unsigned"])

    def _introspect(self, token: str) -> bytes:
        with self._lock:
            access = self._access.get(token)
            good = access is not None and access.until > time.time()
        answer = {"active": True, "username": access.user} if access and good else {"active": False}
        return json.dumps(answer).encode()

    def _fail(self, failure: Failure) -> Page:
        time.sleep(failure.delay)
        headers = {"Retry-After": failure.wait} if failure.wait else {}
        if failure.location:
            headers["Location"] = failure.location
        return failure.status, headers, failure.answer()
