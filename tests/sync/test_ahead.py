"""Reading ahead of who stores: nothing is lost, doubled or out of order, whoever ends first."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.sync import ahead as module
from tui.sync.ahead import ahead


class Source:
    """Gives out `items` one by one and knows how many, and whether it was closed."""

    def __init__(self, items: Iterable[bytes], error: Exception | None = None) -> None:
        self.given = 0
        self.closed = False
        self.thread = ""
        self._items = items
        self._error = error

    def read(self) -> Generator[bytes, None, None]:
        self.thread = threading.current_thread().name
        try:
            for item in self._items:
                self.given += 1
                yield item
            if self._error:
                raise self._error
        finally:
            self.closed = True


@given(st.lists(st.integers(0, 1 << 20), max_size=60))
def test_all_come_in_their_order(sizes: list[int]) -> None:
    items = [bytes(size) for size in sizes]
    source = Source(items)
    batches = list(ahead(source.read(), len))
    assert [one for batch in batches for one in batch] == items
    assert all(batches) and source.closed


def test_a_batch_is_bounded_by_number_and_octets() -> None:
    many = list(ahead(Source([b"x"] * 3_000).read(), len))
    assert max(map(len, many)) <= module.BATCH
    large = list(ahead(Source([bytes(1 << 20)] * 20).read(), len))
    assert max(map(len, large)) <= 2


def test_who_reads_waits_when_enough_is_ahead() -> None:
    source = Source([bytes(1 << 20)] * 50)
    batches = ahead(source.read(), len)
    next(batches)
    time.sleep(0.1)
    assert source.given <= (module.MOST_OCTETS + 2 * module.BATCH_OCTETS >> 20) + 2
    assert source.thread == "read-ahead"
    batches.close()
    assert source.closed


def test_what_came_before_an_error_comes_before_it() -> None:
    source = Source([b"one", b"two"], OSError("cut"))
    batches = ahead(source.read(), len)
    assert [one for _ in range(1) for one in next(batches)] == [b"one", b"two"]
    with pytest.raises(OSError, match="cut"):
        next(batches)


def test_few_do_not_wait_for_more() -> None:
    more = threading.Event()

    def slowly() -> Generator[bytes, None, None]:
        yield b"first"
        assert more.wait(5)
        yield b"second"

    batches = ahead(slowly(), len)
    assert next(batches) == [b"first"]
    more.set()
    assert next(batches) == [b"second"]
    assert list(batches) == []


def test_leaving_early_closes_the_source() -> None:
    source = Source([b"x"] * 10_000)
    for _ in ahead(source.read(), len):
        break
    assert not any(one.name == "read-ahead" for one in threading.enumerate()) and source.closed
