"""From the options of `account add` to an account: what a known provider says, under what was typed. Pure."""

from __future__ import annotations

from argparse import Namespace

from tui.cli.parser import nearest
from tui.config.accounts import build
from tui.model.account import Account, Protocol
from tui.model.error import BadConfig, BadInput, BadUsage
from tui.model.preset import PRESETS, Preset, by_address, by_name

KINDS = ("imap", "pop3", "smtp")
OTHER = next(preset for preset in PRESETS if preset.name == "other")
Values = dict[str, object]


def choose_preset(options: Namespace) -> Preset | None:
    """The preset that was named or that the address belongs to; None where servers are to be looked for.

    Raises BadUsage for an unknown name.
    """
    if options.provider:
        found = by_name(options.provider.lower())
        if found is None:
            names = [one.name for one in PRESETS]
            raise BadUsage(
                f"There is no provider {options.provider!r}.",
                nearest(options.provider.lower(), names) or f"One of: {', '.join(names)}.",
            )
    else:
        found = by_address(options.address)
    if found is None and not any(_given(options, kind, "host") for kind in KINDS):
        return None
    return found or OTHER


def address_of(options: Namespace) -> str:
    """The address that is to be set up. Raises BadInput where it is none."""
    address: str = options.address.strip()
    name, at, domain = address.rpartition("@")
    if not (name and at and domain):
        raise BadInput(f"{address!r} is not a mail address.", "It looks like you@example.org.")
    return address


def account_of(options: Namespace, preset: Preset) -> Account:
    """The account that the options describe.

    Raises BadInput for an address that is none, BadConfig for settings that cannot work or are not safe.
    """
    address = address_of(options)
    values: Values = {"provider": preset.name if preset.name != OTHER.name and by_name(preset.name) else ""}
    values |= {
        key: text for key in ("name", "ca_file", "client_id", "authority") if (text := _given(options, key))
    }
    for kind in KINDS:
        values |= _server(options, preset, kind)
    values["incoming"] = options.incoming or _incoming(values)
    values |= _logins(options, preset, address)
    try:
        return build(address, {key: value for key, value in values.items() if value != ""})
    except ValueError as cause:
        raise BadConfig(
            f"This account cannot work: {cause}.", "See: outlook-tui account add --help"
        ) from cause


def _given(options: Namespace, *names: str) -> str:
    return getattr(options, "_".join(names)) or ""


def _server(options: Namespace, preset: Preset, kind: str) -> Values:
    """One server: a host that was typed puts the preset's port and security out of force."""
    known = getattr(preset, kind)
    host = _given(options, kind, "host")
    values: Values = {}
    if host or known:
        values[f"{kind}_host"] = host or known.host
    if known and not host:
        values[f"{kind}_security"] = known.security.value
        if not _security(options, kind):
            values[f"{kind}_port"] = known.port
    if security := _security(options, kind):
        values[f"{kind}_security"] = security
    if port := getattr(options, f"{kind}_port"):
        values[f"{kind}_port"] = port
    return values


def _security(options: Namespace, kind: str) -> str:
    """The security that was typed for one server, "" for none."""
    return _given(options, kind, "security")


def _incoming(values: Values) -> str:
    for kind in (Protocol.IMAP, Protocol.POP3):
        if f"{kind.value}_host" in values:
            return kind.value
    return Protocol.NONE.value


def _logins(options: Namespace, preset: Preset, address: str) -> Values:
    values: Values = {
        "username": options.username or preset.user(address) or address,
        "password_command": options.password_command or "",
        "token_command": options.token_command or "",
    }
    if not (options.password_command or options.token_command):
        password = options.password_stdin and not options.auth
        values["auth"] = options.auth or ("password" if password else preset.auth.value)
    smtp_user = options.smtp_username or (preset.smtp_username and preset.smtp_user(address))
    if smtp_user or options.smtp_password_stdin or options.smtp_password_command:
        values["smtp_username"] = smtp_user or values["username"]
        values["smtp_password_command"] = options.smtp_password_command or ""
        if not (options.smtp_password_stdin or options.smtp_password_command):
            values |= {
                f"smtp_{key}": values[key]
                for key in ("password_command", "token_command", "auth")
                if key in values
            }
    return values
