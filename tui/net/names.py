"""What a folder is for, by what the server says (RFC 6154) or else by its name in many languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tui.model.folder import Role, ServerFolder
from tui.net.folder_names import NAMES

_SPECIAL_USE = {
    "\\drafts": Role.DRAFTS,
    "\\sent": Role.SENT,
    "\\archive": Role.ARCHIVE,
    "\\junk": Role.JUNK,
    "\\spam": Role.JUNK,
    "\\trash": Role.TRASH,
    "\\all": Role.ALL,
    "\\allmail": Role.ALL,
    "\\flagged": Role.FLAGGED,
    "\\starred": Role.FLAGGED,
}
_CANNOT_BE_OPENED = frozenset({"\\noselect", "\\nonexistent"})
_LONGEST_NAME = 1000


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


_RANKS = {
    _folded(name): (role, rank)
    for role, names in reversed(NAMES.items())
    for rank, name in reversed(list(enumerate(names.split(";"))))
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One LIST answer: attributes in lower case, the server's delimiter ("" for none), its name decoded."""

    attributes: frozenset[str]
    delimiter: str
    wire: str


def by_name(name: str) -> tuple[Role, int]:
    """The role that a single folder's own name tells, and how far down the table; (NONE, 0) for others."""
    return _RANKS.get(_folded(name), (Role.NONE, 0))


def folders(listed: Iterable[Listed]) -> list[ServerFolder]:
    """LIST answers as folders, in their order, each once, with at most one folder for each role.

    A role said by the server comes before one told by a name; among names the more usual one, and among
    equals the one nearer to the top, wins. Names that nobody could tell apart or use are left out.
    """
    unique: dict[str, Listed] = {}
    for each in listed:
        name = _shown(each)
        if 0 < len(each.wire) <= _LONGEST_NAME and all(name.split("/")):
            unique.setdefault(name, each)
    roles = _said(unique)
    for role, name in _told(unique, taken=set(roles.values())):
        if role not in roles.values() and name not in roles:
            roles[name] = role
    return [
        ServerFolder(name, each.wire, roles.get(name, Role.NONE), _selectable(each))
        for name, each in unique.items()
    ]


def _shown(each: Listed) -> str:
    """The name with `/` between its levels; a `/` inside a level is shown as U+2215, which looks like it."""
    if not each.delimiter or each.delimiter == "/":
        levels = each.wire.split("/") if each.delimiter else [each.wire.replace("/", "∕")]
    else:
        levels = each.wire.replace("/", "∕").split(each.delimiter)
    if levels[0].upper() == "INBOX":
        levels[0] = "INBOX"
    return "/".join(levels)


def _selectable(each: Listed) -> bool:
    return not each.attributes & _CANNOT_BE_OPENED


def _said(unique: dict[str, Listed]) -> dict[str, Role]:
    roles = {"INBOX": Role.INBOX} if "INBOX" in unique else {}
    for name, each in unique.items():
        for attribute in sorted(each.attributes & _SPECIAL_USE.keys()):
            role = _SPECIAL_USE[attribute]
            if name not in roles and role not in roles.values() and _selectable(each):
                roles[name] = role
    return roles


def _told(unique: dict[str, Listed], taken: Collection[Role]) -> Sequence[tuple[Role, str]]:
    """Folders with a known name at the top, or right under INBOX or Gmail's root; the best first."""
    candidates: list[tuple[int, int, str, Role]] = []
    for name, each in unique.items():
        above, _, last = name.rpartition("/")
        role, rank = by_name(last)
        if role not in {Role.NONE, *taken} and _selectable(each) and above in _ROOTS:
            candidates.append((rank, _ROOTS.index(above), name, role))
    return [(role, name) for _, _, name, role in sorted(candidates)]


_ROOTS = ("", "INBOX", "[Gmail]", "[Google Mail]")
