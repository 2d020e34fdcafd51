"""How fast the store is. Run on demand: python -m tests.bench.bench_store [messages]. Asserts no seconds."""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tui.model.account import Protocol
from tui.model.folder import Role, ServerFolder, SyncMark
from tui.model.message import Address, Envelope, Filter, Flag, NewMessage, Scan, Sort
from tui.model.query import parse
from tui.store.reader import Reader
from tui.store.writer import Writer

BATCH = 500
BODIES = 10_000
START = 1_600_000_000
WORDS = [
    f"{a}{b}{c}"
    for a in ("ba", "re", "mi", "ko", "tu")
    for b in ("lan", "ter", "vis", "por")
    for c in "aeious"
]


def header(number: int, chance: random.Random) -> NewMessage:
    """A header like those of a busy mailbox: a third of them answers."""
    answered = number - chance.randrange(1, 300) if number > 300 and chance.random() < 0.33 else 0
    sender = chance.randrange(2_000)
    envelope = Envelope(
        message_id=f"{number}.{number * 7919}@mail.contoso.example",
        in_reply_to=f"{answered}.{answered * 7919}@mail.contoso.example" if answered else "",
        date=START + number * 60,
        date_offset=120,
        subject=("Re: " if answered else "") + " ".join(chance.choices(WORDS, k=6)),
        sender=(Address(f"Department {sender}", f"desk{sender}@contoso.example"),),
        to=(Address(None, "you@example.org"),),
    )
    flags = Flag.SEEN if chance.random() < 0.9 else Flag(0)
    return NewMessage(envelope, START + number * 60, 3_000, hash(envelope.message_id), flags, uid=number)


def timed(what: str, work: Callable[[], object], times: int = 1) -> float:
    """Run and print the best of `times` runs, in milliseconds."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    print(f"{what:<58}{best * 1000:>12.2f} ms")
    return best


def batches(total: int) -> Iterator[list[NewMessage]]:
    """Newest first, as a sync fetches them."""
    chance = random.Random(7)
    numbers = list(range(total, 0, -1))
    for first in range(0, total, BATCH):
        yield [header(number, chance) for number in numbers[first : first + BATCH]]


def insert(writer: Writer, inbox: int, total: int) -> None:
    """Headers in batches; making them up is not counted."""
    spent = cpu = slowest = 0.0
    for batch in batches(total):
        began, began_cpu = time.perf_counter(), time.process_time()
        writer.added(inbox, batch, SyncMark(1, total + 1, 1))
        took = time.perf_counter() - began
        spent, cpu, slowest = spent + took, cpu + time.process_time() - began_cpu, max(slowest, took)
    figures = f"(CPU {cpu:.2f} s, slowest batch {slowest * 1000:.0f} ms)"
    print(f"{'headers stored, rows/s':<58}{total / spent:>12,.0f}   {figures}")


def bodies(writer: Writer, ids: list[int]) -> None:
    """Bodies of 2.6 KB, newest first."""
    chance = random.Random(11)
    texts = [" ".join(chance.choices(WORDS, k=300)) for _ in range(200)]
    spent = cpu = 0.0
    for first in range(0, len(ids), BATCH):
        batch = []
        for number in ids[first : first + BATCH]:
            text = f"{chance.choice(texts)} unique{number}"
            batch.append(
                (number, b"Subject: bench\r\n\r\n" + text.encode(), Scan(number % 10 == 0, text[:100], text))
            )
        began, began_cpu = time.perf_counter(), time.process_time()
        writer.bodies(batch)
        spent, cpu = spent + time.perf_counter() - began, cpu + time.process_time() - began_cpu
    print(f"{'bodies stored and indexed, messages/s':<58}{len(ids) / spent:>12,.0f}   (CPU {cpu:.2f} s)")


def read(reader: Reader, inbox: int) -> None:
    """What lists, plans and searches cost."""
    page = list(reader.ids(inbox, limit=50))
    timed("first 50 ids", lambda: reader.ids(inbox, limit=50), 20)
    timed("first 50 ids of all inboxes", lambda: reader.ids(None, role=Role.INBOX, limit=50), 20)
    timed("rows of a page", lambda: reader.rows(page), 20)
    timed("all ids", lambda: reader.ids(inbox), 5)
    timed("all unread ids", lambda: reader.ids(inbox, filter=Filter.UNREAD), 5)
    timed("newest of each conversation, first 50", lambda: reader.ids(inbox, limit=50, threads=True), 5)
    timed("newest of each conversation, all", lambda: reader.ids(inbox, threads=True), 5)
    timed("conversation sizes of a page", lambda: reader.thread_counts(page), 5)
    for sort in (Sort.SENDER, Sort.SUBJECT, Sort.SIZE):
        timed(f"by {sort.value}, first 40", lambda sort=sort: reader.ids(inbox, sort=sort, limit=40), 3)  # type: ignore[misc]
        timed(f"by {sort.value}, all", lambda sort=sort: reader.ids(inbox, sort=sort), 3)  # type: ignore[misc]
    timed("listing for a plan", lambda: reader.listing(inbox), 3)
    for text in (
        "balana ",
        "balana tervisa",
        "ba",
        "bal",
        "unique77",
        "from:desk17 ",
        "is:unread",
        "subject:balana is:unread",
    ):
        timed(f"search {text!r}", lambda text=text: reader.search(parse(text)), 5)  # type: ignore[misc]
    timed(
        "search 'after:2020-11-01 before:2020-12-01 balana '",
        lambda: reader.search(parse("after:2020-11-01 before:2020-12-01 balana ")),
        5,
    )
    timed("search in the folder", lambda: reader.search(parse("balana "), folder=inbox), 5)
    timed("contacts", lambda: reader.contacts("desk1"), 5)


def change(writer: Writer, inbox: int, target: int, ids: list[int]) -> None:
    """What the person does to one message and to a thousand."""
    timed("flag one message", lambda: writer.set_flags(ids[:1], Flag.FLAGGED), 1)
    timed("flag 1,000 messages", lambda: writer.set_flags(ids[:1_000], Flag.ANSWERED), 1)
    timed("move 1,000 messages", lambda: writer.move(ids[:1_000], target), 1)
    timed("undo that", writer.undo, 1)
    with writer.durable():
        timed("flag one message, durably", lambda: writer.set_flags(ids[1:2], Flag.FORWARDED), 1)


def main() -> None:
    """Fill a store and measure it."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.db"
        with Writer(path) as writer, Reader(path) as reader:
            writer.account("you@example.org", Protocol.IMAP)
            listed = [
                ServerFolder("INBOX", "INBOX", Role.INBOX),
                ServerFolder("Archive", "Archive", Role.ARCHIVE),
            ]
            writer.folders("you@example.org", listed)
            inbox, archive = (one.id for one in reader.folders())
            insert(writer, inbox, total)
            ids = list(reader.ids(inbox))
            bodies(writer, ids[:BODIES])
            read(reader, inbox)
            change(writer, inbox, archive, ids)
            timed("check", reader.check)
        timed("open a reader and close it", lambda: Reader(path).close(), 5)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    print(f"{'size on the disk':<58}{size / 1e6:>12.1f} MB")
    print(f"{'memory at most':<58}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>12.1f} MB")


if __name__ == "__main__":
    main()
