"""Sign-in: PLAIN (RFC 4616), LOGIN, and XOAUTH2 (Google's and Microsoft's token sign-in).

XOAUTH2 is always said in two steps, since servers limit the length of the first line; when a server answers
a bad token with a second challenge (a JSON text), the reply is an empty line and then comes the refusal.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection

from tui.model.account import Auth, Login
from tui.model.error import SignInNeeded
from tui.model.secret import Secret
from tui.net.argument import one_line

MOST_STEPS = 5
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def mechanism(login: Login, offered: Collection[str], host: str) -> str:
    """The SASL mechanism to use: "XOAUTH2", "PLAIN" or "LOGIN"; `offered` in upper case.

    Raises SignInNeeded when the server takes none that fits the kind of secret.
    """
    if login.auth is Auth.OAUTH2:
        if "XOAUTH2" in offered:
            return "XOAUTH2"
        raise SignInNeeded(
            f"{host} does not take sign-in by token.",
            "Choose password (or app password) for this account.",
            detail=f"offered: {' '.join(sorted(offered)) or 'nothing'}",
        )
    for name in ("PLAIN", "LOGIN"):
        if name in offered:
            return name
    raise SignInNeeded(
        f"{host} takes no passwords.",
        "Choose sign-in by token (OAuth) for this account.",
        detail=f"offered: {' '.join(sorted(offered)) or 'nothing'}",
    )


class Answers:
    """A client's side of one SASL exchange: call it with each challenge, decoded, to get the reply.

    `refusal` is what the server said in an error challenge, "" when there was none.
    """

    def __init__(self, name: str, login: Login, secret: Secret) -> None:
        user = one_line(login.username, "user name")
        word = one_line(secret.reveal(), "password")
        self.name = name
        self.refusal = ""
        self._replies = _replies(name, user, word)
        self._step = 0

    def __call__(self, challenge: bytes) -> bytes:
        """The next reply, without base64; b"" once everything has been said."""
        self._step += 1
        if self._step > len(self._replies):
            self.refusal = _words(challenge)
            return b""
        return self._replies[self._step - 1]

    def __repr__(self) -> str:
        return f"Answers({self.name})"


def _replies(name: str, user: str, word: str) -> tuple[bytes, ...]:
    if name == "XOAUTH2":
        return (f"user={user}\x01auth=Bearer {word}\x01\x01".encode(),)
    if name == "PLAIN":
        return (f"\0{user}\0{word}".encode(),)
    return user.encode(), word.encode()


def _words(challenge: bytes) -> str:
    """What an error challenge says, as one line; Google's is JSON with a status."""
    text = _CONTROL.sub(" ", challenge.decode("utf-8", "replace"))[:500]
    try:
        said = json.loads(text)
    except ValueError:
        return text
    return f"status {said.get('status', '')}" if isinstance(said, dict) else text


def encoded(reply: bytes) -> str:
    """A reply as it stands on the wire of POP3 and SMTP."""
    return base64.b64encode(reply).decode("ascii")


def decoded(challenge: bytes) -> bytes:
    """A challenge from the wire; text that is no base64 (there are servers that say `Username:`) stays."""
    try:
        return base64.b64decode(challenge, validate=True)
    except ValueError:
        return challenge
