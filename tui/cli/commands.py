"""Every command of the shell: its sentence, its handler and its words. The contract is data here."""

from __future__ import annotations

from tui.cli.parser import Command, Define, Parser, add_globals
from tui.model.sign_in import Way

SECURITY = ("tls", "starttls", "plain")


def define(parser: Parser, command: Command) -> Parser:
    """Give `parser` the words of `command` and the global options."""
    add_globals(parser)
    command.define(parser)
    return parser


def _nothing(parser: Parser) -> None:
    """A command that takes no words of its own."""


def _ids(parser: Parser) -> None:
    parser.add_argument("ids", metavar="ID", type=int, nargs="+", help="numbers shown by list and search")


def _some_ids(parser: Parser) -> None:
    parser.add_argument("ids", metavar="ID", type=int, nargs="*", help="numbers shown by changes; none: all")


def _id(parser: Parser) -> None:
    parser.add_argument("id", metavar="ID", type=int, help="a number shown by the list")


def _folder(parser: Parser) -> None:
    parser.add_argument("--folder", metavar="NAME", help="a folder, levels divided by /")


def _limit(parser: Parser) -> None:
    parser.add_argument("--limit", metavar="N", type=_count, default=50, help="at most so many (50)")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return min(number, 1 << 31)  # more than any list has, and what SQLite can count to


_count.__name__ = "number"


def _address(parser: Parser) -> None:
    parser.add_argument("address", metavar="ADDRESS", nargs="?", help="which account")


def _secret(parser: Parser, prefix: str, what: str) -> None:
    parser.add_argument(
        f"--{prefix}password-stdin", action="store_true", help=f"{what}: read from standard input"
    )
    parser.add_argument(
        f"--{prefix}password-command", metavar="CMD", help=f"{what}: the first line that CMD prints"
    )


def _account_add(parser: Parser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="the address that mail is sent from")
    parser.add_argument("--name", help="the name that others see")
    parser.add_argument(
        "--provider", help="a preset, such as outlook, microsoft365, gmail, mailtrap-live or other"
    )
    parser.add_argument("--incoming", choices=("imap", "pop3", "none"), help="how mail is received")
    for protocol in ("imap", "pop3", "smtp"):
        parser.add_argument(f"--{protocol}-host", metavar="HOST")
        parser.add_argument(f"--{protocol}-port", metavar="PORT", type=int)
        parser.add_argument(
            f"--{protocol}-security", choices=SECURITY, help="plain: only for this computer itself"
        )
    parser.add_argument("--username", help="where it is not the address")
    parser.add_argument("--auth", choices=("password", "oauth2"), help="what kind of secret it is")
    _secret(parser, "", "the password")
    parser.add_argument(
        "--token-command", metavar="CMD", help="an OAuth 2.0 token: the first line that CMD prints"
    )
    parser.add_argument("--smtp-username", help="where sending signs in with another name")
    _secret(parser, "smtp-", "the password for sending")
    _ways(parser)
    parser.add_argument("--client-id", metavar="ID", help="OAuth 2.0: the program as you registered it")
    parser.add_argument(
        "--client-secret-stdin", action="store_true", help="OAuth 2.0 at Google: read from standard input"
    )
    parser.add_argument(
        "--authority", metavar="URL", help="OAuth 2.0: who signs in; a tenant, or a whole https address"
    )
    parser.add_argument("--ca-file", metavar="PEM", help="trust this authority as well")
    parser.add_argument("--no-test", action="store_true", help="save without trying it")


def _ways(parser: Parser) -> None:
    for way, how in (
        (Way.DEVICE, "with a code that is typed on any device"),
        (Way.BROWSER, "in a browser on this computer"),
        (Way.PASTE, "in any browser, whose last address is pasted here"),
    ):
        parser.add_argument(
            f"--{way}", dest="way", action="store_const", const=way, help=f"OAuth 2.0: approve {how}"
        )


def _account_login(parser: Parser) -> None:
    _address(parser)
    _ways(parser)


def _account_set(parser: Parser) -> None:
    parser.add_argument(
        "words", metavar="[ADDRESS] KEY=VALUE", nargs="+", help="such as incoming=pop3 or keep=14d"
    )
    parser.add_argument(
        "--force", action="store_true", help="switch although mail or changes are not here or there yet"
    )


def _account_remove(parser: Parser) -> None:
    _address(parser)
    parser.add_argument("--keep-mail", action="store_true", help="leave its mail on this computer")


def _sync(parser: Parser) -> None:
    parser.add_argument(
        "--folder", metavar="NAME", action="append", default=[], help="only this folder; repeatable"
    )
    parser.add_argument("--watch", action="store_true", help="stay, and follow what arrives until Ctrl+C")
    parser.add_argument("--headers", action="store_true", help="leave the bodies on the server for now")


def _list(parser: Parser) -> None:
    _folder(parser)
    _limit(parser)
    parser.add_argument("--unread", action="store_true", help="only unread mail")
    parser.add_argument("--threads", action="store_true", help="one line a conversation")


def _search(parser: Parser) -> None:
    parser.add_argument(
        "query", metavar="QUERY", nargs="+", help='words, from:…, subject:…, -word, "a phrase"'
    )
    _folder(parser)
    _limit(parser)


def _read(parser: Parser) -> None:
    _id(parser)
    parser.add_argument("--headers", action="store_true", help="every header field")
    parser.add_argument("--raw", action="store_true", help="the bytes exactly as received")
    parser.add_argument("--html", action="store_true", help="the source of the HTML part")
    parser.add_argument("--part", metavar="N", type=int, help="the decoded bytes of attachment N")
    parser.add_argument("--save-attachments", metavar="DIR", help="save every attachment into DIR")


def _inspect(parser: Parser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="message files; - is standard input")


def _send(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE.eml", nargs="?", help="a finished message; - is standard input")
    parser.add_argument("--from", dest="sender", metavar="ADDRESS", help="the sender, one of your accounts")
    for name in ("to", "cc", "bcc"):
        parser.add_argument(f"--{name}", metavar="ADDRESS", action="append", default=[], help="repeatable")
    parser.add_argument("--subject", metavar="TEXT")
    parser.add_argument("--body-file", metavar="FILE", help="the text; - is standard input")
    parser.add_argument("--markdown", action="store_true", help="the text is Markdown: an HTML part is added")
    parser.add_argument("--attach", metavar="FILE", action="append", default=[], help="repeatable")
    parser.add_argument("--in-reply-to", metavar="ID", type=int, help="the message that this one answers")
    parser.add_argument("--at", metavar="TIME", help="send later: 18:30, +10m or 2030-01-31T18:30")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the server's answer")


def _flag(parser: Parser) -> None:
    _ids(parser)
    parser.add_argument(
        "--add", metavar="FLAG", action="append", default=[], help="seen, flagged, #tag …; repeatable"
    )
    parser.add_argument("--remove", metavar="FLAG", action="append", default=[], help="repeatable")


def _move(parser: Parser) -> None:
    _ids(parser)
    parser.add_argument("folder", metavar="FOLDER")


def _delete(parser: Parser) -> None:
    _ids(parser)
    parser.add_argument("--forever", action="store_true", help="do not keep them in the Deleted folder")


def _import(parser: Parser) -> None:
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        help="a message (.eml), an mbox file, a Maildir, or a folder of them",
    )
    parser.add_argument("--folder", metavar="NAME", help="where it goes (INBOX); folders inside go below it")


def _export(parser: Parser) -> None:
    parser.add_argument("dest", metavar="DEST", help="a folder or file to make")
    parser.add_argument("--format", choices=("maildir", "mbox", "eml"), required=True)
    _folder(parser)
    parser.add_argument("--search", metavar="QUERY", help="only what a search finds")


def _explain(parser: Parser) -> None:
    parser.add_argument(
        "text", metavar="TEXT", nargs="+", help="an error as a server or another program gave it"
    )


def _folder_name(parser: Parser) -> None:
    parser.add_argument("name", metavar="NAME")


def _folder_rename(parser: Parser) -> None:
    _folder_name(parser)
    parser.add_argument("new", metavar="NEW", help="its new name, with all levels")


def _folder_set(parser: Parser) -> None:
    _folder_name(parser)
    parser.add_argument(
        "words", metavar="offline=RULE", nargs="+", help="all, headers, days such as 90d, or default"
    )


def _compose(parser: Parser) -> None:
    parser.add_argument("url", metavar="mailto:…", nargs="?")
    for name in ("to", "cc", "bcc"):
        parser.add_argument(f"--{name}", metavar="ADDRESS", action="append", default=[], help="repeatable")
    parser.add_argument("--subject", metavar="TEXT")
    parser.add_argument("--body", metavar="TEXT")


def _screen(parser: Parser) -> None:
    parser.add_argument(
        "--demo", action="store_true", help="open a sample mailbox; nothing leaves this computer"
    )
    parser.add_argument("--version", action="store_true", help="print the version")


def _doctor(parser: Parser) -> None:
    parser.add_argument(
        "--report", action="store_true", help="print a report for others, without anything personal"
    )
    parser.add_argument(
        "--repair", action="store_true", help="rebuild a damaged mail store; what is damaged is kept"
    )


def _completions(parser: Parser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish", "powershell"))


def _command(summary: str, handler: str, define: Define = _nothing) -> Command:
    return Command(summary, f"tui.cli.{handler}", define)


SCREEN = _command("Read and write mail in the terminal.", "screen:open_mail", _screen)

COMMANDS: dict[str, Command] = {
    "account add": _command("Set up an account and test it.", "accounts:add", _account_add),
    "account list": _command("List the accounts.", "accounts:list_accounts"),
    "account show": _command("Show one account, and what it has on this disk.", "accounts:show", _address),
    "account test": _command("Test receiving and sending, step by step.", "accounts:test", _address),
    "account login": _command("Sign an account in by OAuth 2.0.", "signing_in:login", _account_login),
    "account set": _command("Change settings of an account.", "accounts:change", _account_set),
    "account remove": _command(
        "Forget an account, and its mail on this computer.", "accounts:remove", _account_remove
    ),
    "sync": _command("Fetch what is new, push what waits, send the outbox.", "sync:sync", _sync),
    "folders": _command("List the folders.", "reading:folders"),
    "folder create": _command("Make a folder.", "folders:create", _folder_name),
    "folder rename": _command("Give a folder another name.", "folders:rename", _folder_rename),
    "folder delete": _command("Delete a folder; its mail goes to Deleted.", "folders:delete", _folder_name),
    "folder set": _command("Say what is kept of a folder here.", "folders:change", _folder_set),
    "list": _command("List messages, newest first.", "reading:list_messages", _list),
    "search": _command("Search the mail on this computer.", "reading:search", _search),
    "read": _command("Show a message.", "reading:read", _read),
    "inspect": _command("Show message files without storing them.", "inspecting:inspect", _inspect),
    "send": _command("Send a message through the outbox.", "sending:send", _send),
    "outbox": _command("List what waits to be sent.", "sending:outbox"),
    "outbox list": _command("List what waits to be sent.", "sending:outbox"),
    "outbox retry": _command("Make a waiting, failed or unsure mail due now.", "sending:retry", _id),
    "outbox cancel": _command("Take a mail back out of the outbox.", "sending:cancel", _id),
    "outbox send": _command("Send all that is due.", "sending:send_due"),
    "flag": _command("Change flags of messages.", "changing:flag", _flag),
    "move": _command("Move messages to a folder.", "changing:move", _move),
    "changes": _command("List what the server has still to be told, or refused.", "changes:list_changes"),
    "changes list": _command(
        "List what the server has still to be told, or refused.", "changes:list_changes"
    ),
    "changes retry": _command("Tell the server again of what it refused.", "changes:retry", _some_ids),
    "changes drop": _command("Give up what the server refused.", "changes:drop", _some_ids),
    "archive": _command("Move messages to the archive.", "changing:archive", _ids),
    "delete": _command("Move messages to the Deleted folder.", "changing:delete", _delete),
    "undo": _command("Take back the newest change.", "changing:undo"),
    "import": _command(
        "Take in mail from files; what is here already is left out.", "importing:import_mail", _import
    ),
    "export": _command("Write messages to files, byte for byte.", "exporting:export", _export),
    "explain": _command("Say what a server's error means, offline.", "checking:explain_text", _explain),
    "doctor": _command("Check this installation and every account.", "doctor:doctor", _doctor),
    "locate": _command("Print where everything is kept.", "checking:locate"),
    "completions": _command("Print a completion script.", "completions:completions", _completions),
    "compose": _command("Open the screen with a new mail.", "screen:open_compose", _compose),
}
