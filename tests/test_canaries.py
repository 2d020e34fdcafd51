"""No secret leaves a trace: whole journeys, with errors and crashes, and then a look into every corner."""

from __future__ import annotations

import base64
import secrets
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.canaries import Canaries, Watch, forms_of
from tests.cli.real_program import ROOT, RealProgram, Talk, Terminal
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.identity import Failure, IdentityServer
from tui.ui.crash import SENTENCE

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]

Words = tuple[object, ...]

BROWSER = """\
#!{python}
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile={ca!r})
urllib.request.build_opener(
    urllib.request.ProxyHandler({{}}), urllib.request.HTTPSHandler(context=context)
).open(sys.argv[1], timeout=20).close()
"""


class Journey:
    """The real program with the most talkative log; everything it prints is kept."""

    def __init__(self, folder: Path, identity: IdentityServer, address: str) -> None:
        self.identity = identity
        self.address = address
        self.program = RealProgram(folder / "home")
        self.printed: list[str] = []
        self.known: set[str] = {PASSWORD}
        config = self.program.home / "config"
        config.mkdir(mode=0o700, parents=True)
        (config / "config.toml").write_text('[general]\nlog_level = "debug"\nundo_seconds = 0\n')
        (config / "config.toml").chmod(0o600)

    def __call__(self, *words: object, code: int | None = 0, stdin: str = "") -> Talk:
        """Run a command to its end."""
        with self.program.start(*words) as talk:
            if stdin:
                talk.say(stdin)
            ended = talk.ended()
        self.printed += [*talk.out, *talk.err]
        assert code is None or ended == code, f"exit {ended}: {talk.out} {talk.err}"
        self.learn()
        return talk

    def learn(self) -> None:
        """Remember every token and code that there is by now."""
        self.known |= self.identity.secrets()

    def require_clean(self, watch: Watch, *also: str) -> None:
        """No secret is in the home, in what was printed, in a command line or an environment."""
        self.learn()
        canaries = Canaries({*self.known, *also})
        assert len(self.known) > 1
        assert canaries.files_below(self.program.home) == {}
        assert canaries.found_in("\n".join(self.printed)) == []
        assert watch.processes
        assert [found for data in watch.seen if (found := canaries.found_in(data))] == []


@pytest.fixture
def journey(tmp_path: Path, identity: IdentityServer, user: str) -> Journey:
    identity.user = f"{user}@example.org"
    return Journey(tmp_path, identity, identity.user)


def _servers(dovecot: Dovecot) -> Words:
    ports = {"imap": dovecot.imaps, "pop3": dovecot.pop3s, "smtp": dovecot.submission}
    named = [(f"--{kind}-host", "localhost", f"--{kind}-port", port) for kind, port in ports.items()]
    return (*(word for pair in named for word in pair), "--smtp-security", "starttls")


@pytest.fixture
def adding(journey: Journey, identity: IdentityServer, oauth_dovecot: Dovecot) -> Words:
    """What `account add` is told to sign in by OAuth."""
    return (
        "account", "add", journey.address, *_servers(oauth_dovecot), "--auth", "oauth2",
        "--client-id", identity.client_id, "--authority", identity.authority, "--ca-file", identity.certs.ca,
    )  # fmt: skip


def test_the_finder_finds() -> None:
    """What proves the absence of a secret must see it where it is."""
    token = secrets.token_urlsafe(900)
    for secret in (token, "correct-horse-battery"):
        assert len(set(forms_of(secret))) >= 4
        canaries = Canaries([secret])
        for shown in (f"AUTH {secret}", f"?code={secret}&x", f"{secret[:40]}…"):
            assert canaries.found_in(shown), shown
        for before in ("", "u", "us", "user=you\x01auth=Bearer "):
            assert canaries.found_in(base64.b64encode(f"{before}{secret}\x01\x01".encode()))
        assert canaries.found_in("nothing of it") == []


def test_commands_and_environments_are_seen() -> None:
    with Watch() as watch:
        subprocess.run(["sleep", "0.2"], env={"CANARY": "in-the-environment"}, check=True)

    assert any(b"sleep\x000.2" in data for data in watch.seen)
    assert any(b"in-the-environment" in data for data in watch.seen)


def test_signing_in_every_way_and_every_refusal(
    journey: Journey, adding: Words, identity: IdentityServer, tmp_path: Path
) -> None:
    script = tmp_path / "browser"
    script.write_text(BROWSER.format(python=sys.executable, ca=str(identity.certs.ca)))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    login: Words = ("account", "login", journey.address)
    with Watch() as watch:
        journey(*adding, "--device-code")
        for words in (["sync"], ["doctor"], ["account", "test"], ["account", "show", "--json"], ["undo"]):
            journey(*words, code=None)
        journey("send", "--to", "a@contoso.example", "--subject", "x")
        journey.program = replace(journey.program, more={"DISPLAY": ":99", "BROWSER": str(script)})
        journey(*login, "--browser", "--json")
        with journey.program.start(*login, "--paste") as talk:
            address = talk.line("/authorize")
            talk.say("https://localhost/?code=CODE-of-somebody-else&state=x")
            talk.say(identity.where_it_ends(address))
            assert talk.ended() == 0
        journey.printed += [*talk.out, *talk.err]
        identity.failures[:] = [
            Failure(500, body=b"<html>broken</html>"),
            Failure(400, "invalid_grant", (50173,)),
        ]
        for _ in range(2):
            journey(*login, "--device-code", code=None)
        journey.learn()
        identity.revoke()
        for words in (["sync"], ["send", "--to", "a@contoso.example"], ["doctor"], ["account", "test"]):
            journey(*words, code=None)
        journey("account", "remove", journey.address)
    journey.require_clean(watch)
    assert journey.program.keyring.read_text() == "{}"


def test_passwords_right_and_wrong(journey: Journey, dovecot: Dovecot) -> None:
    wrong = f"canary-{secrets.token_urlsafe(9)}"
    words = ("account", "add", journey.address, *_servers(dovecot), "--ca-file", dovecot.ca_file)
    with Watch() as watch:
        journey(*words, "--password-stdin", stdin=wrong, code=77)
        journey(*words, "--password-stdin", stdin=PASSWORD)
        for line in ("sync", "send --to a@contoso.example", "account test", "doctor", "account show"):
            journey(*line.split(), code=None)
        journey(*words, "--password-stdin", "--no-test", stdin=wrong)
        for line in ("sync", "send --to a@contoso.example", "account test", "doctor", "account remove"):
            journey(*line.split(), code=None)
    journey.known.add(wrong)
    journey.require_clean(watch)


def test_a_client_secret_is_in_the_configuration_alone(journey: Journey, adding: Words) -> None:
    client_secret = f"GOCSPX-{secrets.token_urlsafe(21)}"
    with Watch() as watch:
        journey(*adding, "--client-secret-stdin", "--device-code", stdin=client_secret)
        for line in ("sync", "account show", "account list --json", "doctor"):
            journey(*line.split(), code=None)
    config = journey.program.home / "config" / "config.toml"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert client_secret in config.read_text()
    config.write_text(config.read_text().replace(client_secret, "where it may be"))
    journey.require_clean(watch, client_secret)


CRASH = """
import sys
from tui.__main__ import main
{where}

def broken(self, *words, **more):
    password, token = {password!r}, {token!r}
    try:
        raise ValueError(f"refused: {{token}}")
    except ValueError as error:
        raise KeyError(token) from error

{patch} = broken
sys.exit(main(sys.argv[1:]))
"""
CREDENTIALS = {
    "where": "from tui.sync.credentials import Credentials",
    "patch": "Credentials.secret",
}
SCREEN = {
    "where": "from tui.ui.app import OutlookApp",
    "patch": "OutlookApp.on_mount",
}


def _crashing(folder: Path, parts: dict[str, str], token: str) -> Path:
    path = folder / "crashing.py"
    path.write_text(CRASH.format(password=PASSWORD, token=token, **parts))
    return path


def test_a_fault_under_a_command(journey: Journey, adding: Words, tmp_path: Path) -> None:
    journey(*adding, "--device-code")
    token = secrets.token_urlsafe(900)
    program = _crashing(tmp_path, CREDENTIALS, token)
    with Watch() as watch:
        for words in (["sync"], ["account", "test"]):
            ran = subprocess.run(
                [sys.executable, str(program), "--home", str(journey.program.home), *words],
                env=journey.program.environment, capture_output=True, text=True, timeout=60, cwd=ROOT,
                check=False,
            )  # fmt: skip
            assert ran.returncode != 0
            journey.printed += [ran.stdout, ran.stderr]
    journey.require_clean(watch, token)
    logs = "".join(path.read_text() for path in (journey.program.home / "logs").iterdir())
    assert "KeyError" in logs


def test_a_crash_of_the_screen(journey: Journey, adding: Words, tmp_path: Path) -> None:
    """Textual's own report prints the local variables of every frame."""
    journey(*adding, "--device-code")
    token = secrets.token_urlsafe(900)
    program = _crashing(tmp_path, SCREEN, token)
    argv = [sys.executable, str(program), "--home", str(journey.program.home)]
    with Watch() as watch, Terminal(argv, journey.program.environment) as terminal:
        assert terminal.ended() != 0
    assert SENTENCE.split(":")[0] in " ".join(terminal.shown.split())
    assert "Traceback" not in terminal.shown
    journey.printed.append(terminal.shown)
    journey.require_clean(watch, token)
