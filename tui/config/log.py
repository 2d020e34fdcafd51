"""The log: one rotating private file, without secrets and without anything that acts on a terminal."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler

from tui.config.paths import Paths
from tui.model.error import CannotCreate, MailError
from tui.model.safe_text import safe_line

FILE = "outlook-tui.log"
LEVELS = {"warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}
_OCTETS = 1_000_000
_OLD_FILES = 3
_LONGEST = 8000
_GONE = "[secret]"

_NAMED = "pass(?:word|wd|phrase)?|secret|[a-z_]*token|client_secret|code_verifier|device_code|api_?key"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # A SASL exchange (RFC 4954, RFC 9051 6.2.2, RFC 5034): everything after the mechanism.
    (re.compile(r"(?i)\b(AUTH(?:ENTICATE)?\s+[A-Z0-9][A-Z0-9_-]{2,}\s+)\S.*"), r"\1" + _GONE),
    # The arguments of LOGIN (RFC 9051 6.2.3), of PASS and APOP (RFC 1939 7).
    (re.compile(r"(?i)(^|[\s'\"b>:])(LOGIN\s+)(?=[^\s]+\s+\S|[\"{])\S.*"), r"\1\2" + _GONE),
    (re.compile(r"(?:^|(?<=[\s'\">:]))((?:PASS|APOP)\s+)\S.*"), r"\1" + _GONE),
    (re.compile(r"(?i)\b((?:auth=)?bearer\s+)[^\s'\"\x01]+"), r"\1" + _GONE),
    # password=…, "refresh_token": "…", token: …
    (re.compile(rf"(?i)\b({_NAMED})([\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&}}]+)"), r"\1\2" + _GONE),
    # scheme://user:password@host
    (re.compile(r"(?<=://)([^\s/@:]*):[^\s/@]+@"), r"\1:" + _GONE + "@"),
    # A line that is nothing but base64: the answer to a SASL challenge.
    (
        re.compile(
            r"^(?:\S{1,20}[>:] )?b?['\"]?(?=\S*[A-Z0-9+/=])(?:[A-Za-z0-9+/]{4}){2,}"
            r"(?:[A-Za-z0-9+/]{2,3}={1,2})?(?:\\r\\n)?['\"]?$"
        ),
        _GONE,
    ),
    # JSON web tokens (RFC 7519): the letters are those of `{"`.
    (re.compile(r"\beyJ[\w-]{6,}(?:\.[\w-]*){1,4}"), _GONE),
    # Long runs of mixed letters and digits: opaque tokens, base64.
    (
        re.compile(
            r"(?=[^\sA-Z]*[A-Z])(?=[^\sa-z]*[a-z])(?=[^\s0-9]*[0-9])[A-Za-z0-9+/_~!*=-]{32,}"
        ),
        _GONE,
    ),
)  # fmt: skip


def start(paths: Paths, level: str = "info") -> logging.Handler:
    """Begin to write the log into the folder of logs; `stop` ends it. Raises CannotCreate.

    `level` (warning, info, debug) is for our own modules; libraries, which would write whole conversations
    with servers, are heard from warnings on.
    """
    path = paths.logs / FILE
    try:
        handler = _PrivateFile(path, maxBytes=_OCTETS, backupCount=_OLD_FILES, encoding="utf-8", delay=False)
    except OSError as cause:
        raise CannotCreate(
            f"The log {path} cannot be written: {cause.strerror}.", "Check the rights of its folder."
        ) from cause
    handler.setFormatter(Redacted("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("tui").setLevel(LEVELS.get(level, logging.INFO))
    return handler


def stop(handler: logging.Handler) -> None:
    """Close the log that `start` began."""
    logging.getLogger().removeHandler(handler)
    handler.close()


def redact(line: str) -> str:
    """The line without passwords, tokens and SASL data, as far as their form gives them away."""
    line = line[:_LONGEST]
    for pattern, replacement in _RULES:
        line = pattern.sub(replacement, line)
    return line


class Redacted(logging.Formatter):
    """Every record as one safe line; the lines of a traceback follow, each marked with "|".

    A traceback here is its places and exceptions, never local variables.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The lines of the record, ready to be written."""
        plain = logging.makeLogRecord(record.__dict__)
        plain.msg, plain.args = safe_line(redact(record.getMessage())), ()
        plain.threadName = safe_line(str(record.threadName), 60)
        plain.exc_info = plain.exc_text = plain.stack_info = None
        lines = [super().format(plain)]
        if record.exc_info:
            lines += [f"  | {_safe_traceback(line)}" for line in self._traceback(record)]
        return "\n".join(lines)

    def _traceback(self, record: logging.LogRecord) -> list[str]:
        assert record.exc_info is not None
        lines = self.formatException(record.exc_info).splitlines()
        error = record.exc_info[1]
        if isinstance(error, MailError) and error.detail:
            lines += [f"detail: {line}" for line in error.detail.splitlines()]
        return lines


def _safe_traceback(line: str) -> str:
    """Places are kept as they are: a long path looks like a token."""
    return safe_line(line if line.startswith('  File "') else redact(line))


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only we can read, whatever the umask.

    What cannot be written to it, as on a full disk, is left out: the log is not to be one thing more that
    fails.
    """

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own
        """Nothing: logging would print a traceback in the middle of the screen."""

    def close(self) -> None:
        """Close the file, whatever becomes of the last lines."""
        with contextlib.suppress(OSError):
            super().close()

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if os.name == "posix":
            os.fchmod(handle, 0o600)
        return os.fdopen(handle, "a", encoding=self.encoding)
