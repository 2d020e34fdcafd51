"""Which addresses of a server answer."""

from __future__ import annotations

import re
import socket
import time
from contextlib import ExitStack

import pytest

from tui.model.account import Server
from tui.model.error import BadInput, Offline
from tui.net import reach


def test_each_address_is_named_with_how_it_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = Server("127.0.0.1", port)
        assert reach.addresses(server) == [(socket.AF_INET, "127.0.0.1")]
        assert re.fullmatch(r"IPv4 127\.0\.0\.1 answers in \d+ ms", reach.reach(server))
        if len(reach.addresses(Server("localhost", port))) == 2:
            assert "IPv6 ::1: Connection refused" in reach.reach(Server("localhost", port))
    with pytest.raises(Offline):
        reach.reach(server)


def test_an_address_that_is_silent_ends_in_time() -> None:
    with socket.socket() as listener, ExitStack() as full:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(3):  # the kernel takes no more of them, and says nothing
            one = full.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        started = time.monotonic()
        with pytest.raises(Offline):
            reach.reach(Server("127.0.0.1", port), within=0.3)
        assert 0.2 < time.monotonic() - started < 5


@pytest.mark.parametrize(("host", "kind"), [("no-such-host.invalid", Offline), ("a\r\nb", BadInput)])
def test_a_name_that_leads_nowhere(host: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        reach.addresses(Server(host, 993))
    with pytest.raises(kind):
        reach.reach(Server(host, 993))


def test_families_without_an_address_are_named() -> None:
    assert reach.named([(socket.AF_INET6, "::1"), (socket.AF_INET6, "::2")]) == "IPv4 none; IPv6 ::1, ::2"
