"""An account as flat values (`imap_host`, `keep`, …) and back: the form of the file and of `account set`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tui.config.checking import checked, from_text, require_known
from tui.config.schema import ACCOUNT, SERVERS, Value
from tui.model.account import (
    USUAL_PORTS,
    Account,
    Auth,
    Keep,
    Login,
    Offline,
    Protocol,
    SecretSource,
    Security,
    SentCopy,
    Server,
)
from tui.model.error import BadConfig, BadInput
from tui.model.issuer import identity_of

_ADDRESS = re.compile(r"[^\s@<>\"\\,;:\x00-\x1f\x7f-\x9f]+@[^\s@<>\"\\,;:\x00-\x1f\x7f-\x9f]+")
_LOOPBACK = re.compile(r"localhost|::1|127(\.[0-9]{1,3}){3}", re.IGNORECASE)
_LOGIN_KEYS = ("username", "auth", "secret_from", "password_command", "token_command")
_PLAIN_KEYS = ("name", "provider", "signature", "ca_file", "client_id", "client_secret", "authority")
SET = "set"


def assign(account: Account, assignments: Iterable[str]) -> Account:
    """The account after changes such as `keep=14d` or `imap-host=imap.example.org` (as of `account set`).

    An empty value takes a setting back to its default. Raises BadInput naming the key and the nearest known.
    """
    try:
        given = _given(assignments)
        values = flatten(account)
        for key in _replaced(given):
            values.pop(key, None)
        values |= {key: value for key, value in given.items() if value != ""}
        return build(account.address, values)
    except ValueError as cause:
        raise BadInput(
            f"This account cannot be set so: {cause}.", "outlook-tui account show lists it."
        ) from cause


def build(address: str, values: Mapping[str, object]) -> Account:
    """The account of flat values. Raises ValueError saying which is wrong."""
    where = f"account {address}"
    if not _ADDRESS.fullmatch(address) or len(address) > 320:
        raise ValueError(f"{address[:80]!r} is not a mail address such as you@example.org")
    flat = checked(ACCOUNT, values, where)
    incoming = Protocol(str(flat.get("incoming", "imap")))
    sends_only = incoming is Protocol.NONE
    servers = {kind: _server(kind, flat, where) for kind in SERVERS}
    if not sends_only and servers[incoming.value] is None:
        raise ValueError(f"{where} receives by {incoming} but names no {incoming} host")
    texts = {key: str(flat.get(key, "")) for key in _PLAIN_KEYS}
    account = Account(
        address=address,
        incoming=incoming,
        imap=servers["imap"],
        pop3=servers["pop3"],
        smtp=servers["smtp"],
        login=_login("", flat, address) or (None if sends_only else Login(address)),
        smtp_login=_login("smtp_", flat, address),
        keep=Keep(str(flat.get("keep", "leave"))),
        offline=Offline(str(flat.get("offline", "all"))),
        fetch_up_to=int(flat.get("fetch_up_to", 0)),
        sent_copy=SentCopy(str(flat.get("sent_copy", "auto"))),
        **texts,
    )
    _require_authority(account, where)
    return account


def _require_authority(account: Account, where: str) -> None:
    try:
        identity_of(account)
    except BadConfig:
        raise ValueError(
            f"authority in {where} must be common, consumers, organizations, a tenant or an https address"
        ) from None


def flatten(account: Account) -> dict[str, Value]:
    """The flat values of an account that are not defaults; commands and the client secret included, which
    is none by its issuer's own account (RFC 8252 8.5), passwords and tokens never."""
    values: dict[str, Value] = {"incoming": account.incoming.value}
    values |= {key: text for key in _PLAIN_KEYS if (text := getattr(account, key))}
    values |= _flat_login("", account.login)
    defaults = Account(account.address)
    values |= {
        key: text
        for key, text, default in (
            ("keep", account.keep.text, defaults.keep.text),
            ("offline", account.offline.text, defaults.offline.text),
            ("fetch_up_to", account.fetch_up_to, defaults.fetch_up_to),
            ("sent_copy", account.sent_copy.value, defaults.sent_copy.value),
        )
        if text != default
    }
    for kind, server in (("imap", account.imap), ("pop3", account.pop3), ("smtp", account.smtp)):
        if server:
            values |= {f"{kind}_host": server.host, f"{kind}_port": server.port}
            values[f"{kind}_security"] = server.security.value
    return values | _flat_login("smtp_", account.smtp_login)


def shown(account: Account) -> dict[str, Value]:
    """What may be shown of an account: its flat values with `address` first; commands only as "command", a
    client secret only as "set"."""
    values: dict[str, Value] = {"address": account.address}
    for key, value in flatten(account).items():
        if key == "client_secret":
            values[key] = SET
        elif key.endswith(("password_command", "token_command")):
            prefix = "smtp_" if key.startswith("smtp_") else ""
            values |= {f"{prefix}auth": "password" if "password" in key else "oauth2"}
            values |= {f"{prefix}secret_from": "command"}
        else:
            values[key] = value
    return values


def _given(assignments: Iterable[str]) -> dict[str, Value]:
    rows = {row.key: row for row in ACCOUNT}
    given: dict[str, Value] = {}
    for assignment in assignments:
        word, equals, text = assignment.partition("=")
        if not equals:
            raise ValueError("write KEY=VALUE, such as keep=14d")
        key = word.strip().lower().replace("-", "_")
        require_known(key, rows, "an account")
        given[key] = from_text(rows[key], text) if text else ""
    return given


def _replaced(given: Mapping[str, Value]) -> set[str]:
    """The keys whose old values the new ones put out of force."""
    gone = {key for key, value in given.items() if value == ""}
    for kind in SERVERS:
        if given.get(f"{kind}_host") == "":
            gone |= {f"{kind}_host", f"{kind}_port", f"{kind}_security"}
        elif f"{kind}_security" in given:
            gone.add(f"{kind}_port")
    for prefix in ("", "smtp_"):
        commands = {f"{prefix}password_command", f"{prefix}token_command"}
        if any(given.get(command) for command in commands):
            gone |= commands | {f"{prefix}auth", f"{prefix}secret_from"}
        elif given.get(f"{prefix}secret_from"):
            gone |= commands
    return gone


def _server(kind: str, flat: Mapping[str, Value], where: str) -> Server | None:
    host = str(flat.get(f"{kind}_host", ""))
    security = Security(str(flat.get(f"{kind}_security", "tls")))
    if not host:
        if f"{kind}_port" in flat or f"{kind}_security" in flat:
            raise ValueError(f"{where} has a {kind} server without a host")
        return None
    if re.search(r"[\s/@]", host) or len(host) > 255:
        raise ValueError(f"the {kind} host of {where} must be a name such as {kind}.example.org")
    if security is Security.PLAIN and not _LOOPBACK.fullmatch(host):
        raise ValueError(f"the {kind} server of {where} may be plain only on localhost; use tls or starttls")
    return Server(host, int(flat.get(f"{kind}_port", USUAL_PORTS[kind][security])), security)


def _login(prefix: str, flat: Mapping[str, Value], address: str) -> Login | None:
    if not any(prefix + key in flat for key in _LOGIN_KEYS):
        return None
    password, token = (str(flat.get(f"{prefix}{kind}_command", "")) for kind in ("password", "token"))
    auth = Auth(str(flat.get(f"{prefix}auth", "oauth2" if token else "password")))
    if password and token:
        raise ValueError(
            f"account {address} has both {prefix}password_command and {prefix}token_command; keep one"
        )
    if (password and auth is Auth.OAUTH2) or (token and auth is Auth.PASSWORD):
        wanted = "token_command" if password else "password_command"
        raise ValueError(f"{prefix}auth of account {address} is {auth}; that goes with {prefix}{wanted}")
    source = SecretSource(str(flat.get(f"{prefix}secret_from", "keyring")))
    if password or token:
        source = SecretSource.COMMAND
    username = str(flat.get(f"{prefix}username", "")) or address
    return Login(username, auth, source, password or token)


def _flat_login(prefix: str, login: Login | None) -> dict[str, Value]:
    if login is None:
        return {}
    values: dict[str, Value] = {f"{prefix}username": login.username}
    if login.source is SecretSource.COMMAND:
        kind = "token" if login.auth is Auth.OAUTH2 else "password"
        return values | {f"{prefix}{kind}_command": login.command}
    if login.auth is not Auth.PASSWORD:
        values[f"{prefix}auth"] = login.auth.value
    if login.source is not SecretSource.KEYRING:
        values[f"{prefix}secret_from"] = login.source.value
    return values
