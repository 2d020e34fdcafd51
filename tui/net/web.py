"""Short answers over https: sign-in services, discovery documents.

TLS is the same as that of mail (`link.context`); http is never spoken, not after a redirect either. Size and
time of an answer have limits. Proxies come from the environment, as with every program that uses requests;
passwords of .netrc do not. No error holds an address, a form or a header, in which codes and tokens stand,
nor leads to one of requests' errors, which do.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from tui.model.error import Busy, Garbled, Offline, Untrusted
from tui.model.explain_rule import Retry
from tui.model.safe_text import safe_line
from tui.net.faults import translated
from tui.net.link import context
from tui.net.timed import TimedResponse

if TYPE_CHECKING:
    import requests

CONNECT = 10.0
SILENCE = 15.0
"""Seconds without a single octet."""
WHOLE = 30.0
"""Seconds for a whole answer."""
LARGEST = 1 << 18
"""Octets; the largest honest answer, a discovery document, has about 3,000."""
_REDIRECTS = 3
_PATIENCE = frozenset({408, 425, 429})
_LONGEST_WAIT = 3600.0
_AGENT = "outlook-tui"
_ADDRESS = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """A service's answer: status, body and the address it came from.

    `clock_ahead` is by how many seconds this computer's clock is ahead of the server's, 0 when it does not
    say; `wait` how many seconds it asks to wait (Retry-After), 0 when it names none.
    """

    status: int
    body: bytes
    url: str
    clock_ahead: float
    wait: float

    @property
    def host(self) -> str:
        """The server's name."""
        return urlsplit(self.url).hostname or ""

    @property
    def busy(self) -> bool:
        """Whether it is no answer, but a service that asks for patience or is broken for now."""
        return self.status in _PATIENCE or self.status >= 500

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Garbled when it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise _garbled(
                self.host, f"status {self.status}, {len(self.body)} octets that are no JSON object"
            )
        return found


class Web:
    """A few requests to one or two servers; to be closed. Used by one thread.

    `ca_file` names further authorities, as an account does.
    """

    def __init__(self, ca_file: str = "") -> None:
        self._session = _session(context(ca_file))

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def get(self, url: str, doing: str) -> Answer:
        """What stands at an https address, after at most three redirects; `doing` completes "while …".

        Raises Offline, Untrusted, Busy, Garbled, Cancelled.
        """
        for _ in range(_REDIRECTS + 1):
            answer, location = self._ask("GET", url, None, doing)
            if answer.busy:
                raise _busy(answer)
            if not location:
                return answer
            url = location
        raise _garbled(urlsplit(url).hostname or "", "too many redirects")

    def post(self, url: str, form: Mapping[str, str], doing: str) -> Answer:
        """Send a form to an https address. A redirect is not followed: a form is for the one it is for.

        Raises as `get` does, but for Busy: such an answer may have something to say, see `Answer.busy`.
        """
        answer, location = self._ask("POST", url, form, doing)
        if location:
            raise _garbled(answer.host, f"status {answer.status}: the form was sent elsewhere")
        return answer

    def _ask(self, method: str, url: str, form: Mapping[str, str] | None, doing: str) -> tuple[Answer, str]:
        """One request; the answer, and the address that it sends on to, or ""."""
        host = _host(url)
        with translated(doing, host):
            found = self._tried(method, url, form, host)
            if isinstance(found, Exception):  # not inside the handler: it would lead to requests' error
                raise found
        return found

    def _tried(
        self, method: str, url: str, form: Mapping[str, str] | None, host: str
    ) -> tuple[Answer, str] | Exception:
        """As `_ask`, but errors of requests and urllib3 come back as what they are made from."""
        import requests
        import urllib3

        limits = (CONNECT, SILENCE)
        try:
            with self._session.request(
                method, url, data=form, timeout=limits, allow_redirects=False, stream=True
            ) as response:
                return _read(response, url)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            return _root(error, host)


def _read(response: requests.Response, url: str) -> tuple[Answer, str]:
    body = _body(response)
    date = _seconds(response.headers.get("Date", ""))
    wait = _wait(response.headers.get("Retry-After", ""), date)
    answer = Answer(response.status_code, body, url, time.time() - date if date else 0.0, wait)
    location = response.headers.get("Location", "") if 300 <= answer.status < 400 else ""
    return answer, location and urljoin(url, location)


def _busy(answer: Answer) -> Busy:
    error = Busy(
        f"{answer.host} is too busy to answer.",
        "Wait: it is tried again by itself.",
        detail=f"HTTP status {answer.status}",
        wait=answer.wait,
    )
    error.retry = Retry.BACKOFF
    return error


def _session(tls: ssl.SSLContext) -> requests.Session:
    """A session that knows https only, with our own TLS."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPSConnectionPool

    class Connection(HTTPSConnection):
        response_class = _Response

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    class Secure(HTTPAdapter):
        """What requests documents to be replaced for a TLS context of one's own. `verify`, in which the
        environment may have named another list of authorities, is not looked at."""

        def init_poolmanager(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - as in requests
            super().init_poolmanager(*args, **more, ssl_context=tls)
            self.poolmanager.pool_classes_by_scheme = {"https": Pool}

        def proxy_manager_for(self, proxy: str, **more: Any) -> Any:  # noqa: ANN401 - as in requests
            made = super().proxy_manager_for(proxy, **more, ssl_context=tls, proxy_ssl_context=tls)
            made.pool_classes_by_scheme = {"https": Pool}
            return made

        def build_connection_pool_key_attributes(
            self,
            request: requests.PreparedRequest,
            verify: object,
            cert: Any = None,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            return super().build_connection_pool_key_attributes(request, True, cert)

        def cert_verify(self, *args: object) -> None:
            """Nothing: the context verifies."""

    made = requests.Session()
    made.adapters.clear()
    made.mount("https://", Secure())
    made.auth = _no_auth
    made.headers.update({"User-Agent": _AGENT, "Accept-Encoding": "identity"})
    return made


class _Response(TimedResponse):
    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - as in http.client
        super().__init__(WHOLE, *args, **more)


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from looking for a password in .netrc."""
    return request


def is_https(url: object) -> bool:
    """Whether it is an https address with a host, without user name and password, in printable ASCII."""
    if not isinstance(url, str) or not _ADDRESS.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not (parts.username or parts.password)


def _host(url: str) -> str:
    """The host of an https address. Raises Untrusted for any other, and does not repeat it."""
    if not is_https(url):
        raise Untrusted(
            "An address does not begin with https, or is none: it is not asked.",
            "Services are asked by https only, and never with a password in their address.",
        )
    return urlsplit(url).hostname or ""


def _body(response: requests.Response) -> bytes:
    """The octets as sent, and no more than have a place."""
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read1(1 << 14, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise _garbled(urlsplit(response.url).hostname or "", f"more than {LARGEST} octets")
    return b"".join(parts)


def _root(error: Exception, host: str) -> Exception:
    """The operating system's or OpenSSL's error at the bottom of one of requests'; a MailError where none."""
    import requests
    import urllib3

    foreign = (requests.RequestException, urllib3.exceptions.HTTPError)
    by_proxy = (
        requests.exceptions.ProxyError,
        requests.exceptions.InvalidProxyURL,
        requests.exceptions.InvalidSchema,  # only https comes this far, so it is the proxy's that is unknown
        urllib3.exceptions.ProxyError,
        urllib3.exceptions.ProxySchemeUnknown,
    )
    seen: list[BaseException] = [error]
    for each in seen:
        inner = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        seen += [one for one in inner if isinstance(one, BaseException) and one not in seen]
    root = next((each for each in seen if isinstance(each, OSError) and not isinstance(each, foreign)), None)
    if any(isinstance(each, by_proxy) for each in seen):
        return _no_proxy(host, str(root or type(error).__name__))
    if root is None:
        timed_out = any(isinstance(each, urllib3.exceptions.TimeoutError) for each in seen)
        return TimeoutError("timed out") if timed_out else _garbled(host, type(error).__name__)
    root.__cause__ = root.__context__ = None
    return root.with_traceback(None)


def _no_proxy(host: str, detail: str) -> Offline:
    error = Offline(
        f"The proxy on the way to {host} could not be used.",
        "Check HTTPS_PROXY and NO_PROXY of the environment, or the network.",
        detail=safe_line(detail, 200),
    )
    error.retry = Retry.BACKOFF
    return error


def _garbled(host: str, detail: str) -> Garbled:
    return Garbled(
        f"{host} gave an answer that cannot be used.",
        "Something between here and the service may have answered instead of it: check network and proxy.",
        detail=detail,
    )


def _seconds(date: str) -> float:
    """The Unix time of an HTTP date (RFC 9110 5.6.7), 0 when it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, IndexError):
        return 0.0


def _wait(text: str, now: float) -> float:
    """The seconds of a Retry-After (RFC 9110 10.2.3): a number, or a date by the server's clock."""
    seconds = float(text) if text.isascii() and text.isdigit() else _seconds(text) - (now or time.time())
    return min(max(0.0, seconds), _LONGEST_WAIT)
