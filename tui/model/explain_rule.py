"""What one row of the table of explanations looks like, and how its patterns are matched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Retry(StrEnum):
    """What the program does by itself after an error.

    NEVER: nothing, the same again would fail the same. REFRESH: renew the token once and try again.
    BACKOFF: try again after growing waits. USER: wait for the person, then try again.
    """

    NEVER = "never"
    REFRESH = "refresh"
    BACKOFF = "backoff"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: where it applies, what it looks like, what it means and what to do.

    `protocols` holds "imap", "pop3", "smtp", "oauth" or "token" (signing in by one), separated by spaces; ""
    applies everywhere.
    `patterns` are alternatives in lower case; "…" in a pattern stands for anything between its parts.
    """

    name: str
    protocols: str
    patterns: tuple[str, ...]
    title: str
    meaning: str
    fix: str
    retry: Retry

    def applies(self, text: str, protocol: str) -> bool:
        """Whether the row is about `text` (lower case, single spaces), seen in `protocol` ("" unknown)."""
        if protocol and self.protocols and protocol not in self.protocols.split():
            return False
        return any(matches(pattern, text) for pattern in self.patterns)

    def names_code(self, first: str, text: str) -> bool:
        """Whether a pattern found in `text` has a reply code or enhanced code that begins with `first`."""
        code = re.compile(rf"(?<![\d.]){first}(\d\d\b|\.\d)")
        return any(code.search(pattern) and matches(pattern, text) for pattern in self.patterns)


def matches(pattern: str, text: str) -> bool:
    """Whether the parts of `pattern` occur in `text` in their order; numbers and codes only as a whole.

    So "5.7.5" is not found in "5.7.57", nor "451" in "10451".
    """
    start = 0
    for part in pattern.split("…"):
        start = _after(part.strip(), text, start)
        if start < 0:
            return False
    return True


def _after(part: str, text: str, start: int) -> int:
    """The position behind the first whole occurrence of `part` from `start` on, or -1."""
    while (at := text.find(part, start)) >= 0:
        end = at + len(part)
        if not _number_goes_on(part[0], text[:at][-2:][::-1]) and not _number_goes_on(
            part[-1], text[end:][:2]
        ):
            return end
        start = at + 1
    return -1


def _number_goes_on(edge: str, outside: str) -> bool:
    """Whether a digit at the edge of a match has more of its number just outside: "4" or ".4"."""
    return edge.isdigit() and (outside[:1].isdigit() or (outside[:1] == "." and outside[1:].isdigit()))
