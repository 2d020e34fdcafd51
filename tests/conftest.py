"""Fixtures that every room may use: certificates, a real Dovecot, an SMTP sink."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from tests.servers import certificates
from tests.servers import dovecot as real
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

_users = itertools.count(1)


def _need_dovecot() -> None:
    if real.installed():
        return
    if os.environ.get("OUTLOOK_TUI_REQUIRE_SERVERS") == "1":
        pytest.fail(real.HOW_TO_GET_IT)
    pytest.skip(real.HOW_TO_GET_IT)


@pytest.fixture(scope="session")
def certs(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate authority and leaf certificates, good and bad."""
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def sink() -> Iterator[SmtpSink]:
    """The plain SMTP server that Dovecot's submission relays to; it keeps everything it is given."""
    server = SmtpSink()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def dovecot_with(sink: SmtpSink) -> Iterator[Callable[[str], Dovecot]]:
    """Starts a Dovecot that owns to the given IMAP capabilities only ("" for its own), one for each set."""
    _need_dovecot()
    running: dict[str, Dovecot] = {}

    def get(capability: str = "") -> Dovecot:
        if capability not in running:
            server = Dovecot(capability=capability, relay=sink.port)
            try:
                server.start()
            except RuntimeError:
                server.remove()
                raise
            running[capability] = server
        return running[capability]

    yield get
    for server in running.values():
        server.ask_to_stop()
    for server in running.values():
        server.remove()


@pytest.fixture(scope="session")
def dovecot(dovecot_with: Callable[[str], Dovecot]) -> Dovecot:
    """A running Dovecot with everything it can do."""
    return dovecot_with("")


@pytest.fixture
def user() -> str:
    """A user name no other test has; Dovecot takes every name (see `dovecot.PASSWORD`)."""
    return f"user{next(_users)}-{os.getpid()}"
