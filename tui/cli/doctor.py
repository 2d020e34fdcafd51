"""`doctor`: this installation and every account, step by step, each with what to do next."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.cli import records
from tui.cli.accounts import check_text, code_of
from tui.cli.codes import worst
from tui.cli.shell import Shell
from tui.model.account import Account
from tui.model.command import Check, Diagnose
from tui.model.error import BadConfig, CannotCreate, MailError, NotFound, StoreBroken
from tui.model.event import Checked, Event

if TYPE_CHECKING:
    from tui.sync.engine import Engine

Hear = Callable[[Event], None]


def doctor(shell: Shell, options: Namespace) -> int:
    """Check everything; the exit code is that of the worst finding. With --report a report for others is
    printed at the end instead of each check as it is made; with --repair a damaged store is rebuilt instead.
    """
    if options.repair:
        from tui.cli.doctor_repair import repair

        return repair(shell)
    accounts = _accounts(shell)
    heard: list[Checked] = []
    hear = _teller(shell, heard, several=len(accounts) > 1, silent=options.report)
    checks, failure = _checked(shell, accounts, hear)
    if options.report:
        text = _report(heard, accounts)
        shell.output.record({"report": text}, text.rstrip("\n"))
    return worst((code_of(checks), failure))


def _accounts(shell: Shell) -> tuple[Account, ...]:
    """The accounts to check, none where the configuration cannot be read, which a check says.

    Raises NotFound for one that is not set up.
    """
    try:
        return shell.accounts()
    except NotFound:
        raise
    except MailError:
        return ()


def _teller(shell: Shell, heard: list[Checked], *, several: bool, silent: bool) -> Hear:
    """What prints each check. Accounts are checked at the same time: of several, each line names its own."""

    def hear(event: Event) -> None:
        if not isinstance(event, Checked):
            return
        heard.append(event)
        if silent:
            return
        record = {"account": event.account} if event.account else {}
        named = f"{event.account}: " if event.account and several else ""
        shell.output.record(record | records.check(event.check), check_text(event.check, named))

    return hear


def _checked(shell: Shell, accounts: Sequence[Account], hear: Hear) -> tuple[Sequence[Check], int]:
    """All checks, each heard as it is made; and the exit code of what kept accounts from being checked."""
    failure = 0
    if accounts and not shell.offline:
        try:
            with shell.engine() as engine:
                return _diagnosed(shell, engine, hear), 0
        except (BadConfig, CannotCreate, StoreBroken) as error:  # the checks of this computer say more
            failure = error.exit_code
    from tui.config.secrets import Secrets
    from tui.sync.installation import of_this_computer

    made = []
    for check in of_this_computer(lambda: shell.paths, Secrets()):
        made.append(check)
        hear(Checked("", check))
    return made, failure


def _diagnosed(shell: Shell, engine: Engine, hear: Hear) -> Sequence[Check]:
    unlisten = engine.listen(hear)
    try:
        found: Sequence[Check] = engine.post(Diagnose(shell.wanted)).result()
        return found
    finally:
        unlisten()


def _report(heard: list[Checked], accounts: Sequence[Account]) -> str:
    from tui.config.paths import personal
    from tui.model.report import report

    return report(heard, accounts, personal())
