"""The `account` commands."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.cli import records
from tui.cli.account_options import account_of, choose_preset
from tui.cli.asking import confirmed, printed_by_commands, secrets_for
from tui.cli.codes import worst
from tui.cli.output import Cell, Ink
from tui.cli.shell import Shell
from tui.model.account import Account, Offline, Protocol
from tui.model.command import Check, ReloadSettings, RemoveAccount, SaveAccount, SwitchProtocol, TestAccount
from tui.model.error import BadUsage, Cancelled, MailError, SignInNeeded
from tui.model.event import Checked, Event
from tui.model.secret import Secret

if TYPE_CHECKING:
    from tui.sync.engine import Engine

OFFLINE = 69


def add(shell: Shell, options: Namespace) -> int:
    """Set up an account: nothing is written until receiving and sending have worked, unless --no-test."""
    preset = choose_preset(options)
    account = replace(account_of(options, preset), offline=Offline(shell.settings.general.offline))
    if preset.note:
        shell.output.note(preset.note)
    secret, smtp_secret = secrets_for(account, options)
    if secret is not None or smtp_secret is not None:
        _require_keyring()
    with shell.engine() as engine:
        if not (options.no_test or shell.offline):
            printed_by_commands(account)
            code = _tested(shell, engine, TestAccount(account, secret, smtp_secret))
            if code:
                shell.output.note("Nothing was saved. --no-test saves an account without trying it.")
                return code
        _save(shell, engine, account, secret, smtp_secret)
    shell.output.record(records.account(account), f"{account.address} is set up. Next: outlook-tui sync")
    return 0


def _require_keyring() -> None:
    """Refuse a secret that could not be kept: it would be gone with this process."""
    from tui.config.secrets import Secrets

    found = Secrets().probe()
    if not found.ok:
        raise SignInNeeded(
            f"The password cannot be kept: {found.detail or 'there is no keyring here'}",
            "Give a command that prints it instead: --password-command CMD. It is never written to a file.",
        )


def _save(
    shell: Shell,
    engine: Engine,
    account: Account,
    secret: Secret | None = None,
    smtp_secret: Secret | None = None,
) -> None:
    words = engine.post(SaveAccount(account, secret, smtp_secret)).result()
    if words:
        shell.output.note(words)
    _tell_leader(shell, engine)


def _tell_leader(shell: Shell, engine: Engine) -> None:
    """Let the process that talks to the servers know; it reads the configuration at its start anyway."""
    if engine.leading:
        return
    try:
        engine.post(ReloadSettings()).result()
    except MailError as error:
        shell.output.error(error)


def _tested(shell: Shell, engine: Engine, command: TestAccount) -> int:
    """Run the staged test, telling each step to people as it is done; the worst exit code."""

    def tell(event: Event) -> None:
        if isinstance(event, Checked):
            shell.output.note(check_text(event.check))

    unlisten = engine.listen(tell)
    try:
        return code_of(engine.post(command).result())
    finally:
        unlisten()


def code_of(checks: Iterable[Check]) -> int:
    """The exit code of some checks: the worst of those that failed."""
    return worst(check.exit_code or OFFLINE for check in checks if not check.ok)


def check_text(check: Check) -> str:
    """A check on one line, with what to do below it."""
    line = f"{'ok  ' if check.ok else 'FAIL'}  {check.check}{': ' if check.detail else ''}{check.detail}"
    return line if check.ok or not check.fix else f"{line}\n      {check.fix}"


def list_accounts(shell: Shell, options: Namespace) -> int:
    """List the accounts."""
    accounts = shell.accounts()
    shell.output.table((records.account(one), _cells(one)) for one in accounts)
    if not accounts and not shell.output.json:
        shell.output.note("There is no mail account yet. Set one up with: outlook-tui account add ADDRESS")
    return 0


def _cells(account: Account) -> tuple[Cell, ...]:
    server = account.receiving or account.smtp
    return (
        Cell(account.address, Ink.BOLD),
        Cell(account.incoming.value if account.incoming is not Protocol.NONE else "only sends"),
        Cell(f"{server.host}:{server.port}" if server else "", Ink.DIM),
        Cell(account.name, Ink.DIM),
    )


def show(shell: Shell, options: Namespace) -> int:
    """Show one account, without secrets."""
    record = records.account(shell.account(options.address or ""))
    shell.output.record(record, _lines(record))
    return 0


def _lines(record: dict[str, Any]) -> str:
    width = max(map(len, record))
    return "\n".join(f"{key.replace('_', '-'):<{width}}  {value}" for key, value in record.items())


def test(shell: Shell, options: Namespace) -> int:
    """Test receiving and sending of one account, step by step."""
    account = shell.account(options.address or "")
    with shell.engine() as engine:
        return report_test(shell, engine, account)


def report_test(shell: Shell, engine: Engine, account: Account) -> int:
    """Print each step of an account's test as it is done; the worst exit code."""

    def tell(event: Event) -> None:
        if isinstance(event, Checked):
            found = event.check
            shell.output.record({"account": account.address, **records.check(found)}, check_text(found))

    unlisten = engine.listen(tell)
    try:
        return code_of(engine.post(TestAccount(account)).result())
    finally:
        unlisten()


def change(shell: Shell, options: Namespace) -> int:
    """Change settings of an account. Another way of receiving keeps all mail (see SwitchProtocol)."""
    from tui.config.accounts import assign

    words = list(options.words)
    address = words.pop(0) if "=" not in words[0] else ""
    if not words:
        raise BadUsage("What is to be changed?", "Write KEY=VALUE, such as keep=14d or incoming=pop3.")
    account = shell.account(address)
    switch = [word for word in words if word.partition("=")[0].strip().lower() == "incoming"]
    others = [word for word in words if word not in switch]
    assign(account, words)  # all of it must be right before any of it is done
    with shell.engine() as engine:
        if others:
            _save(shell, engine, assign(account, others))
        for word in switch:
            protocol = Protocol(word.partition("=")[2].strip())
            engine.post(SwitchProtocol(account.address, protocol, options.force)).result()
    changed = shell.account(account.address)
    shell.output.record(records.account(changed), _lines(records.account(changed)))
    return 0


def remove(shell: Shell, options: Namespace) -> int:
    """Forget an account and its secrets; its mail on this computer too, unless --keep-mail."""
    account = shell.account(options.address or "")
    if not options.keep_mail and not confirmed(f"Delete {account.address} and its mail on this computer?"):
        raise Cancelled("Nothing was removed.", "--keep-mail leaves its mail on this computer.")
    with shell.engine() as engine:
        engine.post(RemoveAccount(account.address, options.keep_mail)).result()
        _tell_leader(shell, engine)
    kept = " Its mail stays on this computer." if options.keep_mail else ""
    shell.output.record({"address": account.address, "removed": True}, f"{account.address} is removed.{kept}")
    return 0
