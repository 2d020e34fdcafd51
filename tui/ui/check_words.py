"""The steps of an account's test in words people use. Pure."""

from __future__ import annotations

from tui.model.safe_text import safe_line

_HALVES = {"imap": "Receiving (IMAP)", "pop3": "Receiving (POP3)", "smtp": "Sending"}
_STEPS = {
    "name": "the server's name is known",
    "port": "the server answers",
    "encryption": "encrypted, and the server is who it says it is",
    "capabilities": "the server speaks this protocol",
    "sign-in": "signing in",
    "folders": "listing the folders",
    "mail": "listing the mail",
    "sender": "sending as this address",
}


def check_title(name: str) -> str:
    """A check such as "imap sign-in" as a sentence; an unknown one as it is."""
    half, _, step = name.partition(" ")
    if half in _HALVES and step in _STEPS:
        return f"{_HALVES[half]}: {_STEPS[step]}"
    return safe_line(name, 80)
