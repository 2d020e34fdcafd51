"""Errors that say what happened and what to do. The technical cause travels in `__cause__`, for the log."""

from __future__ import annotations

from tui.model.explain_rule import Retry


class MailError(Exception):
    """Something the person should know: one sentence of what happened, one of what to do.

    `detail` is the server's or system's own words, shown only when asked for; never a secret. `retry` is what
    the program may do about it by itself; None where whoever made the error does not say, and then the class
    decides.
    """

    exit_code = 1
    retry: Retry | None = None

    def __init__(self, what: str, hint: str = "", *, detail: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.detail = detail


class Offline(MailError):
    """No way to the server: no route, no such name, refused, timed out, dropped. Tried again by itself."""

    exit_code = 69


class Busy(MailError):
    """The server asks for patience. `wait` is the seconds it named, 0 when it named none."""

    exit_code = 75

    def __init__(self, what: str, hint: str = "", *, detail: str = "", wait: float = 0.0) -> None:
        super().__init__(what, hint, detail=detail)
        self.wait = wait


class SignInNeeded(MailError):
    """The server, or the place the secret is kept in, did not accept the sign-in."""

    exit_code = 77


class ConsentNeeded(SignInNeeded):
    """An administrator has to approve this program first; `link` is where that is done."""

    def __init__(self, what: str, hint: str = "", *, detail: str = "", link: str = "") -> None:
        super().__init__(what, hint, detail=detail)
        self.link = link


class Untrusted(MailError):
    """The server could not prove who it is. Never gone round."""

    exit_code = 77


class Refused(MailError):
    """The server understood and said no."""

    exit_code = 76


class Garbled(MailError):
    """The server broke the protocol; the connection is thrown away."""

    exit_code = 69


class StoreBroken(MailError):
    """The mail store cannot be read or written: disk full, damaged, not ours."""

    exit_code = 74


class Cancelled(MailError):
    """Stopped because somebody asked for it."""

    exit_code = 130


class BadInput(MailError):
    """What was typed or given cannot be used as it is."""

    exit_code = 65


class NotFound(MailError):
    """What was asked for is not here."""

    exit_code = 66


class CannotCreate(MailError):
    """An output file or folder cannot be made."""

    exit_code = 73


class BadConfig(MailError):
    """The configuration is wrong; the text names file, key and nearest known key."""

    exit_code = 78


class Undecided(MailError):
    """It waits: queued, unsure, or for a decision that nobody is there to take."""

    exit_code = 75


class BadUsage(MailError):
    """The words of a command line make no command."""

    exit_code = 2


class NotKept(SignInNeeded):
    """A secret could not be put into the keyring (or taken out); it is held for this session only."""
