"""Fixtures that every room may use: certificates, a real Dovecot, an SMTP sink, whole engines."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from tests.config import stores
from tests.rig import Rig, RigMaker, account_on, settings_of
from tests.servers import certificates
from tests.servers import dovecot as real
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.identity import IdentityServer
from tests.servers.smtp_sink import SmtpSink
from tui.config.paths import find
from tui.config.secrets import Secrets
from tui.model.account import Account
from tui.model.secret import Secret
from tui.store.database import Database
from tui.sync.engine import Engine

_users = itertools.count(1)


def pytest_configure() -> None:
    """No test touches the keyring of whoever runs it: where none is set there is none, and the stores that
    tests define, which enrol themselves with keyring, are not taken for one either.

    Programs under test are to end by Ctrl+C also where this run was started in the background, which makes
    a shell have SIGINT ignored by it and by all its children.
    """
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def narrow_keyring() -> Iterator[stores.Memory]:
    """A password store as narrow as the one of Windows, in the place of this computer's."""
    with stores.keyring_of(stores.Memory(longest=1280)) as memory:
        yield memory


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


def _running(server: SmtpSink) -> Iterator[SmtpSink]:
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sink() -> Iterator[SmtpSink]:
    """The plain SMTP server that Dovecot's submission relays to; it keeps everything it is given."""
    yield from _running(SmtpSink())


@pytest.fixture
def plain_sink() -> Iterator[SmtpSink]:
    """A plain SMTP server of one test alone, which may tell it what to refuse."""
    yield from _running(SmtpSink())


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


@pytest.fixture(scope="session")
def identity_service(certs: Certificates) -> Iterator[IdentityServer]:
    """The one identity service of the run; tests ask for `identity`."""
    with IdentityServer(certs) as server:
        yield server


@pytest.fixture
def identity(identity_service: IdentityServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityServer]:
    """An identity service over https on loopback, as new: no tokens, every switch as at first. It is reached
    without a proxy, and nothing of the person's own is used."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "OUTLOOK_TUI_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    identity_service.reset()
    yield identity_service
    identity_service.settle()


@pytest.fixture(scope="session")
def oauth_dovecot_service(
    identity_service: IdentityServer, certs: Certificates, sink: SmtpSink
) -> Iterator[Dovecot]:
    """The one Dovecot of the run that takes tokens; tests ask for `oauth_dovecot`."""
    _need_dovecot()
    server = Dovecot(introspect=identity_service.introspect, relay=sink.port, issued=certs)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def oauth_dovecot(oauth_dovecot_service: Dovecot, identity: IdentityServer) -> Dovecot:
    """A Dovecot that takes the access tokens of `identity`, whose `user` is then the mailbox."""
    return oauth_dovecot_service


@pytest.fixture
def user() -> str:
    """A user name no other test has; Dovecot takes every name (see `dovecot.PASSWORD`)."""
    return f"user{next(_users)}-{os.getpid()}"


@pytest.fixture
def make_rig(tmp_path: Path) -> Iterator[RigMaker]:
    """Makes rigs: `make_rig(account, watch=False)`; the same home for each, so that a second one begins
    where the first ended. With `known` False the account's secret is not held for the session."""
    made: list[Rig] = []

    def make(
        account: Account,
        *,
        watch: bool = False,
        start: bool = True,
        secret: Secret | None = None,
        known: bool = True,
    ) -> Rig:
        paths = find(str(tmp_path / "home"))
        Database.open(paths.database)
        secrets = Secrets()
        if known:
            secrets.remember(account.address, "incoming", secret or Secret(PASSWORD))
        engine = Engine(paths, settings_of(paths, account), secrets, watch=watch)
        rig = Rig(paths, account, engine)
        engine.listen(rig.events.append)
        if start:
            engine.start()
        made.append(rig)
        return rig

    yield make
    for rig in made:
        assert rig.engine.close(5.0), "a thread of the engine did not end"


@pytest.fixture
def account(dovecot: Dovecot, user: str) -> Account:
    """An IMAP account on the real Dovecot."""
    return account_on(dovecot, user)
