"""`completions`: scripts for shells, made from the table of commands so that they cannot fall behind it."""

from __future__ import annotations

from argparse import Namespace

from tui.cli.commands import COMMANDS, SCREEN, define
from tui.cli.parser import PROGRAM, Parser
from tui.cli.shell import Shell

Words = dict[str, tuple[str, ...]]


def completions(shell: Shell, options: Namespace) -> int:
    """Print the script for one shell."""
    shell.output.verbatim(SCRIPTS[options.shell](_words()))
    return 0


def _words() -> Words:
    """What may follow each command; the key "" is for the program's name alone."""
    words: Words = {}
    first = dict.fromkeys(name.split(" ")[0] for name in COMMANDS)
    words[""] = (*first, *_options("", SCREEN.summary))
    for name in COMMANDS:
        words[name] = _options(name, COMMANDS[name].summary)
    for family in first:
        second = tuple(name.split(" ")[1] for name in COMMANDS if name.startswith(f"{family} "))
        if second:
            words[family] = (*second, *words.get(family, ()))
    return words


def _options(name: str, summary: str) -> tuple[str, ...]:
    return define(Parser(name, summary), COMMANDS.get(name, SCREEN)).options


def _bash(words: Words) -> str:
    cases = "\n".join(f"    '{name}') words='{' '.join(found)}' ;;" for name, found in words.items())
    return f"""\
_{_name()}() {{
  local first="" second="" word words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in
      -*) ;;
      *) if [ -z "$first" ]; then first=$word; elif [ -z "$second" ]; then second=$word; fi ;;
    esac
  done
  case "$first${{second:+ $second}}" in
{cases}
    *) case "$first" in
{cases}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _{_name()} {PROGRAM}"""


def _zsh(words: Words) -> str:
    return f"#compdef {PROGRAM}\nautoload -U +X bashcompinit && bashcompinit\n{_bash(words)}"


def _fish(words: Words) -> str:
    lines = [f"complete -c {PROGRAM} -n __fish_use_subcommand -a '{' '.join(_bare(words['']))}'"]
    for name, found in words.items():
        if not name:
            continue
        tests = " && ".join(f"__fish_seen_subcommand_from {word}" for word in name.split(" "))
        if bare := _bare(found):
            lines.append(f"complete -c {PROGRAM} -f -n '{tests}' -a '{' '.join(bare)}'")
        lines += [
            f"complete -c {PROGRAM} -n '{tests}' -l {word[2:]}" for word in found if word.startswith("--")
        ]
    return "\n".join(lines)


def _powershell(words: Words) -> str:
    """No word of ours holds a quote, so none has to be doubled."""
    table = "\n".join(
        f"    '{name}' = @({', '.join(chr(39) + word + chr(39) for word in found)})"
        for name, found in words.items()
    )
    return f"""\
Register-ArgumentCompleter -Native -CommandName {PROGRAM} -ScriptBlock {{
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @{{
{table}
  }}
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object {{ $_.Extent.EndOffset -lt $cursorPosition }} | ForEach-Object {{ $_.ToString() }} |
    Where-Object {{ -not $_.StartsWith('-') }})
  $pair = ($before | Select-Object -First 2) -join ' '
  $first = [string]($before | Select-Object -First 1)
  $found = if ($words.ContainsKey($pair)) {{ $words[$pair] }} else {{ $words[$first] }}
  $found | Where-Object {{ $_ -like "$wordToComplete*" }} |
    ForEach-Object {{ [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }}
}}"""


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if not word.startswith("-"))


def _name() -> str:
    return PROGRAM.replace("-", "_")


SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}
