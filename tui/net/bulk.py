"""Many messages at once: flags, headers and bodies by ranged UID FETCH, two commands in flight.

IMAPClient's parser walks every octet in Python (246 µs a body against 17); this reads the literals whole.
Leaving an iterator early reads and drops what is still on its way, so that the next command finds a clean
connection.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tui.model.error import MailError, Refused
from tui.net import fetch_items, flags
from tui.net.answer import FetchedHeader, Flags
from tui.net.argument import LARGEST_NUMBER, uid_set
from tui.net.conversation import Conversation, Response, push

FIELDS = (
    "Message-ID In-Reply-To References Date Subject From Reply-To To Cc Bcc Sender Content-Type "
    "X-Microsoft-Original-Message-ID"
)
BATCH = 500
BATCH_OCTETS = 3 << 20
_UNKNOWN_SIZE = 32 << 10
_IN_FLIGHT = 2
_LARGEST_SIZE = (1 << 63) - 1
_FLAGS_LINE = re.compile(
    rb"\* \d{1,10} FETCH \(UID (\d{1,10}) FLAGS \(([^()\"]*)\)(?: MODSEQ \(\d+\))?\)\r\n"
)


def headers(talk: Conversation, uids: Sequence[int]) -> Iterator[list[FetchedHeader]]:
    """Headers of `uids` in lists of up to BATCH, roughly in the order of `uids`.

    Messages that are no longer there are missing, others never come. Raises Offline, Garbled, Refused, Busy.
    """
    batches = (uids[n : n + BATCH] for n in range(0, len(uids), BATCH))
    gathered: list[FetchedHeader] = []
    for found in fetched(talk, batches):
        gathered.append(found)
        if len(gathered) >= BATCH:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def fetched(
    talk: Conversation, batches: Iterable[Sequence[int]], *, whole: bool = False
) -> Iterator[FetchedHeader]:
    """Flags, date and header of messages, each as soon as it is here; all of their octets where they are
    wanted `whole`.

    A batch of UIDs becomes one command; the next is asked for when fewer than two are on their way. Missing
    and raised as in `headers`.
    """
    section = "" if whole else f"HEADER.FIELDS ({FIELDS})"
    items = f"(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[{section}])"
    parsed = _FlagCache()
    wanted: set[int] = set()
    for found in _fetch(talk, _noted(batches, wanted), items):
        uid = fetch_items.number(found, b"UID", LARGEST_NUMBER)
        if uid not in wanted or b"BODY" not in found:
            continue  # a change of flags, told in between
        wanted.remove(uid)
        bits, tags = parsed[found.get(b"FLAGS", b"")]
        received = fetch_items.internal_date(found.get(b"INTERNALDATE", b""))
        size = fetch_items.number(found, b"RFC822.SIZE", _LARGEST_SIZE)
        octets = found[b"BODY"]
        yield FetchedHeader(uid, bits, tags, received, size, octets, octets if whole else None)


def bodies(
    talk: Conversation, uids: Sequence[int], sizes: Mapping[int, int] | None = None
) -> Iterator[tuple[int, bytes]]:
    """Whole messages, each as soon as it is here, exactly as the server has them.

    `sizes` (octets by UID, as headers gave them) makes the batches even. Missing and raised as in `headers`.
    """
    wanted = set(uids)
    for found in _fetch(talk, _batches(uids, sizes or {}), "(UID BODY.PEEK[])"):
        uid = fetch_items.number(found, b"UID", LARGEST_NUMBER)
        if uid in wanted and b"BODY" in found:
            wanted.remove(uid)
            yield uid, found[b"BODY"]


def all_flags(talk: Conversation, at_most: int, since_modseq: int = 0) -> tuple[dict[int, Flags], int]:
    """Flags by UID of the whole selected mailbox, or of what changed since a mod-sequence (RFC 7162); and
    how many messages were expunged meanwhile. Raises Garbled when more than `at_most` responses come.
    """
    changed = f" (CHANGEDSINCE {since_modseq})" if since_modseq else ""
    parsed = _FlagCache()
    found: dict[int, Flags] = {}
    expunged = 0
    tag = talk.send(f"UID FETCH 1:* (UID FLAGS){changed}")
    with talk.transport.stream():
        for _ in range(at_most):
            line = talk.transport.readline()
            if usual := _FLAGS_LINE.fullmatch(line):
                found[_checked(talk, int(usual[1]))] = parsed[usual[2]]
                continue
            response = talk.response(line)
            if talk.is_end(response, tag, "fetching flags"):
                return found, expunged
            if listed := _uid_and_words(talk, response):
                found[listed[0]] = parsed[listed[1]]
            elif (told := push(response)) and told.kind == "EXPUNGE":
                expunged += 1
        raise talk.transport.broken("an endless list of flags")


def _uid_and_words(talk: Conversation, response: Response) -> tuple[int, bytes] | None:
    """UID and flag words of a response, None when it tells something else."""
    if not fetch_items.is_fetch(response.text):
        return None
    items = _items(talk, response)
    if b"UID" not in items or b"FLAGS" not in items:
        return None
    return _checked(talk, fetch_items.number(items, b"UID", LARGEST_NUMBER)), items[b"FLAGS"]


def _checked(talk: Conversation, uid: int) -> int:
    if not 0 < uid <= LARGEST_NUMBER:
        raise talk.transport.broken(f"UID {uid}")
    return uid


class _FlagCache(dict[bytes, Flags]):
    """Few different flag lists stand on many messages: each is parsed once and shared."""

    def __missing__(self, words: bytes) -> Flags:
        made = self[words] = flags.parse(words)
        return made


def _batches(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[Sequence[int]]:
    """Runs of `uids` of at most BATCH messages and about BATCH_OCTETS octets."""
    batch: list[int] = []
    octets = 0
    for uid in uids:
        size = sizes.get(uid, _UNKNOWN_SIZE)
        if batch and (len(batch) == BATCH or octets + size > BATCH_OCTETS):
            yield batch
            batch, octets = [], 0
        batch.append(uid)
        octets += size
    if batch:
        yield batch


def _noted(batches: Iterable[Sequence[int]], wanted: set[int]) -> Iterator[Sequence[int]]:
    """The same batches, each put into `wanted` when it is about to be asked for."""
    for batch in batches:
        wanted.update(batch)
        yield batch


def _fetch(talk: Conversation, batches: Iterable[Sequence[int]], items: str) -> Iterator[dict[bytes, bytes]]:
    """Every FETCH response to the batches, parsed."""
    todo = iter(batches)
    waiting: dict[bytes, int] = {}  # messages asked for by tag; commands may end in any order (RFC 3501 5.5)
    left = 10_000  # what may come besides, such as changes of flags told in between
    with talk.transport.stream():
        try:
            while True:
                while len(waiting) < _IN_FLIGHT and (batch := next(todo, None)):
                    waiting[talk.send(f"UID FETCH {uid_set(batch)} {items}")] = len(batch)
                    left += 2 * len(batch)
                if not waiting:
                    return
                response = talk.response()
                if fetch_items.is_fetch(response.text):
                    yield _items(talk, response)
                else:
                    _take_end(talk, response, waiting)
                left -= 1
                if left < 0:
                    raise talk.transport.broken("an endless answer to FETCH")
        finally:
            _drop(talk, waiting)


def _take_end(talk: Conversation, response: Response, waiting: dict[bytes, int]) -> None:
    """A command that is done is no longer waited for, also when it was refused."""
    tag = response.text.partition(b" ")[0]
    if waiting.pop(tag, None) is None:
        talk.is_end(response, b"", "fetching messages")
        return
    try:
        talk.is_end(response, tag, "fetching messages")
    except Refused as error:
        if "EXPUNGEISSUED" not in error.detail.upper():  # RFC 5530: some were gone, the others have come
            raise


def _items(talk: Conversation, response: Response) -> dict[bytes, bytes]:
    try:
        return fetch_items.parse(response)
    except ValueError as error:
        raise talk.transport.broken(str(error)) from error


def _drop(talk: Conversation, waiting: dict[bytes, int]) -> None:
    """Read up to the end of the commands in flight. A broken connection is told by the next command."""
    with contextlib.suppress(MailError, OSError):
        while waiting:
            waiting.pop(talk.response().text.partition(b" ")[0], None)
