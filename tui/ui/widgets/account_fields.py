"""The parts of an account's form: an endpoint and a way to sign in, each a model value or a complaint."""

from __future__ import annotations

import ipaddress
import shlex

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static

from tui.mail.addresses import ascii_domain
from tui.model.account import USUAL_PORTS, Auth, Login, SecretSource, Security, Server
from tui.model.error import BadInput
from tui.model.issuer import ISSUERS, authority
from tui.model.safe_text import safe_line
from tui.model.secret import Secret
from tui.ui.widgets.form import CleanInput, Field

_SECURITY = (("TLS", Security.TLS), ("STARTTLS", Security.STARTTLS), ("none (this computer)", Security.PLAIN))

_KINDS = (("Password, or app password", Auth.PASSWORD), ("In the browser (OAuth 2.0)", Auth.OAUTH2))
_SOURCES = (
    ("Keep it in this computer's keyring", SecretSource.KEYRING),
    ("Keep it for this session only", SecretSource.SESSION),
    ("Ask a command of mine each time", SecretSource.COMMAND),
)


_NO_SIGNER = (
    "It is not known who signs people in for this service: use a command that prints an access token."
)
_AUTHORITY = (
    "The address of the service that signs people in, as its owner names it. A command that prints an access "
    "token does as well."
)


class ServerField(Field):
    """Host, port and security of one endpoint, side by side. `kind` is imap, pop3 or smtp."""

    def __init__(self, label: str, kind: str, server: Server | None, *, id: str) -> None:
        self._kind = kind
        self._host = CleanInput(
            server.host if server else "", placeholder="host name", compact=True, classes="host"
        )
        security = server.security if server else Security.TLS
        self._port = CleanInput(
            str(server.port if server else USUAL_PORTS[kind][security]),
            type="integer",
            compact=True,
            classes="port",
        )
        self._security = Select(
            [(Content(text), value) for text, value in _SECURITY],
            value=security,
            allow_blank=False,
            compact=True,
            classes="security",
        )
        super().__init__(label, Horizontal(self._host, self._port, self._security, classes="server"), id=id)

    def fill(self, server: Server | None) -> None:
        """Show another endpoint."""
        security = server.security if server else Security.TLS
        with self.prevent(Select.Changed):
            self._security.value = security
        self._host.value = server.host if server else ""
        self._port.value = str(server.port if server else USUAL_PORTS[self._kind][security])
        self.complain("")

    @property
    def shown(self) -> str:
        """The endpoint in words, "" without a host."""
        host = safe_line(self._host.value.strip(), 60)
        security = next(text for text, value in _SECURITY if value is self._security.selection)
        return f"{host}:{self._port.value} {security}" if host else ""

    def value(self, required: bool) -> Server | None:
        """The endpoint; None for an empty host when it is not required. Raises BadInput after complaining."""
        self.complain("")
        host = self._host.value.strip().rstrip(".")
        if not host and not required:
            return None
        words = self._wrong(host)
        if words:
            self.complain(words)
            (self._port if words.startswith("The port") else self._host).focus()
            raise BadInput(words)
        return Server(host, int(self._port.value), self._security.selection or Security.TLS)

    def _wrong(self, host: str) -> str:
        if not host:
            return "Type the name of the server."
        # No top-level domain is a number (RFC 3696 2), so a number is a slip: mostly the port.
        if not _is_address(host) and (ascii_domain(host) is None or host.rpartition(".")[2].isdigit()):
            return "This cannot be the name of a server."
        port = self._port.value.strip()
        if not port.isdigit() or not 1 <= int(port) <= 65535:
            return "The port is a number from 1 to 65535."
        if self._security.selection is Security.PLAIN and not _is_loopback(host):
            return "Without encryption only servers on this computer are used: choose TLS or STARTTLS."
        return ""

    @on(Select.Changed)
    def security_changed(self, event: Select.Changed) -> None:
        """Follow with the usual port, where the port was a usual one."""
        event.stop()
        usual = USUAL_PORTS[self._kind]
        if isinstance(event.value, Security) and self._port.value in {str(port) for port in usual.values()}:
            self._port.value = str(usual[event.value])


class LoginFields(Vertical):
    """User name, kind of secret, where it comes from, and the secret or the command itself.

    `known` means that a secret is kept already: an empty field then leaves it as it is. `signer` names who
    signs in by OAuth, "" where nobody is known to. `authority` is the address of one of the account's own,
    which can be typed where nobody is known; None where none can be had.
    """

    def __init__(
        self, login: Login, known: bool, signer: str, *, id: str, authority: str | None = None
    ) -> None:
        super().__init__(id=id, classes="login")
        self._known = known
        self._signer = signer
        self._authority = CleanInput(
            authority or "", placeholder="https://login.microsoftonline.com/common", compact=True
        )
        self._may_name = authority is not None
        self._names = bool(authority)
        self._user = CleanInput(login.username, compact=True)
        self._kind = Select(
            [(Content(text), value) for text, value in _KINDS],
            value=login.auth,
            allow_blank=False,
            compact=True,
        )
        self._source = Select(
            [(Content(text), value) for text, value in _SOURCES],
            value=login.source,
            allow_blank=False,
            compact=True,
        )
        self._secret = Input(password=True, compact=True)
        self._command = CleanInput(login.command, placeholder="mytoken --for you@example.org", compact=True)
        self._user_field = Field("User name", self._user)
        self._kind_field = Field("Sign in by", self._kind)
        self._secret_field = Field("Password", self._secret)
        self._command_field = Field("Command", self._command)
        self._authority_field = Field("Authority", self._authority)
        self._advice = Static(classes="advice muted")

    def compose(self) -> ComposeResult:
        """All fields; `show` hides what does not belong together."""
        yield self._user_field
        yield self._kind_field
        yield Field("The secret", self._source)
        yield self._secret_field
        yield self._command_field
        yield self._authority_field
        yield self._advice

    def on_mount(self) -> None:
        """Show what belongs together."""
        self._suit()

    def fill(self, login: Login, signer: str) -> None:
        """Show another sign-in; a secret that was typed stays."""
        self._signer, self._names = signer, False
        self._user.value = login.username
        self._kind.value = login.auth
        self._source.value = login.source
        self._command.value = login.command

    def named(self, username: str) -> None:
        """Show another user name."""
        self._user.value = username

    def use(self, source: SecretSource) -> None:
        """Choose where the secret comes from."""
        self._source.value = source

    @property
    def authority(self) -> str:
        """The authority that was typed, "" where none is asked for."""
        return self._authority.value.strip() if self._asks_authority else ""

    @property
    def chosen(self) -> Login:
        """The sign-in as it stands in the fields, complete or not."""
        source = self._source.selection or SecretSource.KEYRING
        return Login(self._user.value.strip(), self._auth, source, self._command.value.strip())

    def value(self) -> tuple[Login, Secret | None]:
        """The sign-in, and the secret where one was typed. Raises BadInput after complaining."""
        auth, source = self._auth, self._source.selection or SecretSource.KEYRING
        by_command, typed = source is SecretSource.COMMAND, auth is Auth.PASSWORD
        user, command = self._user.value.strip(), self._command.value.strip() if by_command else ""
        self._require(self._user_field, self._user, "" if user else "Type the user name.")
        if by_command:
            self._require(self._command_field, self._command, _wrong_command(command))
        elif not typed and self._asks_authority:
            self._require(self._authority_field, self._authority, _wrong_authority(self.authority))
        elif not typed:
            self._require(self._kind_field, self._kind, "" if self._signer else _NO_SIGNER)
        elif not self._known:
            missing = "" if self._secret.value else "Type the password."
            self._require(self._secret_field, self._secret, missing)
        secret = Secret(self._secret.value) if self._secret.value and typed and not by_command else None
        return Login(user, auth, source, command), secret

    def forget(self) -> None:
        """Clear the typed secret from the field."""
        self._secret.value = ""

    @on(Select.Changed)
    def _suit(self, event: Select.Changed | None = None) -> None:
        """Show the fields that belong to the chosen way."""
        if event is not None:
            event.stop()
        by_command = self._source.selection is SecretSource.COMMAND
        by_token = self._auth is Auth.OAUTH2
        self._kind_field.complain("")
        self._command_field.display = by_command
        self._authority_field.display = self._asks_authority
        self._secret_field.display = not by_command and not by_token
        self._secret.placeholder = "unchanged" if self._known else "password"
        noun = "access token" if by_token else "password"
        words = (
            f"The first line that the command prints is the {noun}. It is run without a shell."
            if by_command
            else f"You sign in at {self._signer} in the next step; no password is typed here."
            if by_token and self._signer
            else _AUTHORITY
            if self._asks_authority
            else _NO_SIGNER
            if by_token
            else ""
        )
        self._advice.update(Content(words))
        self._advice.display = bool(words)

    @property
    def _asks_authority(self) -> bool:
        """Whether the person has to say who signs them in, or has said so."""
        by_command = self._source.selection is SecretSource.COMMAND
        unknown = self._names or not self._signer
        return self._may_name and unknown and self._auth is Auth.OAUTH2 and not by_command

    @property
    def _auth(self) -> Auth:
        return self._kind.selection or Auth.PASSWORD

    def _require(self, field: Field, control: Widget, words: str) -> None:
        field.complain(words)
        if words:
            control.focus()
            raise BadInput(words)


def _wrong_authority(text: str) -> str:
    if not text:
        return "Type the address of the service that signs you in, or let a command print the token."
    try:
        authority(text, ISSUERS[0], "")
    except ValueError:
        return "An authority is an address that begins with https://, or a tenant of Microsoft's."
    return ""


def _wrong_command(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        return "A quote is not closed in this command."
    return "" if words else "Type the command that prints it."


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback
