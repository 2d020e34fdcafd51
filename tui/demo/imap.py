"""The mailboxes of the demo and the IMAP server before them: pymap's in-memory backend, seeded by us.

pymap's quirks are known here and nowhere else.
"""

from __future__ import annotations

import asyncio
import ssl
from argparse import Namespace
from datetime import datetime

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.parsing.specials.flag import Flag as WireFlag
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.hashing import Cleartext

from tui.demo.pop3 import Stored
from tui.model.message import NO_FLAGS, Flag

_WIRE_FLAGS = {
    Flag.SEEN: WireFlag(b"\\Seen"),
    Flag.ANSWERED: WireFlag(b"\\Answered"),
    Flag.FLAGGED: WireFlag(b"\\Flagged"),
    Flag.DRAFT: WireFlag(b"\\Draft"),
}


# The stream limit is the longest command line: a client may name thousands of UIDs in one.
LINE_LIMIT = 1 << 20


class _Config(Config):
    """pymap's settings without its look-ups: no host name from DNS, no plug-ins."""

    @property
    def greeting(self) -> bytes:
        """The text of the greeting; pymap would ask DNS for this computer's name."""
        return b"Demo server ready, nothing leaves this computer"

    @property
    def tls_auth(self) -> SASLAuth:
        """The mechanisms offered to connections from this computer."""
        return SASLAuth.named([b"PLAIN", b"LOGIN"])


class _Inbox(MailboxData):
    """An inbox that tells an IDLE what came before it; pymap alone would keep that until the next change."""

    async def update_selected(
        self, selected: SelectedMailbox, *, wait_on: Event | None = None
    ) -> SelectedMailbox:
        """Wait for a change (of `wait_on` too) unless there has been one already, then report all changes."""
        if selected.mod_sequence != self._mod_sequences.highest:
            wait_on = None
        return await super().update_selected(selected, wait_on=wait_on)


class _Mailboxes(MailboxSet):
    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Inbox(self._content_cache, self._thread_cache)


class MailHost:
    """One person's mailboxes, the same whether IMAP or POP3 asks. To be made and used on one event loop."""

    def __init__(self, username: str, password: str) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None)
        config = _Config(
            args,
            host=None,
            port=0,
            demo_data=False,
            demo_user=username,
            demo_password=password,
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            tls_enabled=False,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            reject_dnsbl=False,
        )
        login = Login(config)
        login.users_dict[username] = UserMetadata(config, username, password=password)
        self._mailboxes = _Mailboxes()
        config.set_cache[username] = (self._mailboxes, FilterSet())
        self._server = IMAPServer(login, config)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk IMAP on one connection until it ends; pymap's own server would want a third argument."""
        await self._server(reader, writer, SocketInfoLocal(writer))

    async def create(self, folder: str) -> None:
        """Make a folder; `/` stands between levels. Raises ValueError when it is there already."""
        await self._mailboxes.add_mailbox(folder)

    async def deliver(
        self, raw: bytes, received: datetime, folder: str = "INBOX", flags: Flag = NO_FLAGS
    ) -> None:
        """File a message; whoever idles there is told at once. Raises KeyError for an unknown folder."""
        mailbox = await self._mailboxes.get_mailbox(folder)
        wire = frozenset(name for flag, name in _WIRE_FLAGS.items() if flag in flags)
        await mailbox.append(AppendMessage(raw, received, wire), recent=not flags)

    async def inbox(self) -> list[Stored]:
        """The messages of the inbox, oldest first, whole."""
        mailbox = await self._mailboxes.get_mailbox("INBOX")
        stored = []
        async for message in mailbox.messages():
            content = await message.load_content(FetchRequirement.CONTENT)
            uidl = f"{mailbox.uid_validity}-{message.uid}"
            stored.append(Stored(message.uid, uidl, bytes(content.get_body())))
        return stored

    async def expunge(self, uids: list[int]) -> None:
        """Remove messages from the inbox for good; unknown uids are passed over."""
        mailbox = await self._mailboxes.get_mailbox("INBOX")
        await mailbox.delete(uids)
