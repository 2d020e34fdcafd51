"""Lists and searches as the screen asks for them, in a large store of real text.

    .venv/bin/python -m tests.bench.search /tmp/outlook-tui-bench [--count 100000]

Printed is the median of ten askings each, in milliseconds of CPU, and how many messages were answered.
`bench_store` fills a store of its own with headers and measures changes too.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sized
from pathlib import Path
from statistics import median

from tests.bench.stored import home
from tui.model.folder import Role
from tui.model.message import Sort
from tui.model.query import parse
from tui.store.reader import Reader

RUNS = 10
QUERIES = (
    "invoice ", "invoice account ", '"invoice account"', "budget order report ", "zzzz ", "in", "inv", "invo",
    "from:desk ", "from:contoso", "subject:order ", "to:you", "is:unread", "order is:flagged",
    "before:2024-01-01 order ", "order -invoice ", "order in:inbox ", "has:attachment ", "larger:100k ",
)  # fmt: skip


def show(what: str, ask: Callable[[], Sized]) -> None:
    """Ask and print."""
    spent, answered = [], 0
    for _ in range(RUNS):
        began = time.thread_time()
        answered = len(ask())
        spent.append((time.thread_time() - began) * 1000)
    print(f"{what:<44}{median(spent):>9.2f} ms   {answered:>7,} messages")


def main() -> None:
    """Measure one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    given = parser.parse_args()
    with Reader(home(given.directory, given.count).database) as reader:
        (inbox,) = (folder for folder in reader.folders() if folder.role is Role.INBOX)
        first = list(reader.ids(inbox.id, limit=72))
        show("first screen: ids", lambda: reader.ids(inbox.id, limit=200))
        show("first screen: rows", lambda: reader.rows(first))
        show("all ids (in a thread)", lambda: reader.ids(inbox.id))
        show("newest of each conversation (in a thread)", lambda: reader.ids(inbox.id, threads=True))
        show("by sender, first screen", lambda: reader.ids(inbox.id, sort=Sort.SENDER, limit=200))
        for text in QUERIES:
            query = parse(text)
            show(f"newest 50 for {text}", lambda query=query: reader.search(query, limit=50))  # type: ignore[misc]


if __name__ == "__main__":
    main()
