"""The LIST command: every folder of an account, whatever its name looks like."""

from __future__ import annotations

import re

from imapclient.imap_utf7 import decode, encode

from tui.model.folder import ServerFolder
from tui.net import names
from tui.net.conversation import Conversation, Response
from tui.net.names import Listed

_LIST = re.compile(
    rb'\* LIST \(([^()]*)\) (?:"((?:[^"\\\r\n]|\\.)?)"|NIL) '
    rb'(?:"((?:[^"\\\r\n]|\\.)*)"|(\{\d+\+?\}\r\n)|([^ "\r\n(){}]+))',
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    rb'\* NAMESPACE \(\("((?:[^"\\\r\n]|\\.)*)" (?:"((?:[^"\\\r\n]|\\.)?)"|NIL)', re.IGNORECASE
)
_ESCAPED = re.compile(rb"\\(.)")


def read(talk: Conversation) -> list[ServerFolder]:
    """All folders in the server's order, with roles. A plain LIST tells them, too (RFC 6154 section 2)."""
    listed = (parse(response) for response in talk.run('LIST "" "*"', "listing folders"))
    return names.folders(each for each in listed if each is not None)


def namespace(talk: Conversation) -> tuple[str, str] | None:
    """What the names of one's own folders begin with, and what stands between their levels, "" where there
    are none (RFC 2342 5); None where the server does not say so in a way that can be used."""
    for response in talk.run("NAMESPACE", "asking where folders go"):
        if found := _PERSONAL.match(response.text):
            prefix = _ESCAPED.sub(rb"\1", found[1])
            wire = _decoded(prefix)
            return None if prefix and wire is None else (wire or "", _delimiter(found))
    return None


def delimiter(talk: Conversation) -> str:
    """What stands between levels of a name here, "" where there are none (RFC 3501 6.3.8)."""
    for response in talk.run('LIST "" ""', "asking for the delimiter"):
        if found := _LIST.match(response.text):
            return _delimiter(found)
    return ""


def parse(response: Response) -> Listed | None:
    """One LIST response, or None for another response and for a name that cannot be said back exactly."""
    found = _LIST.match(response.text)
    if not found:
        return None
    if found[4]:
        name = response.literals[0]
    else:
        name = _ESCAPED.sub(rb"\1", found[3]) if found[3] is not None else found[5]
    wire = _decoded(name)
    if wire is None:
        return None
    return Listed(frozenset(found[1].decode("ascii", "replace").lower().split()), _delimiter(found), wire)


def _delimiter(found: re.Match[bytes]) -> str:
    return _ESCAPED.sub(rb"\1", found[2] or b"").decode("ascii", "replace")


def _decoded(name: bytes) -> str | None:
    """A name out of modified UTF-7 (RFC 3501 5.1.3); None when encoding it again gives another one, or when
    it holds what cannot stand in a command."""
    try:
        wire: str = decode(name)
        same = encode(wire) == name
    except ValueError:  # UnicodeError and binascii.Error are such
        return None
    return wire if same and wire and not set(wire) & set("\r\n\0") else None
