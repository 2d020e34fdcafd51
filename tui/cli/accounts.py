"""The `account` commands."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.cli import records
from tui.cli.account_options import account_of, address_of, choose_preset
from tui.cli.asking import client_secret, confirmed, printed_by_commands, secrets_for
from tui.cli.codes import worst
from tui.cli.keeping import require_keyring, save, tell_leader
from tui.cli.output import Cell, Ink
from tui.cli.shell import NO_ACCOUNT, NO_ACCOUNT_HINT, Shell
from tui.cli.showing import disk_text
from tui.cli.signing_in import approved, require_possible
from tui.model.account import Account, Offline, Protocol, by_oauth
from tui.model.command import (
    CancelSignIn,
    Check,
    FindSettings,
    RemoveAccount,
    SwitchProtocol,
    TestAccount,
)
from tui.model.error import BadInput, BadUsage, Cancelled, StoreBroken
from tui.model.event import Checked, Event
from tui.model.finding import Finding
from tui.model.issuer import identity_of, issuer_of
from tui.model.preset import Preset
from tui.model.registration import wrong_client_id

if TYPE_CHECKING:
    from tui.sync.engine import Engine

OFFLINE = 69
_WORTH_TELLING = 0.05  # seconds


def add(shell: Shell, options: Namespace) -> int:
    """Set up an account: nothing is written until receiving and sending have worked, unless --no-test."""
    address = address_of(options)
    preset = choose_preset(options)
    if preset is not None:
        account_of(options, preset)  # what is wrong is told before anything is begun
    with shell.engine() as engine:
        preset = preset or _found(shell, engine, address)
        account = replace(account_of(options, preset), offline=Offline(shell.settings.general.offline))
        if preset.note and account.login is not None and account.login.auth is preset.auth:
            shell.output.note(preset.note)
        require_client_id(account)
        account = _with_client_secret(account, options)
        code = _added(shell, engine, account, options)
    if not code:
        saved = shell.account(account.address)
        shell.output.record(records.account(saved), _what_now(shell, saved, options))
    return code


def _what_now(shell: Shell, saved: Account, options: Namespace) -> str:
    """That an account is set up, and the next step."""
    done = f"{saved.address} is set up."
    if not by_oauth(saved.login) or not _untried(shell, options) or options.password_stdin:
        return f"{done} Next: outlook-tui sync"
    login = f"outlook-tui account login {saved.address}"
    identity = identity_of(saved, shell.settings.client_ids())
    if identity is None or identity.client_id:
        return f"{done} Next: {login}"
    return (
        f"{done} Signing in wants a client id. Next: outlook-tui account set {saved.address} client_id=ID\n"
        f"Then: {login} (without an id it says how to come by one)"
    )


def _untried(shell: Shell, options: Namespace) -> bool:
    """Whether the account is saved without being tried, and without signing in."""
    return bool(options.no_test or shell.offline)


def _found(shell: Shell, engine: Engine, address: str) -> Preset:
    """The best settings for an address of which nothing was said; where they come from is told."""
    findings: tuple[Finding, ...] = engine.post(FindSettings(address, network=not shell.offline)).result()
    best = findings[0]
    shell.output.note(f"{best.preset.title}: {best.words}.")
    for kind, server in (("imap", best.preset.imap), ("pop3", best.preset.pop3), ("smtp", best.preset.smtp)):
        if server is not None:
            shell.output.note(f"  {kind}  {server.host}:{server.port}  {server.security}")
    return best.preset


def _with_client_secret(account: Account, options: Namespace) -> Account:
    """The account with the client secret that its issuer wants of programs, where there is one to take."""
    issuer = issuer_of(account)
    wanted = by_oauth(account.login) and issuer is not None and not issuer.public and bool(account.client_id)
    if not (wanted or options.client_secret_stdin):
        return account
    return replace(account, client_secret=client_secret(options.client_secret_stdin).reveal())


def _added(shell: Shell, engine: Engine, account: Account, options: Namespace) -> int:
    """Sign in or take the password, try it out, and save; the exit code."""
    untried = _untried(shell, options)
    signs_in = by_oauth(account.login) and not options.password_stdin
    if signs_in and not untried:
        require_possible(shell, account)
    secret, smtp_secret = secrets_for(account, options)
    if secret is not None or smtp_secret is not None:
        require_keyring(
            shell, "The password", "Or give a command that prints it: --password-command CMD. It is never "
            "written to a file.",
        )  # fmt: skip
    if not untried:
        printed_by_commands(account)
        if signs_in:
            account, _ = approved(shell, engine, account, options.way, again=True)
        code = _tested(shell, engine, TestAccount(account, secret, smtp_secret))
        if code:
            engine.post(CancelSignIn(account.address)).exception()
            shell.output.note("Nothing was saved. --no-test saves an account without trying it.")
            return code
    save(shell, engine, account, secret, smtp_secret)
    return 0


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


def check_text(check: Check, named: str = "") -> str:
    """A check on one line, with what to do below it; `named` says whose it is."""
    took = f" ({check.seconds:.1f} s)" if check.seconds >= _WORTH_TELLING else ""
    detail = f": {check.detail}" if check.detail else ""
    line = f"{'ok  ' if check.ok else 'FAIL'}  {named}{check.check}{took}{detail}"
    return f"{line}\n      {check.fix}" if check.fix else line


def list_accounts(shell: Shell, options: Namespace) -> int:
    """List the accounts."""
    accounts = shell.accounts()
    shell.output.table((records.account(one), _cells(one)) for one in accounts)
    if not accounts and not shell.output.json:
        shell.output.note(f"{NO_ACCOUNT} {NO_ACCOUNT_HINT}")
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
    """Show one account, without secrets, and what it has on this disk."""
    record = records.account(shell.account(options.address or ""))
    try:
        with shell.reader() as reader:
            found = reader.holdings(record["address"])
    except StoreBroken as error:
        shell.output.error(error)
        shell.output.record({**record, "disk": None}, _lines(record))
        return 0
    text = f"{_lines(record)}\n\n{disk_text(found, shell.output.width or 100)}"
    shell.output.record({**record, "disk": records.disk(found)}, text)
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
    words = [_with_secret(word) for word in words]
    switch = [word for word in words if word.partition("=")[0].strip().lower() == "incoming"]
    others = [word for word in words if word not in switch]
    new = assign(account, words)  # all of it must be right before any of it is done
    if new.client_id != account.client_id:
        require_client_id(new)
    with shell.engine() as engine:
        if others:
            save(shell, engine, assign(account, others))
        for word in switch:
            protocol = Protocol(word.partition("=")[2].strip())
            engine.post(SwitchProtocol(account.address, protocol, options.force)).result()
    changed = shell.account(account.address)
    shell.output.record(records.account(changed), _lines(records.account(changed)))
    return 0


def require_client_id(account: Account) -> None:
    """Raise BadInput where an account's client id cannot be one of its issuer's."""
    issuer = issuer_of(account)
    if issuer and account.client_id and (wrong := wrong_client_id(issuer, account.client_id)):
        raise BadInput(f"This is no client id of {issuer.title}.", wrong)


def _with_secret(word: str) -> str:
    """A word with the secret that `client_secret=-` asks for; never taken from the command line itself."""
    key, equals, value = word.partition("=")
    if key.strip().lower().replace("-", "_") != "client_secret" or not value:
        return word
    if value != "-":
        raise BadUsage(
            "A secret is not taken from the command line.",
            "Write client_secret=- and give it on standard input, or type it when you are asked.",
        )
    return f"{key}{equals}{client_secret(False).reveal()}"


def remove(shell: Shell, options: Namespace) -> int:
    """Forget an account and its secrets; its mail on this computer too, unless --keep-mail."""
    account = shell.account(options.address or "")
    if not options.keep_mail and not confirmed(f"Delete {account.address} and its mail on this computer?"):
        raise Cancelled("Nothing was removed.", "--keep-mail leaves its mail on this computer.")
    with shell.engine() as engine:
        engine.post(RemoveAccount(account.address, options.keep_mail)).result()
        tell_leader(shell, engine)
    kept = " Its mail stays on this computer." if options.keep_mail else ""
    shell.output.record({"address": account.address, "removed": True}, f"{account.address} is removed.{kept}")
    return 0
