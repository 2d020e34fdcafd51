"""Changes of which nobody heard whether the server made them: what they may have made is looked for.

A message is taken for it only when the store knows nothing of it and expects no other like it there: of two
copies of one message each stands for itself, so that none is taken for the other and then missing.
"""

from __future__ import annotations

from tui.mail.header import fingerprint
from tui.model.folder import Folder
from tui.model.message import Row
from tui.net.imap import ImapConnection
from tui.store.reader import Reader


class HalfDone:
    """Looks over one connection; each message of the server is found once."""

    def __init__(self, connection: ImapConnection, reader: Reader) -> None:
        self._connection = connection
        self._reader = reader
        self._found: set[tuple[int, int]] = set()

    def find(self, folder: Folder, row: Row, size: int = 0) -> int:
        """The uid in `folder` of a message that is the same as `row`, and `size` octets long where that is
        given; 0 where there is none. The folder is open afterwards."""
        self._connection.select(folder.wire)
        known = {one.uid for one in self._reader.listing(folder.id)} | self._reader.leaving(folder.id)
        asked = [uid for uid in self._named(row) if uid not in known and (folder.id, uid) not in self._found]
        alike = sorted(
            one.uid
            for batch in list(self._connection.headers(asked))
            for one in batch
            if row.id in self._reader.by_fingerprint(row.account, fingerprint(one.header))
            and size in (0, one.size)
        )
        others = self._reader.awaited(folder.id, row.id)
        if len(alike) <= others:
            return 0
        self._found.add((folder.id, alike[others]))
        return alike[others]

    def _named(self, row: Row) -> list[int]:
        """The uids of the open folder that may be the message: by its Message-ID where that can be said."""
        name = row.envelope.message_id
        if name and name.isascii() and name.isprintable():
            return self._connection.search_header("Message-ID", name)
        return sorted(self._connection.uids())
