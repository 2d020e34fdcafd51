from __future__ import annotations

import asyncio
import poplib
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from tui.demo import Demo
from tui.model.account import Auth, Protocol, SecretSource, Security, SentCopy


def _open_sockets() -> int:
    """Sockets this process holds."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            count += str(descriptor.readlink()).startswith("socket:")
        except FileNotFoundError:  # the descriptor of this very listing
            continue
    return count


def test_the_account_is_ready_to_be_used() -> None:
    with Demo() as demo:
        account = demo.account
        assert account.address == "you@outlook-demo.example"
        assert account.incoming is Protocol.IMAP
        assert account.login
        assert account.login.username == account.address
        assert account.login.auth is Auth.PASSWORD
        assert account.login.source is SecretSource.SESSION
        assert account.sending_login == account.login
        assert account.sent_copy is SentCopy.AUTO
        for server in (account.imap, account.pop3, account.smtp):
            assert server
            assert server.host == "127.0.0.1"
            assert server.security is Security.PLAIN
            with socket.create_connection((server.host, server.port), timeout=5) as connection:
                assert connection.recv(100)
        assert demo.secret.reveal()
        assert list(demo.home.iterdir()) == []
        assert demo.home.stat().st_mode & 0o077 == 0


def test_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*_arguments: object, **_options: object) -> None:
        raise AssertionError("asked DNS")

    with monkeypatch.context() as patched:
        for name in ("getaddrinfo", "getfqdn", "gethostbyname", "gethostbyaddr"):
            patched.setattr(socket, name, look_up)
        with Demo() as demo:
            for server in (demo.account.imap, demo.account.pop3, demo.account.smtp):
                assert server
                with socket.socket() as connection:
                    connection.settimeout(5)
                    connection.connect((server.host, server.port))
                    assert connection.recv(100)


@pytest.mark.skipif(sys.platform != "linux", reason="counts the open sockets in /proc")
def test_nothing_is_left_after_stop() -> None:
    threads, sockets = set(threading.enumerate()), _open_sockets()
    demo = Demo()
    demo.start()
    (demo.home / "config.toml").write_text("")
    assert demo.account.imap
    assert demo.account.pop3
    idle: Any = IMAPClient(demo.account.imap.host, demo.account.imap.port, ssl=False, timeout=5)
    idle.login(demo.account.address, demo.secret.reveal())
    idle.select_folder("INBOX")
    idle.idle()
    silent = poplib.POP3(demo.account.pop3.host, demo.account.pop3.port, timeout=5)
    began = time.monotonic()
    demo.stop()
    demo.stop()
    assert time.monotonic() - began < 1
    assert set(threading.enumerate()) == threads
    assert not demo.home.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((demo.account.imap.host, demo.account.imap.port), timeout=5)
    idle.shutdown()
    silent.close()
    assert _open_sockets() == sockets


def test_two_demos_side_by_side_share_nothing() -> None:
    with Demo() as one, Demo() as other:
        assert one.home != other.home
        assert one.secret != other.secret
        assert one.account.imap
        assert other.account.imap
        clients = []
        for demo, server in ((one, one.account.imap), (other, other.account.imap)):
            client: Any = IMAPClient(server.host, server.port, ssl=False, timeout=5)
            client.login(demo.account.address, demo.secret.reveal())
            clients.append(client)
        clients[0].create_folder("Only here")
        names = [name for _, _, name in clients[1].list_folders()]
        assert "Only here" not in names
        for client in clients:
            client.logout()


def test_a_demo_that_cannot_start_says_why_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads = set(threading.enumerate())

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError("no more sockets")

    demo = Demo()
    with monkeypatch.context() as patched:
        patched.setattr(asyncio, "start_server", refuse)
        with pytest.raises(OSError, match="no more sockets"):
            demo.start()
    assert set(threading.enumerate()) == threads
    assert list(tmp_path.iterdir()) == []


def test_ready_at_once() -> None:
    took = []
    for _ in range(3):
        began = time.process_time()
        with Demo():
            took.append(time.process_time() - began)
    # The goal is 0.3 s; of the processor's time, because other programs run on the test machine too.
    assert min(took) < 0.3
