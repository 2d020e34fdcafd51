"""`inspect`: message files shown without being stored."""

from __future__ import annotations

from argparse import Namespace

from tui.cli import records
from tui.cli.files import read_input
from tui.cli.shell import Shell
from tui.cli.showing import message_text
from tui.model.error import MailError


def inspect(shell: Shell, options: Namespace) -> int:
    """Show each file; one that cannot be read is named and does not keep the others from being shown."""
    from tui.mail.message import parse

    code = 0
    for name in options.files:
        try:
            raw = read_input(name)
        except MailError as error:
            shell.output.error(error)
            code = error.exit_code
            continue
        content = parse(raw)
        shell.output.record({"file": name, **records.content(content)}, message_text(content))
    return code
