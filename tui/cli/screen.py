"""Opening the screen: for one's own mail, for a new mail, and for the demo."""

from __future__ import annotations

import gc
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli.shell import Shell
from tui.model.error import BadUsage, MailError

DEMO = "demo"
"""What the screen answers when the person chose the demo on the welcome screen."""

if TYPE_CHECKING:
    from tui.config.secrets import Secrets
    from tui.model.draft import Draft


def open_mail(shell: Shell, options: Namespace) -> int:
    """Open the screen: on one's own mail, with --demo on a sample mailbox."""
    _require_terminal()
    return _demo(shell) if options.demo else _run(shell)


def open_compose(shell: Shell, options: Namespace) -> int:
    """Open the screen with a new mail, from a mailto: URL or from options."""
    if options.url and not options.url.lower().startswith("mailto:"):
        raise BadUsage(f"{options.url!r} is no mailto: URL.", "Recipients are given by --to ADDRESS.")
    _require_terminal()
    from tui.cli.mailto import parse_mailto

    accounts = shell.accounts()
    draft = parse_mailto(options.url or "mailto:", accounts[0].address if accounts else "")
    return _run(shell, completed(draft, options))


def completed(draft: Draft, options: Namespace) -> Draft:
    """The draft with what the options of `compose` say; they go before what stood in the URL."""
    return replace(
        draft,
        sender=draft.account,
        to=", ".join(options.to) or draft.to,
        cc=", ".join(options.cc) or draft.cc,
        bcc=", ".join(options.bcc) or draft.bcc,
        subject=options.subject or draft.subject,
        body=options.body or draft.body,
    )


def _require_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadUsage("The screen needs a terminal.", "Commands for scripts: outlook-tui --help")
    if not sys.stderr.isatty():  # where Textual draws
        raise BadUsage("The screen needs the terminal's error output, too.", "Start it without 2> or 2>&1.")


def _run(shell: Shell, compose: Draft | None = None) -> int:
    """Show what is on the disk, start the engine, and stay until the person leaves."""
    from tui.config.secrets import Secrets

    return _show(shell, Secrets(), compose, demo=False)


def _demo(shell: Shell) -> int:
    """The same over a sample mailbox: real servers in this process, and a home that is gone afterwards."""
    from tui.config.secrets import Secrets
    from tui.config.settings import save_account
    from tui.demo.demo import Demo

    demo = Demo()
    try:
        demo.start()
    except OSError as error:
        raise MailError(
            "The demo cannot start here.", "It needs a temporary folder and 127.0.0.1.", detail=str(error)
        ) from error
    sample = Shell(str(demo.home), "", shell.offline, shell.output)
    try:
        secrets = Secrets()
        secrets.remember(demo.account.address, "incoming", demo.secret)
        save_account(sample.paths.config_file, demo.account)
        return _show(sample, secrets, None, demo=True)
    finally:
        sample.close()
        demo.stop()


def _show(shell: Shell, secrets: Secrets, compose: Draft | None, demo: bool) -> int:
    with _keeping_all():
        from tui.sync.engine import Engine
        from tui.ui import crash
        from tui.ui.app import OutlookApp

    crash.install()
    shell.start_log()
    engine = Engine(shell.paths, shell.settings, secrets, watch=True)
    app = OutlookApp(engine, shell.paths, shell.settings, demo=demo, compose=compose, offline=shell.offline)
    if app.run() == DEMO:
        return _demo(shell)
    return app.return_code or 0


@contextmanager
def _keeping_all() -> Iterator[None]:
    """While modules load nothing becomes garbage: looking for it costs a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
