"""Folder names as Maildir++ and folders of the disk have them.

Maildir++ puts every folder beside the others, `.Projects.2026` for `Projects/2026`, and most servers write
the names in the modified UTF-7 of IMAP (RFC 3501 5.1.3). A dot inside a name, which the format has no place
for, is written `\\2e` as Dovecot does.
"""

from __future__ import annotations

import binascii
import re

from tui.model.safe_text import safe_filename

Levels = tuple[str, ...]

_ESCAPED = re.compile(r"\\([0-9a-f]{2})")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_OUTSIDE = re.compile(r"[^ -~]+")


def maildir_name(levels: Levels) -> str:
    """The folder of a Maildir++ for a mail folder; "" for the inbox, which is the Maildir itself."""
    escaped = (re.sub(r"[\\./]", lambda found: f"\\{ord(found[0]):02x}", level) for level in levels)
    return "".join(f".{_encoded(level)}" for level in escaped)


def maildir_levels(name: str) -> Levels:
    """The levels of a folder's name in a Maildir++."""
    levels = (_decoded(level) for level in name.lstrip(".").split(".") if level)
    return tuple(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), level) for level in levels)


def disk_levels(levels: Levels) -> Levels:
    """Names of folders of the disk for the levels of a mail folder; none leads out of its parent."""
    return tuple(safe_filename(level) for level in levels)


def _encoded(text: str) -> str:
    """Modified UTF-7: printable ASCII stands for itself, all else is UTF-16 in an own base64."""
    return _OUTSIDE.sub(
        lambda found: (
            "&"
            + binascii.b2a_base64(found[0].encode("utf-16-be", "surrogatepass"), newline=False)
            .decode("ascii")
            .rstrip("=")
            .replace("/", ",")
            + "-"
        ),
        text.replace("&", "&-"),
    )


def _decoded(text: str) -> str:
    """The text of modified UTF-7; what is none stands for itself, as UTF-8 names do."""
    if not text.isascii():
        return text
    return _SHIFTED.sub(_unshifted, text)


def _unshifted(found: re.Match[str]) -> str:
    coded = found[1].replace(",", "/")
    if not coded:
        return "&"
    try:
        return binascii.a2b_base64(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    except ValueError:  # binascii.Error and UnicodeError are such
        return found[0]
