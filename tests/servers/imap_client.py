"""Another mail program at the tests' own server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import imapclient

from tests.servers.dovecot import PASSWORD, Dovecot
from tui.net.link import context


@contextmanager
def client(dovecot: Dovecot, user: str) -> Iterator[Any]:
    """Another mail program, signed in to the same mailbox."""
    made = imapclient.IMAPClient(
        "localhost", dovecot.imaps, ssl=True, ssl_context=context(dovecot.ca_file), timeout=10
    )
    made.login(user, PASSWORD)
    try:
        yield made
    finally:
        made.logout()  # type: ignore[no-untyped-call]


def another_moves(dovecot: Dovecot, user: str, subject: str, folder: str) -> None:
    """Another program moves a message out of the inbox."""
    with client(dovecot, user) as other:
        other.select_folder("INBOX")
        found = other.search(["SUBJECT", subject])
        other.copy(found, folder)
        other.delete_messages(found)
        other.expunge()
