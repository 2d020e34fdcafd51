"""Killed while sending: nothing lost, nothing sent twice. `interrupt.py` has the long run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.smtp_sink import SmtpSink
from tests.sync import send_kills

pytestmark = pytest.mark.slow


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    server = SmtpSink()
    server.start()
    yield server
    server.stop()


def test_killed_at_each_moment(sink: SmtpSink, tmp_path: Path) -> None:
    moments, sent, unsure = send_kills.each_moment(sink, tmp_path)
    assert moments == send_kills.MOMENTS
    assert sent + unsure == moments + 1
    assert unsure == 6, "from the commit of the dot to that of the answer"


def test_killed_anywhere(sink: SmtpSink, tmp_path: Path) -> None:
    sent, unsure = send_kills.anywhere(sink, tmp_path, 10, random.Random(9))
    assert sent + unsure == 10
    assert unsure >= 2, "each fifth is killed between the server's answer and its being heard"
