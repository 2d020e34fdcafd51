"""One run of the command line: find the command, call its handler, turn every end into an exit code."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.commands import COMMANDS, SCREEN, define
from tui.cli.output import Output
from tui.cli.parser import PROGRAM, Command, Parser, find_command
from tui.cli.shell import Shell
from tui.model.error import MailError

if TYPE_CHECKING:
    from argparse import Namespace

Handler = Callable[[Shell, "Namespace"], int]

DONE = 0
FAULT = 1
INTERRUPTED = 130

log = logging.getLogger(__name__)


def run(words: Sequence[str]) -> int:
    """Run the command in `words` and answer its exit code (see the table of the command line contract)."""
    output = Output("--json" in words)
    shell: Shell | None = None
    try:
        command, options = _parse(words)
        if command is None:
            return DONE
        output = Output(options.json)
        shell = Shell(options.home, options.account or "", options.offline, output)
        code = _handler(command)(shell, options)
        sys.stdout.flush()
    except MailError as error:
        log.info("%s", error, exc_info=error.__cause__)
        output.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else DONE
    except Exception as fault:  # noqa: BLE001 - the top of the process: whatever it is becomes a sentence
        return _unexpected(fault, shell, output)
    return code


def _parse(words: Sequence[str]) -> tuple[Command | None, Namespace]:
    """The command and its options; None when what was asked for has been printed already."""
    found = find_command(words, COMMANDS)
    command = COMMANDS.get(found.name, SCREEN)
    parser = define(Parser(found.name, command.summary), command)
    if not found.name:
        parser.epilog = overview()
        from argparse import RawDescriptionHelpFormatter

        parser.formatter_class = RawDescriptionHelpFormatter
    options = parser.read(found.words)
    if getattr(options, "version", False):
        from tui import __version__

        print(f"{PROGRAM} {__version__}")
        return None, options
    return command, options


def overview() -> str:
    """One line a command, for --help."""
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["commands:", *lines, "", f"{PROGRAM} COMMAND --help tells more about one."])


def _handler(command: Command) -> Handler:
    module, function = command.handler.split(":")
    handler: Handler = getattr(import_module(module), function)
    return handler


def _reader_left() -> int:
    """Whoever read our output has enough: no complaint now, and none when Python flushes at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    return DONE


def _unexpected(fault: Exception, shell: Shell | None, output: Output) -> int:
    log.error("unexpected fault", exc_info=fault)
    where = f" The log has the details: {_log_file(shell)}" if shell else ""
    output.note(f"Something went wrong inside {PROGRAM} ({type(fault).__name__}). Your mail is safe.")
    output.note(f"Please report it.{where}")
    return FAULT


def _log_file(shell: Shell) -> str:
    from tui.config.log import file_of

    return str(file_of(shell.paths))
