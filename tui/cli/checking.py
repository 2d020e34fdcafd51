"""`explain` and `locate`: answers that need neither the store nor the network."""

from __future__ import annotations

from argparse import Namespace

from tui.cli.output import Cell, Ink
from tui.cli.shell import Shell
from tui.model.error import NotFound


def explain_text(shell: Shell, options: Namespace) -> int:
    """Say what a server's error means and what to do."""
    from tui.model.explain import explain

    text = " ".join(options.text)
    found = explain(text)
    if found is None:
        raise NotFound("This error is not known here.", "outlook-tui doctor tests every step of an account.")
    record = {
        "code": found.code,
        "title": found.title,
        "meaning": found.meaning,
        "fix": found.fix,
        "retry": found.retry,
    }
    shell.output.record(record, f"{found.title}\n{found.meaning}\n{found.fix}")
    return 0


def locate(shell: Shell, options: Namespace) -> int:
    """Print where everything is kept."""
    paths = shell.paths
    record = {
        "config": str(paths.config_file),
        "data": str(paths.data),
        "database": str(paths.database),
        "state": str(paths.state),
        "cache": str(paths.cache),
        "logs": str(paths.logs),
    }
    if shell.output.json:
        shell.output.record(record, "")
    else:
        shell.output.table(({}, (Cell(name, Ink.BOLD), Cell(path))) for name, path in record.items())
    return 0
