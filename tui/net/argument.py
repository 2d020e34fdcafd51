"""The one check that every piece of text passes before it goes into a command to a server.

A line end inside a user name, folder name or search word would be a second command of somebody else's
choosing (CVE-2025-15366, CVE-2025-15367: Python 3.11's imaplib and poplib let it through).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui.model.error import BadInput

_FORBIDDEN = re.compile("[\r\n\0]")
LARGEST_NUMBER = 0xFFFFFFFF


def one_line(text: str, what: str) -> str:
    """`text` itself, or BadInput when it holds CR, LF or NUL; `what` names it in the error."""
    if _FORBIDDEN.search(text):
        raise BadInput(f"The {what} contains a line break or a NUL character.", f"Remove it from the {what}.")
    return text


def ascii_line(text: str, what: str) -> str:
    """The same, and only ASCII: for places where a protocol has no way to say anything else."""
    if not one_line(text, what).isascii():
        raise BadInput(f"The {what} contains characters that this server cannot take.", "Use plain letters.")
    return text


def uid_set(uids: Iterable[int]) -> str:
    """An IMAP sequence set (RFC 3501 9) of these UIDs, runs shortened to `a:b`, ascending.

    Raises ValueError for numbers outside 1…2³²-1: they could only come from a defect of ours.
    """
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if not 0 < uid <= LARGEST_NUMBER:
            raise ValueError(f"not a UID: {uid}")
        if runs and runs[-1][1] == uid - 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)
