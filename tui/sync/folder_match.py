"""Folders that another program has renamed: known again by what is in them, before anything is taken for new.

RENAME keeps UIDVALIDITY and UIDs on most servers (RFC 9051 6.3.6), but two folders may share a UIDVALIDITY by
chance, so the newest messages are compared as well. Where a server numbers a renamed folder anew, its
messages are known again one by one, by fingerprint and size, as they are listed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice

from tui.mail.header import fingerprint
from tui.model.error import Refused
from tui.model.folder import Folder, ServerFolder
from tui.net.imap import ImapConnection
from tui.store.reader import Reader

log = logging.getLogger(__name__)

LOOKED_AT = 100
COMPARED = 5


def renamed(
    connection: ImapConnection, reader: Reader, account: str, listed: Sequence[ServerFolder]
) -> list[tuple[Folder, ServerFolder]]:
    """The folders of an account that stand under another name in a server's complete list."""
    known = [one for one in reader.folders(account) if not one.local and one.selectable and one.wire]
    wires = {one.wire for one in listed}
    vanished = [one for one in known if one.wire not in wires]
    names = {one.wire for one in known}
    new = [one for one in listed if one.wire not in names and one.selectable]
    found: list[tuple[Folder, ServerFolder]] = []
    for candidate in new if vanished else ():
        match = next((one for one in vanished if _same(connection, reader, one, candidate)), None)
        if match:
            vanished.remove(match)
            found.append((match, candidate))
    return found


def _same(connection: ImapConnection, reader: Reader, folder: Folder, candidate: ServerFolder) -> bool:
    mark = reader.mark(folder.id)
    try:
        if not mark.uidvalidity or connection.select(candidate.wire).uidvalidity != mark.uidvalidity:
            return False
    except Refused as error:
        log.info("a new folder cannot be opened: %s", error.detail)
        return False
    there = connection.uids()
    wanted = {uid: mark for uid, mark in reader.known_at(folder.id, LOOKED_AT).items() if uid in there}
    wanted = dict(islice(wanted.items(), COMPARED))
    if not wanted:
        return False
    shown = {one.uid: fingerprint(one.header) for batch in connection.headers(list(wanted)) for one in batch}
    return shown == wanted
