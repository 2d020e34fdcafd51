from __future__ import annotations

import poplib
import smtplib
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tui.demo import Demo

SignIn = Callable[[], poplib.POP3]


def _retrieved(client: poplib.POP3, number: int) -> bytes:
    _, lines, _ = client.retr(number)
    return b"".join(line + b"\r\n" for line in lines)


def test_the_bytes_are_those_of_imap(imap: Any, pop3: SignIn) -> None:
    imap.select_folder("INBOX")
    uids = imap.search("ALL")
    by_imap = [imap.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] for uid in uids]
    client = pop3()
    sizes = [int(line.split()[1]) for line in client.list()[1]]
    by_pop3 = [_retrieved(client, number) for number in range(1, len(sizes) + 1)]
    assert by_pop3 == by_imap
    assert sizes == [len(raw) for raw in by_imap]
    assert client.stat() == (len(by_imap), sum(sizes))


def test_unique_ids_stay(pop3: SignIn) -> None:
    first = pop3()
    ids = [line.split()[1] for line in first.uidl()[1]]
    assert len(set(ids)) == len(ids) > 30
    assert all(len(each) <= 70 and each.isascii() for each in ids)
    first.quit()
    second = pop3()
    assert [line.split()[1] for line in second.uidl()[1]] == ids
    assert second.uidl(3).split()[2] == ids[2]


def test_lines_that_begin_with_a_dot_arrive_whole(imap: Any, pop3: SignIn) -> None:
    raw = b"Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\nend.\r\n.\r\n"
    imap.append("INBOX", raw)
    client = pop3()
    assert _retrieved(client, client.stat()[0]) == raw


def test_a_message_without_a_last_line_end_still_ends(imap: Any, pop3: SignIn) -> None:
    imap.append("INBOX", b"Subject: short\r\n\r\nno line end")
    client = pop3()
    assert _retrieved(client, client.stat()[0]).endswith(b"no line end\r\n")


def test_top_gives_the_header_and_so_many_lines(imap: Any, pop3: SignIn) -> None:
    imap.append("INBOX", b"Subject: top\r\n\r\none\r\ntwo\r\nthree\r\n")
    client = pop3()
    last = client.stat()[0]
    assert client.top(last, 0)[1] == [b"Subject: top", b""]
    assert client.top(last, 2)[1] == [b"Subject: top", b"", b"one", b"two"]
    assert client.top(last, 99)[1] == [b"Subject: top", b"", b"one", b"two", b"three"]


def test_deletions_count_from_quit_on(imap: Any, pop3: SignIn) -> None:
    client = pop3()
    count, size = client.stat()
    ids = client.uidl()[1]
    client.dele(2)
    client.dele(3)
    with pytest.raises(poplib.error_proto, match="no such message"):
        client.retr(2)
    client.rset()
    assert client.stat() == (count, size)
    client.dele(1)
    assert client.stat()[0] == count - 1
    assert client.list()[1][0].startswith(b"2 ")
    imap.select_folder("INBOX")
    assert len(imap.search("ALL")) == count
    client.quit()
    imap.noop()
    assert len(imap.search("ALL")) == count - 1
    assert [line.split()[1] for line in pop3().uidl()[1]] == [line.split()[1] for line in ids[1:]]


def test_a_dropped_connection_deletes_nothing_and_frees_the_mailbox(pop3: SignIn) -> None:
    client = pop3()
    count = client.stat()[0]
    client.dele(1)
    client.close()
    for _ in range(50):
        try:
            again = pop3()
        except poplib.error_proto:
            time.sleep(0.02)
        else:
            break
    assert again.stat()[0] == count


def test_one_session_at_a_time(pop3: SignIn) -> None:
    first = pop3()
    with pytest.raises(poplib.error_proto, match=r"\[IN-USE\]"):
        pop3()
    first.quit()
    assert pop3().stat()[0]


def test_sign_in_comes_first(demo: Demo) -> None:
    assert demo.account.pop3
    client = poplib.POP3(demo.account.pop3.host, demo.account.pop3.port, timeout=5)
    with pytest.raises(poplib.error_proto, match="sign in first"):
        client.stat()
    with pytest.raises(poplib.error_proto, match="USER comes first"):
        client.pass_("x")
    client.user(demo.account.address)
    with pytest.raises(poplib.error_proto, match=r"\[AUTH\]"):
        client.pass_("wrong")
    assert {"USER", "TOP", "UIDL", "PIPELINING"} <= set(client.capa())
    client.quit()


@pytest.mark.parametrize("command", ["RETR", "RETR 0", "RETR x", "RETR 9999", "TOP 1", "TOP 1 x", "XYZ", ""])
def test_nonsense_is_answered_and_the_session_goes_on(pop3: SignIn, command: str) -> None:
    client = pop3()
    with pytest.raises(poplib.error_proto, match="-ERR"):
        client._shortcmd(command)  # type: ignore[attr-defined]
    assert client.noop().startswith(b"+OK")


def test_commands_may_come_all_at_once(demo: Demo) -> None:
    server = demo.account.pop3
    assert server
    lines = [f"USER {demo.account.address}", f"PASS {demo.secret.reveal()}", "STAT", "NOOP", "QUIT", ""]
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = b""
        while received := connection.recv(4096):
            answer += received
    assert answer.count(b"+OK") == 6


def test_a_line_without_end_ends_the_session(demo: Demo) -> None:
    server = demo.account.pop3
    assert server
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.recv(100)
        connection.sendall(b"x" * 200_000)
        with suppress(ConnectionResetError):  # the server closes without having read everything
            assert connection.recv(100) == b""


def test_what_is_sent_to_oneself_is_there(pop3: SignIn, smtp: smtplib.SMTP, demo: Demo) -> None:
    smtp.sendmail(demo.account.address, [demo.account.address], b"Subject: Note\r\n\r\nMilk.\r\n")
    time.sleep(0.1)
    client = pop3()
    assert b"Subject: Note\r\n\r\nMilk.\r\n" in _retrieved(client, client.stat()[0])
