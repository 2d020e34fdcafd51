"""The steps of an account's test in words people use. Pure."""

from __future__ import annotations

from tui.model.command import Check
from tui.model.safe_text import safe_line

_HALVES = {"imap": "Receiving (IMAP)", "pop3": "Receiving (POP3)", "smtp": "Sending"}
_STEPS = {
    "name": "finding the server",
    "port": "reaching it",
    "encryption": "a safe connection",
    "capabilities": "what it can do",
    "sign-in": "signing in",
    "folders": "the folders",
    "mail": "the mail",
    "sender": "sending as this address",
}
_OTHERS = {
    "versions": "Versions",
    "folders": "Folders and their rights",
    "configuration": "Configuration",
    "store": "Mail on this computer",
    "clock": "Clock",
    "clock compared": "Clock beside that of the sign-in service",
    "terminal": "Terminal",
    "keyring": "Keyring",
    "network": "Network",
    "token": "Sign-in that is kept",
}


def check_title(name: str) -> str:
    """A check such as "imap sign-in" in words; an unknown one as it is."""
    half, _, step = name.partition(" ")
    if half in _HALVES and step in _STEPS:
        return f"{_HALVES[half]}: {_STEPS[step]}"
    return _OTHERS.get(name) or safe_line(name, 80)


def good_news(check: Check) -> str:
    """What is worth telling of a step that went well: a server's long list of abilities is not."""
    return "" if check.check.endswith((" capabilities", " sign-in")) else check.detail
