"""One IMAP connection (RFC 3501 and the extensions named at each method): model in, model out, blocking.

Every method raises only MailErrors: Offline, Busy, SignInNeeded, Untrusted, Refused, Garbled, Cancelled,
BadInput. After Offline, Garbled, Untrusted or Cancelled the connection is of no more use: `close` it.
IMAPClient serves for sign-in, folders and changes; what comes in masses goes through `bulk`.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import imaplib
import operator
import re
import socket
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tui.model.account import Auth, Login, Security, Server
from tui.model.error import MailError, Offline, Untrusted
from tui.model.folder import ServerFolder
from tui.model.message import NO_FLAGS, Flag
from tui.model.secret import Secret
from tui.net import bulk, flags, folder_list, idle, login, starttls
from tui.net.answer import FetchedHeader, Listing, Push, Selected
from tui.net.argument import ascii_line, one_line, uid_set
from tui.net.conversation import Conversation, push, quoted
from tui.net.imap_wire import Client, Transport
from tui.net.link import Link

_NUMBER = re.compile(rb"\d{1,19}")
_COPYUID = re.compile(rb"(\d{1,10}) ([\d:,]+) ([\d:,]+)")
_MOST_UIDS_IN_A_SET = 1_000_000


class ImapConnection:
    """A connection to one IMAP server, for one thread; only `abort` may come from another.

    `selected` and `opened` are the state and the wire name of the folder that is open, None and "" for none.
    """

    def __init__(self, server: Server, ca_file: str = "") -> None:
        self.server = server
        self.capabilities: frozenset[str] = frozenset()
        self.selected: Selected | None = None
        self.opened = ""
        self._link = Link(server, ca_file)
        self._client: Any = None  # a Client: IMAPClient's methods carry no types
        self._talk: Conversation | None = None

    def connect(self) -> None:
        """Connect, encrypt, and read what the server can do."""
        self._link.open(starttls.imap)
        with self._link.guard("connecting"):
            transport = Transport(self._link, greeted=self.server.security is Security.STARTTLS)
            if transport.state != "NONAUTH":
                transport.shutdown()
                raise Untrusted(
                    f"{self.server.host} signed somebody in before it was asked to.",
                    "Check the server's name and port with your provider.",
                )
            self._client = Client(transport)
            self._talk = Conversation(transport)
            self.capabilities = frozenset(transport.capabilities)

    def sign_in(self, account: Login, secret: Secret) -> None:
        """Sign in by the strongest that is offered (see `login`), or by LOGIN where the server has no SASL.

        It counts only once LIST has worked: Exchange says OK to a token of another mailbox and refuses what
        comes next. Raises SignInNeeded; Busy when the server asks for patience.
        """
        names = self._ways(account)
        with self._doing("signing in", signing_in=account.auth):
            login.try_each(names, lambda name: self._sign_in_by(name, account, secret), "imap")
            self._conversation.transport.state = "AUTH"
            self.capabilities = self._client.renew_capabilities()
            self._client.list_folders("", "INBOX")
            if {"ENABLE", "CONDSTORE"} <= self.capabilities:
                self._client.enable("CONDSTORE")

    def _ways(self, account: Login) -> list[str]:
        """The mechanisms to try. "" is the LOGIN command, which a server may have switched off."""
        offered = {word[5:] for word in self.capabilities if word.startswith("AUTH=")}
        plain = account.auth is Auth.PASSWORD and "LOGINDISABLED" not in self.capabilities
        if plain and not offered & {*login.CHALLENGED, *login.TOLD}:
            return [""]
        return login.mechanisms(account, offered, self.server.host) + [""] * plain

    def _sign_in_by(self, name: str, account: Login, secret: Secret) -> None:
        if not name:
            user = ascii_line(account.username, "user name")
            password = ascii_line(secret.reveal(), "password")
            with login.unsaid({password}):
                self._conversation.login(user, password)
            return
        answers = login.Answers(name, account, secret, self.server)
        with answers.exchange():
            self._conversation.sign_in(answers, account.auth)

    def folders(self) -> list[ServerFolder]:
        """All folders of the account, with their roles."""
        with self._doing("listing folders"):
            return folder_list.read(self._conversation)

    def select(self, wire: str, readonly: bool = False) -> Selected:
        """Open a folder; a server that allows reading only makes `readonly` True in the answer."""
        self.selected, self.opened = None, ""
        with self._doing(f"opening {wire}"):
            name = one_line(wire, "folder name")
            try:
                said = self._client.select_folder(name, readonly)
            except imaplib.IMAP4.readonly:
                readonly = True
                said = self._client.select_folder(name, readonly=True)
            if b"EXISTS" not in said:  # without it an empty folder could be taken for granted
                raise ValueError("no EXISTS in the answer to SELECT")
            permanent = {word.decode("ascii", "replace").lower() for word in said.get(b"PERMANENTFLAGS", ())}
            self.selected = Selected(
                _number(said, b"UIDVALIDITY"), _number(said, b"UIDNEXT"), _number(said, b"EXISTS"),
                _number(said, b"HIGHESTMODSEQ"), readonly, frozenset(permanent), "\\*" in permanent,
            )  # fmt: skip
        self.opened = wire
        return self.selected

    def status(self, wire: str) -> Selected:
        """The state of a folder that need not be open (RFC 3501 6.3.10)."""
        wanted = ["MESSAGES", "UIDNEXT", "UIDVALIDITY"]
        if "CONDSTORE" in self.capabilities:
            wanted.append("HIGHESTMODSEQ")
        with self._doing(f"looking into {wire}"):
            said = self._client.folder_status(one_line(wire, "folder name"), wanted)
            uidvalidity, uidnext = _number(said, b"UIDVALIDITY"), _number(said, b"UIDNEXT")
            return Selected(uidvalidity, uidnext, _number(said, b"MESSAGES"), _number(said, b"HIGHESTMODSEQ"))

    def unselect(self) -> None:
        """Leave the folder without expunging: by UNSELECT (RFC 3691), not at all where that is unknown."""
        self.selected, self.opened = None, ""
        if "UNSELECT" in self.capabilities:
            with self._doing("leaving a folder"):
                self._client.unselect_folder()

    def uids_and_flags(self, since_modseq: int = 0) -> Listing:
        """Flags of every message of the open folder, or only of those changed since a mod-sequence.

        With `since_modseq` (needs CONDSTORE) the listing is not complete; nor is one of fewer messages than
        the server said there are, whatever it ended with.
        """
        exists = self.selected.exists if self.selected else 0
        if not exists and not since_modseq:
            return Listing({}, complete=self.selected is not None)
        with self._doing("fetching flags"):
            found, expunged = bulk.all_flags(self._conversation, 100_000 + 4 * exists, since_modseq)
        return Listing(found, complete=not since_modseq and len(found) >= exists - expunged)

    def uids(self) -> set[int]:
        """The UIDs of every message of the open folder: complete, and cheaper than with flags."""
        return set(self._search("ALL")) if self.selected and self.selected.exists else set()

    def headers(self, uids: Sequence[int]) -> Iterator[list[FetchedHeader]]:
        """Headers in batches of up to 500 (see `bulk.headers`). Leave the loop before the next command."""
        with self._doing("fetching headers"):
            yield from bulk.headers(self._conversation, uids)

    def fetched(
        self, batches: Iterable[Sequence[int]], *, whole: bool = False
    ) -> Generator[FetchedHeader, None, None]:
        """Headers, or whole messages, one by one (see `bulk.fetched`). Leave the loop before the next
        command."""
        with self._doing("fetching messages" if whole else "fetching headers"):
            yield from bulk.fetched(self._conversation, batches, whole=whole)

    def bodies(
        self, uids: Sequence[int], sizes: Mapping[int, int] | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """Whole messages one by one (see `bulk.bodies`). Leave the loop before the next command."""
        with self._doing("fetching messages"):
            yield from bulk.bodies(self._conversation, uids, sizes)

    def search_header(self, field: str, value: str) -> list[int]:
        """UIDs of messages of the open folder whose header field contains `value` (ASCII only)."""
        field, value = ascii_line(field, "field name"), ascii_line(value, "search text")
        return self._search(f"HEADER {quoted(field)} {quoted(value)}")

    def store_flags(
        self, uids: Sequence[int], add: Flag = NO_FLAGS, remove: Flag = NO_FLAGS,
        add_tags: frozenset[str] = frozenset(), remove_tags: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        """Set and clear flags and tags. What this folder cannot keep (PERMANENTFLAGS) is left out."""
        with self._doing("changing flags"):
            for change, bits, tags in (("add", add, add_tags), ("remove", remove, remove_tags)):
                names = [name for name in flags.words(bits, tags) if self._can_be_stored(name)]
                for part in _sets(uids) if names else ():
                    getattr(self._client, f"{change}_flags")(part, names, silent=True)

    def not_kept(self, bits: Flag, tags: frozenset[str]) -> tuple[Flag, frozenset[str]]:
        """Those of the flags and tags that the open folder cannot keep (PERMANENTFLAGS)."""
        lost = (flag for flag in bits if not all(map(self._can_be_stored, flags.words(flag))))
        tags_lost = frozenset(tag for tag in tags if not (flags.is_keyword(tag) and self._can_be_stored(tag)))
        return functools.reduce(operator.or_, lost, NO_FLAGS), tags_lost

    def copy(self, uids: Sequence[int], wire: str) -> dict[int, int] | None:
        """Copy messages; the new UIDs by the old ones, or None when the server does not tell (RFC 4315)."""
        return self._transfer("copy", uids, wire)

    def move(self, uids: Sequence[int], wire: str) -> dict[int, int] | None:
        """Move messages by MOVE (RFC 6851); without it by COPY, \\Deleted and UID EXPUNGE.

        Answers as `copy`. Without UIDPLUS the originals stay, marked \\Deleted: a plain EXPUNGE would also
        remove what other programs have marked.
        """
        if "MOVE" in self.capabilities:
            return self._transfer("move", uids, wire)
        new = self._transfer("copy", uids, wire)
        self.expunge(uids)
        return new

    def expunge(self, uids: Sequence[int]) -> bool:
        """Mark messages \\Deleted and remove exactly these; False when they could only be marked."""
        with self._doing("deleting"):
            for part in _sets(uids):
                self._client.add_flags(part, ["\\Deleted"], silent=True)
                if "UIDPLUS" in self.capabilities:
                    self._client.uid_expunge(part)
        return "UIDPLUS" in self.capabilities

    def append(
        self, wire: str, raw: bytes, flagged: Flag = NO_FLAGS, received: int = 0
    ) -> tuple[int, int] | None:
        """Put a message into a folder; UIDVALIDITY and UID of it where the server tells them (RFC 4315).

        `received` becomes INTERNALDATE, 0 for now. Bare CR and LF become CRLF, as IMAP requires.
        """
        date = datetime.datetime.fromtimestamp(received, datetime.UTC) if received else None
        with self._doing(f"filing into {wire}"):
            self._client.append(one_line(wire, "folder name"), raw, flags.words(flagged), date)
            found = re.match(rb"(\d{1,10}) (\d{1,10})\Z", self._client.take("APPENDUID"))
        return (int(found[1]), int(found[2])) if found else None

    def delimiter(self) -> str:
        """What stands between the levels of a folder's name here, "" where there are none."""
        with self._doing("asking for the delimiter"):
            return folder_list.delimiter(self._conversation)

    def wire_name(self, name: str) -> str:
        """What to call a new folder here: `name` with this server's delimiter between its levels, and below
        the prefix of one's own folders where there is one, such as `INBOX.`."""
        with self._doing("asking where folders go"):
            found = folder_list.namespace(self._conversation) if "NAMESPACE" in self.capabilities else None
        prefix, delimiter = found or ("", self.delimiter())
        wire = name.replace("/", delimiter or "/")
        return wire if wire.upper().startswith(prefix.upper()) else prefix + wire

    def create(self, wire: str) -> None:
        """Make a folder, and subscribe to it so that other programs show it. One that exists is Refused."""
        with self._doing(f"making the folder {wire}"):
            self._client.create_folder(one_line(wire, "folder name"))
            with contextlib.suppress(imaplib.IMAP4.error):  # the folder is there all the same
                self._client.subscribe_folder(wire)

    def rename(self, wire: str, new: str) -> None:
        """Rename a folder, and with it those inside it; the subscription follows (RFC 3501 6.3.5)."""
        self._leave(wire)
        with self._doing(f"renaming the folder {wire}"):
            self._client.rename_folder(one_line(wire, "folder name"), one_line(new, "folder name"))
            with contextlib.suppress(imaplib.IMAP4.error):
                self._client.subscribe_folder(new)
            with contextlib.suppress(imaplib.IMAP4.error):
                self._client.unsubscribe_folder(wire)

    def delete(self, wire: str) -> None:
        """Delete a folder with whatever is in it (RFC 3501 6.3.4), and its subscription."""
        self._leave(wire)
        with self._doing(f"deleting the folder {wire}"):
            self._client.delete_folder(one_line(wire, "folder name"))
            with contextlib.suppress(imaplib.IMAP4.error):
                self._client.unsubscribe_folder(wire)

    def _leave(self, wire: str) -> None:
        """Close the open folder when it is that one or may be inside it: some servers refuse then."""
        if self.opened.startswith(wire):
            self.unselect()
            if "UNSELECT" not in self.capabilities:
                self.select("INBOX", readonly=True)

    def idle(self, waker: socket.socket, seconds: float) -> list[Push]:
        """Wait for news of the open folder by IDLE (see `idle.wait`); `waker` ends the wait from outside."""
        with self._doing("waiting for new mail"):
            return idle.wait(self._conversation, waker, seconds)

    def noop(self) -> list[Push]:
        """Ask whether there is news of the open folder (RFC 3501 6.1.2); also keeps the connection alive."""
        with self._doing("asking for news"):
            told = self._conversation.run("NOOP", "asking for news")
            return [found for response in told if (found := push(response))]

    @property
    def closed(self) -> bool:
        """Whether everything has been given back."""
        return self._link.closed

    def abort(self) -> None:
        """Break off at once, from any thread; whatever is going on ends with Cancelled."""
        self._link.abort()

    def close(self) -> None:
        """Sign out if that takes no waiting for a lost server, and give everything back. Never raises."""
        if self._talk is not None:
            with contextlib.suppress(MailError, OSError):
                self._link.sock.settimeout(2.0)
                self._talk.transport.send(b"bye LOGOUT\r\n")
            with contextlib.suppress(OSError):
                self._talk.transport.reader.close()
        self._link.close()
        self._talk = None

    @property
    def _conversation(self) -> Conversation:
        if self._talk is None:
            raise Offline(f"There is no connection to {self.server.host}.")
        return self._talk

    @contextmanager
    def _doing(self, words: str, *, signing_in: Auth | None = None) -> Iterator[None]:
        """Translate errors; what imaplib kept of earlier commands must not be read as an answer."""
        with self._link.guard(words, signing_in=signing_in):
            self._conversation.transport.untagged_responses.clear()
            yield

    def _search(self, criteria: str) -> list[int]:
        with self._doing("searching"):
            found: list[int] = []
            for response in self._conversation.run(f"UID SEARCH {criteria}", "searching"):
                if response.text[:8].upper() == b"* SEARCH":
                    found += [int(word) for word in response.text[8:].split() if word.isdigit()]
            return found

    def _can_be_stored(self, name: str) -> bool:
        known = self.selected
        return known is None or not known.permanent or known.keywords or name.lower() in known.permanent

    def _transfer(self, verb: str, uids: Sequence[int], wire: str) -> dict[int, int] | None:
        doing = {"copy": "copying", "move": "moving"}[verb]
        new: dict[int, int] = {}
        told = bool(uids)
        with self._doing(f"{doing} to {wire}"):
            for part in _sets(uids):
                self._client.forget()
                getattr(self._client, verb)(part, one_line(wire, "folder name"))
                pairs = _copied(self._client.take("COPYUID"))
                told = told and pairs is not None
                new |= pairs or {}
        asked = frozenset(uids)
        return {old: uid for old, uid in new.items() if old in asked} if told else None


def _sets(uids: Sequence[int]) -> Iterator[str]:
    """Sequence sets of at most 500 UIDs: servers limit the length of a line."""
    for start in range(0, len(uids), bulk.BATCH):
        yield uid_set(uids[start : start + bulk.BATCH])


def _number(said: Mapping[bytes, Any], name: bytes) -> int:
    """A number of a SELECT or STATUS answer, 0 when it is missing. Raises ValueError when it is none."""
    value = said.get(name, 0)
    if value is None:
        return 0
    if not _NUMBER.fullmatch(str(value).encode()):
        raise ValueError(f"odd number {value!r:.50} for {name!r}")
    return int(value)


def _copied(text: bytes) -> dict[int, int] | None:
    """New UIDs by old ones from a COPYUID code's text, None when it cannot be used (RFC 4315 section 3)."""
    found = _COPYUID.match(text)
    if not found:
        return None
    old, new = _expanded(found[2]), _expanded(found[3])
    return dict(zip(old, new, strict=True)) if len(old) == len(new) else None


def _expanded(ranges: bytes) -> list[int]:
    uids: list[int] = []
    for part in ranges.split(b","):
        first, _, last = part.partition(b":")
        if not first.isdigit() or (last and not last.isdigit()):
            return []
        low, high = sorted((int(first), int(last or first)))
        if high - low + len(uids) > _MOST_UIDS_IN_A_SET:
            return []
        uids += range(low, high + 1)
    return uids
