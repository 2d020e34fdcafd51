"""Secrets in pieces that every password store takes, written so that the old one or the new one is whole.

Windows takes 2,560 bytes a value, which is 1,280 characters as keyring writes them, and keeps one credential
a service; an OAuth token is longer. So a secret is cut into pieces under services of their own:

    outlook-tui/<address>/<which>/0      the header: {"v": 1, "generation": "a", "count": 2, "sha256": …}
    outlook-tui/<address>/<which>/a1 …   the pieces, of generation a or b

The pieces of the other generation are written first, the header last, the old pieces deleted after it.
"""

from __future__ import annotations

import hashlib
import json
from itertools import count
from typing import Protocol

LONGEST = 1000
_MOST_PIECES = 1000


class Backend(Protocol):
    """What is used of a `keyring.backend.KeyringBackend`."""

    def get_password(self, service: str, username: str) -> str | None:
        """The value, or None when there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a value."""

    def delete_password(self, service: str, username: str) -> None:
        """Delete a value that is there."""


class Damaged(Exception):  # noqa: N818 - a state of the store, answered by asking the person again
    """The header is there, but the pieces do not belong to it."""


class NotWritten(Exception):  # noqa: N818
    """The store said yes, and does not have what it was given."""


class Slot:
    """One secret's place in a password store: the one of an account for receiving, say."""

    def __init__(self, backend: Backend, address: str, which: str) -> None:
        self._backend = backend
        self._address = address
        self._service = f"outlook-tui/{address}/{which}/"

    def read(self) -> str | None:
        """The secret, or None when there is none. Raises Damaged, and whatever the back end raises."""
        header = self._get("0")
        while header is not None:
            value = self._joined(header)
            if value is not None:
                return value
            before, header = header, self._get("0")
            if header == before:  # nobody was just writing a new one
                raise Damaged
        return None

    def write(self, secret: str) -> None:
        """Store the secret and prove that it is there. Raises NotWritten when it reads back as another."""
        old = _generation(self._get("0"))
        new = "b" if old == "a" else "a"
        self._sweep(new)
        text = json.dumps(secret)  # ASCII, and quotes at its ends: no store changes it
        pieces = [text[at : at + LONGEST] for at in range(0, len(text), LONGEST)]
        for number, piece in enumerate(pieces, 1):
            self._set(f"{new}{number}", piece)
        self._set("0", _header(new, pieces))
        if not self._holds(secret):
            raise NotWritten
        self._sweep("a" if new == "b" else "b")

    def delete(self) -> None:
        """Delete the header and every piece, also those that an interrupted write left behind."""
        if self._get("0") is not None:
            self._delete("0")
        for generation in "ab":
            self._sweep(generation)

    def _holds(self, secret: str) -> bool:
        try:
            return self.read() == secret
        except Damaged:
            return False

    def _joined(self, header: str) -> str | None:
        """The secret that the header tells of, None when its pieces are not all there and right."""
        try:
            facts = json.loads(header)
            generation, number, digest = facts["generation"], int(facts["count"]), facts["sha256"]
        except (ValueError, TypeError, KeyError):
            return None
        if number > _MOST_PIECES:
            return None
        pieces = [self._get(f"{generation}{index}") or "" for index in range(1, number + 1)]
        if _digest(pieces) != digest:
            return None
        return str(json.loads("".join(pieces)))

    def _sweep(self, generation: str) -> None:
        for number in count(1):
            if self._get(f"{generation}{number}") is None:
                return
            self._delete(f"{generation}{number}")

    def _get(self, name: str) -> str | None:
        return self._backend.get_password(self._service + name, self._address)

    def _set(self, name: str, value: str) -> None:
        self._backend.set_password(self._service + name, self._address, value)

    def _delete(self, name: str) -> None:
        self._backend.delete_password(self._service + name, self._address)


def _header(generation: str, pieces: list[str]) -> str:
    facts = {"v": 1, "generation": generation, "count": len(pieces), "sha256": _digest(pieces)}
    return json.dumps(facts)


def _generation(header: str | None) -> str:
    try:
        return str(json.loads(header or "{}").get("generation", ""))
    except (ValueError, AttributeError):
        return ""


def _digest(pieces: list[str]) -> str:
    return hashlib.sha256("".join(pieces).encode("ascii", "replace")).hexdigest()
