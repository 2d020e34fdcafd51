"""What is known of a mail account: where it receives, where it sends, how it signs in. No secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Protocol(StrEnum):
    """How an account receives mail; NONE is an account that only sends."""

    IMAP = "imap"
    POP3 = "pop3"
    NONE = "none"


class Security(StrEnum):
    """How a connection is protected (RFC 8314). PLAIN is refused except on a loopback host."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class Auth(StrEnum):
    """What kind of secret a sign-in takes."""

    PASSWORD = "password"  # noqa: S105 - a word of the configuration
    OAUTH2 = "oauth2"


class SecretSource(StrEnum):
    """Where the secret of a sign-in comes from; it is never written to a file."""

    KEYRING = "keyring"
    COMMAND = "command"
    SESSION = "session"


class SentCopy(StrEnum):
    """Who files the copy of a sent mail. AUTO: we do, unless the provider is known to do it itself."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


MOST_KILOBYTES = 1_000_000
"""The largest `Account.fetch_up_to`."""

_KEEP = re.compile(r"leave|delete|until-deleted|([1-9][0-9]{0,3})d")
_OFFLINE = re.compile(r"all|headers|([1-9][0-9]{0,4})d")


@dataclass(frozen=True, slots=True)
class Keep:
    """What POP3 leaves on the server after download: `leave`, `delete`, `14d` or `until-deleted`.

    Raises ValueError for any other text.
    """

    text: str = "leave"

    def __post_init__(self) -> None:
        if not _KEEP.fullmatch(self.text):
            raise ValueError(
                f"keep must be leave, delete, until-deleted or a number of days (14d), not {self.text!r}"
            )

    @property
    def days(self) -> int | None:
        """Days after download until the server's copy is deleted, or None where days do not count."""
        return int(self.text[:-1]) if self.text[0].isdigit() else None


@dataclass(frozen=True, slots=True)
class Offline:
    """Which bodies are kept on this computer: `all`, `headers`, or those of the last days such as `90d`.

    Folders that differ follow, such as `90d; Archive=headers; Projects=all`; those inside them go with them.
    Raises ValueError for any other text.
    """

    text: str = "all"

    def __post_init__(self) -> None:
        usual, *folders = self.text.split(";")
        rules = [usual, *(one.rpartition("=")[2] for one in folders)]
        named = all(one.rpartition("=")[0].strip() for one in folders)
        if not (named and all(_OFFLINE.fullmatch(rule.strip()) for rule in rules)):
            raise ValueError(
                f"offline must be all, headers or a number of days such as 90d, not {self.text!r};"
                " folders that differ follow, such as 90d; Archive=headers"
            )

    @property
    def usual(self) -> str:
        """What holds for folders that nothing else is said of."""
        return self.text.partition(";")[0].strip()

    @property
    def folders(self) -> dict[str, str]:
        """What holds for folders that differ, by their names."""
        pairs = (one.rpartition("=") for one in self.text.split(";")[1:])
        return {name.strip(): rule.strip() for name, _, rule in pairs}

    @property
    def days(self) -> int | None:
        """Age in days up to which bodies are usually fetched, or None where age does not count."""
        return int(self.usual[:-1]) if self.usual[0].isdigit() else None

    def of(self, folder: str) -> Offline:
        """What holds for a folder: what is said of it, or of the nearest one above it."""
        own, name = self.folders, folder
        while name not in own and "/" in name:
            name = name.rpartition("/")[0]
        return Offline(own.get(name, self.usual))

    def but(self, folder: str, rule: str) -> Offline:
        """The same with another rule for a folder, "" for none of its own. Raises ValueError."""
        if ";" in folder:
            raise ValueError("a folder with ; in its name cannot have a rule of its own")
        own = {name: other for name, other in self.folders.items() if name != folder}
        own |= {folder: rule} if rule else {}
        return Offline("; ".join([self.usual, *(f"{name}={one}" for name, one in own.items())]))


USUAL_PORTS: Mapping[str, Mapping[Security, int]] = MappingProxyType(
    {
        "imap": {Security.TLS: 993, Security.STARTTLS: 143, Security.PLAIN: 143},
        "pop3": {Security.TLS: 995, Security.STARTTLS: 110, Security.PLAIN: 110},
        "smtp": {Security.TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 587},
    }
)
"""By protocol (RFC 8314 3.3 and 7.3); without encryption those of STARTTLS, which is where that begins."""


@dataclass(frozen=True, slots=True)
class Server:
    """One endpoint: host name or address, port, and how the connection is protected."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in: user name, kind of secret, and where the secret is to be had.

    `command` is run without a shell when `source` is COMMAND; the first line it prints is the secret.
    """

    username: str
    auth: Auth = Auth.PASSWORD
    source: SecretSource = SecretSource.KEYRING
    command: str = ""


def by_oauth(login: Login | None) -> bool:
    """Whether signing in is approved at the service, not typed here or printed by a command."""
    return login is not None and login.auth is Auth.OAUTH2 and login.source is not SecretSource.COMMAND


@dataclass(frozen=True, slots=True)
class Account:
    """One mail account. `address` is its identity everywhere: in the config, the store and the keyring.

    `imap` and `pop3` may both be known; `incoming` says which one is used. `smtp_login` None means that
    sending signs in as receiving does. `provider` is a preset's name or "". `client_secret` is only what
    Google gives to installed programs, who cannot keep it secret; it is not shown all the same. Of mail
    larger than `fetch_up_to` kilobytes (of 1,000 octets; 0: no limit) POP3 fetches the header first.
    """

    address: str
    name: str = ""
    provider: str = ""
    incoming: Protocol = Protocol.IMAP
    imap: Server | None = None
    pop3: Server | None = None
    smtp: Server | None = None
    login: Login | None = None
    smtp_login: Login | None = None
    keep: Keep = Keep()
    offline: Offline = Offline()
    fetch_up_to: int = 0
    sent_copy: SentCopy = SentCopy.AUTO
    signature: str = ""
    ca_file: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    authority: str = ""

    @property
    def receiving(self) -> Server | None:
        """The server that mail is fetched from, or None for an account that only sends."""
        return {Protocol.IMAP: self.imap, Protocol.POP3: self.pop3, Protocol.NONE: None}[self.incoming]

    @property
    def by_token(self) -> bool:
        """Whether receiving or sending signs in by OAuth."""
        return any(one is not None and one.auth is Auth.OAUTH2 for one in (self.login, self.smtp_login))

    @property
    def sending_login(self) -> Login | None:
        """The sign-in used for SMTP."""
        return self.smtp_login or self.login
