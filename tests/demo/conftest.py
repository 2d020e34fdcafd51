"""A running demo, and clients signed in to it."""

from __future__ import annotations

import poplib
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from imapclient import IMAPClient

from tui.demo import Demo


@pytest.fixture
def demo() -> Iterator[Demo]:
    with Demo(answer_after=0.05) as running:
        yield running


@pytest.fixture
def imap(demo: Demo) -> Iterator[Any]:
    """An IMAPClient; its methods have no annotations that a type checker could use."""
    assert demo.account.imap
    client = IMAPClient(demo.account.imap.host, demo.account.imap.port, ssl=False, timeout=5)
    with client:
        client.login(demo.account.address, demo.secret.reveal())
        yield client


@pytest.fixture
def smtp(demo: Demo) -> Iterator[smtplib.SMTP]:
    assert demo.account.smtp
    with smtplib.SMTP(demo.account.smtp.host, demo.account.smtp.port, timeout=5) as client:
        client.login(demo.account.address, demo.secret.reveal())
        yield client


@pytest.fixture
def pop3(demo: Demo) -> Iterator[Callable[[], poplib.POP3]]:
    """Opens signed-in POP3 sessions; those left open are dropped at the end."""
    server = demo.account.pop3
    assert server
    with ExitStack() as opened:

        def sign_in() -> poplib.POP3:
            client = poplib.POP3(server.host, server.port, timeout=5)
            opened.callback(client.close)
            client.user(demo.account.address)
            client.pass_(demo.secret.reveal())
            return client

        yield sign_in
