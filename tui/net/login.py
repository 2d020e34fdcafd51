"""Sign-in by SASL: which mechanism, in which order, and what the client says in each.

Tokens: OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's and Microsoft's own). Passwords: SCRAM, CRAM-MD5
(RFC 2195), PLAIN (RFC 4616), LOGIN. Everything is said in steps, never in the command's own line: servers
limit that line, and Exchange's POP3 hangs up on it.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Collection, Generator, Iterator, Sequence

from tui.model.account import Auth, Login, Server
from tui.model.error import BadInput, MailError, Offline, Refused, SignInNeeded
from tui.model.explain import explain
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.net.argument import one_line
from tui.net.scram import DIGESTS, scram

MOST_STEPS = 6
TOKENS = ("OAUTHBEARER", "XOAUTH2")
CHALLENGED = (*DIGESTS, "CRAM-MD5")
TOLD = ("PLAIN", "LOGIN")
"""Mechanisms by strength: a token's, those in which the password stays here, those that tell it."""
_SHORTEST = 4
"""Characters; what is shorter stands in words of every kind."""
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_UNKNOWN = frozenset({"mechanism-unknown", "smtp-auth-mechanism"})

Dialogue = Generator[bytes, bytes, None]


def mechanisms(login: Login, offered: Collection[str], host: str) -> list[str]:
    """The SASL mechanisms that fit the kind of secret, the best first; `offered` in upper case.

    Raises SignInNeeded when the server takes none of them: before any secret is said.
    """
    token = login.auth is Auth.OAUTH2
    fitting = [name for name in (TOKENS if token else (*CHALLENGED, *TOLD)) if name in offered]
    if fitting:
        return fitting
    detail = f"offered: {' '.join(sorted(offered)) or 'nothing'}"
    if token:
        what, hint = "does not take sign-in by token", "Choose password (or app password) for this account."
    elif {*TOKENS} & {*offered}:  # Outlook.com says so before anybody has told a password
        what = "takes no passwords"
        hint = "Edit the account and choose to sign in with its provider (Microsoft, Google) in the browser."
    else:
        what, hint = "takes no passwords", "Ask your provider how mail programs sign in at this server."
    error = SignInNeeded(f"{host} {what}.", hint, detail=detail)
    error.retry = Retry.NEVER
    raise error


def try_each(names: Sequence[str], attempt: Callable[[str], None], protocol: str) -> None:
    """Sign in by the first of `names` that works; `attempt` raises SignInNeeded or Refused for a no.

    A mechanism that the server does not know after all costs nothing: the next one is tried. A real refusal
    ends it, but for one case: servers offer SCRAM and CRAM-MD5 to people whose password they keep in a form
    that is of no use for these, so one that tells the password is tried once. Never more, or the account
    would be locked.
    """
    left = list(names)
    refusal: MailError | None = None
    while left:
        name = left.pop(0)
        try:
            attempt(name)
            return
        except (SignInNeeded, Refused) as error:
            if _is_unknown(error, protocol):
                refusal = refusal or error
                continue
            refusal = error
            left = [each for each in left if each not in CHALLENGED][:1]
            if name not in CHALLENGED or not left:
                raise
        except Offline:
            if refusal is not None:  # it hung up after its refusal
                raise refusal from None
            raise
    if refusal is not None:
        raise refusal


def _is_unknown(error: MailError, protocol: str) -> bool:
    """Whether it was the mechanism that the server refused; no password was told then."""
    found = explain(error.detail, protocol)
    return found is not None and found.name in _UNKNOWN


class Answers:
    """A client's side of one SASL exchange: call it with each challenge, decoded, to get the reply.

    `refusal` is what the server said in an error challenge, "" when there was none.
    """

    def __init__(self, name: str, login: Login, secret: Secret, server: Server) -> None:
        user = one_line(login.username, "user name")
        word = one_line(secret.reveal(), "token" if login.auth is Auth.OAUTH2 else "password")
        if login.auth is Auth.OAUTH2 and _CONTROL.search(user + word):  # it would end a field
            raise BadInput("The user name or the token contains a control character.", "Sign in again.")
        self.name = name
        self.refusal = ""
        self._secrets = {word, encoded(word.encode())}
        self._dialogue: Dialogue | None = _dialogue(name, user, word, server)
        next(self._dialogue)

    def __call__(self, challenge: bytes) -> bytes:
        """The next reply, without base64; once everything has been said, what ends an error challenge."""
        if self._dialogue is not None:
            try:
                reply = self._dialogue.send(challenge)
                self._secrets.add(encoded(reply))
                return reply
            except StopIteration:
                self._dialogue = None
        self.refusal = _words(challenge)
        return b"\x01" if self.name == "OAUTHBEARER" else b""  # RFC 7628 3.2.3; XOAUTH2 an empty line

    @contextlib.contextmanager
    def exchange(self) -> Iterator[None]:
        """A `with` block that holds the exchange, with a yes of the server at its end.

        Raises Untrusted when the server should have proved something before its yes; a refusal gets what was
        said in an error challenge into its detail.
        """
        with unsaid(self._secrets):
            try:
                yield
            except MailError as error:
                if self.refusal:
                    error.detail = f"{error.detail} ({self.refusal})"
                raise
        if self._dialogue is not None:
            with contextlib.suppress(StopIteration):
                while True:  # whatever is still to be said, or to be proved
                    self._dialogue.send(b"")
            self._dialogue = None

    def __repr__(self) -> str:
        return f"Answers({self.name})"


@contextlib.contextmanager
def unsaid(secrets: Collection[str]) -> Iterator[None]:
    """A `with` block whose errors do not have these in them: servers exist that repeat what they refuse."""
    try:
        yield
    except MailError as error:
        for secret in sorted(secrets, key=len, reverse=True):
            if len(secret) >= _SHORTEST:
                error.detail = error.detail.replace(secret, "…")
        raise


def _dialogue(name: str, user: str, word: str, server: Server) -> Dialogue:
    if name in DIGESTS:
        return scram(user, word, DIGESTS[name], secrets.token_urlsafe(18))
    if name == "CRAM-MD5":
        return _cram_md5(user, word)
    if name == "LOGIN":
        return _said(user.encode(), word.encode())
    if name == "PLAIN":
        return _said(f"\0{user}\0{word}".encode())
    if name == "XOAUTH2":
        return _said(f"user={user}\x01auth=Bearer {word}\x01\x01".encode())
    return _said(_bearer(user, word, server))


def _said(*replies: bytes) -> Dialogue:
    """A mechanism whose replies do not depend on what the server says."""
    yield b""
    for reply in replies:  # noqa: UP028 - a tuple's iterator could not be sent the challenges
        yield reply


def _cram_md5(user: str, password: str) -> Dialogue:
    challenge = yield b""
    if not challenge:
        raise ValueError("CRAM-MD5 without a challenge")
    digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
    yield f"{user} {digest}".encode()


def _bearer(user: str, token: str, server: Server) -> bytes:
    """RFC 7628 section 3.1, with the GS2 header of RFC 5801 and its way of writing names."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    where = f"host={server.host}\x01port={server.port}"
    return f"n,a={name},\x01{where}\x01auth=Bearer {token}\x01\x01".encode()


def _words(challenge: bytes) -> str:
    """What an error challenge says, as one line; that of the token mechanisms is JSON with a status."""
    text = _CONTROL.sub(" ", challenge.decode("utf-8", "replace"))[:500]
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _CONTROL.sub(" ", f"status {said.get('status', '')}") if isinstance(said, dict) else text


def encoded(reply: bytes) -> str:
    """A reply as it stands on the wire."""
    return base64.b64encode(reply).decode("ascii")


def decoded(challenge: bytes) -> bytes:
    """A challenge from the wire; text that is no base64 (there are servers that say `Username:`) stays."""
    try:
        return base64.b64decode(challenge, validate=True)
    except ValueError:
        return challenge
