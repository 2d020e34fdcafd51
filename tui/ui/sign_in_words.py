"""What signing in by OAuth is, in the words people use: permissions, ways, clocks, registration. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from tui.model import registration
from tui.model.account import Account, Protocol, SecretSource
from tui.model.finding import Finding
from tui.model.issuer import Issuer
from tui.model.safe_text import safe_line
from tui.model.sign_in import SignedIn, Way

WAYS: dict[Way, str] = {
    Way.BROWSER: "In the browser",
    Way.DEVICE: "With a code",
    Way.PASTE: "By a pasted address",
}
"""The ways to sign in, as buttons name them."""

_INSTEAD = "The simple way is an app password: go back, and choose Password under Sign in by."


def permissions(account: Account) -> tuple[str, ...]:
    """What the service is asked to allow, one line each."""
    receiving = {
        Protocol.IMAP: "read and change your mail, by IMAP",
        Protocol.POP3: "read and delete your mail, by POP3",
        Protocol.NONE: "",
    }[account.incoming]
    lines = (receiving, "send mail as you" if account.smtp else "", "stay signed in, until you take it back")
    return tuple(line for line in lines if line)


def promise(account: Account, issuer: Issuer) -> str:
    """What is not asked for, and where the sign-in is kept."""
    # Google has one permission for all of mail; what it says on its page is wider than what is done.
    wider = " Google itself words it as all of your mail." if issuer.name == "google" else ""
    session = account.login is not None and account.login.source is SecretSource.SESSION
    kept = "only in memory, until you leave" if session else "in this computer's keyring, never in a file"
    return (
        f"Nothing else: no contacts, no calendar, no files.{wider} "
        f"Your password stays between you and {issuer.title}. The sign-in is kept {kept}."
    )


def summary(account: Account, service: str) -> str:
    """An account's settings in one line: service, protocol, address."""
    protocol = {Protocol.IMAP: "IMAP", Protocol.POP3: "POP3", Protocol.NONE: "only sends"}[account.incoming]
    return " · ".join(safe_line(part, 80) for part in (service, protocol, account.address) if part)


def found_how(finding: Finding) -> str:
    """What was found and how, with its mark; a guess is called one."""
    words = safe_line(finding.words, 160).rstrip(".")
    if finding.guessed:
        guess = words if "guess" in words.lower() else f"a guess: {words}"
        return f"? {guess[:1].upper()}{guess[1:]}. Correct what is wrong, or ask your provider."
    return f"✓ {safe_line(finding.preset.title, 60)}: {words}."


def countdown(seconds: float) -> str:
    """A time that runs down: "14:32", "0:05"; never below zero."""
    left = max(0, int(seconds))
    return f"{left // 60}:{left % 60:02d}"


def spaced(code: str) -> str:
    """A code with its letters apart, to be read from afar."""
    return " ".join(safe_line(code, 40))


def host_of(url: str) -> str:
    """The host of an address, for people to recognise; "" where there is none."""
    try:
        return safe_line(urlsplit(url).hostname or "", 100)
    except ValueError:
        return ""


def why_registered(issuer: Issuer) -> Sequence[str]:
    """A few lines on why the service wants a client id, and on the way round it that this form has."""
    why, _, _ = registration.words_for(issuer)
    return (*why[:2], _INSTEAD, *why[3:]) if issuer.name == "google" else why


def how_to_register(issuer: Issuer) -> Sequence[str]:
    """The steps to a client id of one's own, not numbered."""
    return registration.words_for(issuer)[1]


def other_user(signed: SignedIn, account: Account) -> str:
    """The question when somebody else signed in than the account is called."""
    who, address = safe_line(signed.username, 120), safe_line(account.address, 120)
    return (
        f"You signed in as {who}; the account is {address}.\n\n"
        "That is right when both are the same mailbox under two names, or when it is a mailbox that "
        "several share."
    )
