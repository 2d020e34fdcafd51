"""Every setting as data: its key, a sentence on it, its type, default and choices.

The settings screen draws itself from these rows, the configuration file is checked against them, and
`account set` takes its words from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.model.account import MOST_KILOBYTES

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `choices` are the only values allowed where there are any.

    `least` and `most` bound numbers; `title` names it on the screen, `group` is the heading it stands under;
    `lines` allows line breaks.
    """

    key: str
    title: str
    sentence: str
    type: type[str] | type[int] | type[bool]
    default: Value
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    group: str = ""
    lines: bool = False


GENERAL: tuple[Setting, ...] = (
    Setting(
        "theme",
        "Theme",
        "Colours; auto is light where the terminal says so (COLORFGBG), else dark.",
        str,
        "auto",
        group="Appearance",
    ),
    Setting(
        "list_layout",
        "List",
        "One or two lines for each message of the list, or as the width allows.",
        str,
        "auto",
        ("auto", "one", "two"),
        group="Appearance",
    ),
    Setting(
        "reading",
        "Reading pane",
        "Where a message is read: right of the list, below it, or as the width allows.",
        str,
        "auto",
        ("auto", "right", "below"),
        group="Appearance",
    ),
    Setting(
        "threads",
        "Conversations",
        "Show a conversation as one row that can be unfolded.",
        bool,
        True,
        group="Appearance",
    ),
    Setting(
        "date_style",
        "Dates",
        "Dates as people say them (14:05, Yesterday), or always 2024-02-03 14:05.",
        str,
        "friendly",
        ("friendly", "iso"),
        group="Appearance",
    ),
    Setting(
        "keys",
        "Keys",
        "The set of keys; single keys are changed in the table [keys] by their id.",
        str,
        "default",
        ("default", "vim"),
        group="Keys",
    ),
    Setting(
        "confirm_quit",
        "Ask before quitting",
        "Ask whether to quit when q is pressed on the mail screen.",
        bool,
        True,
        group="Keys",
    ),
    Setting(
        "mark_read_after",
        "Mark as read after",
        "Seconds until an opened message counts as read; 0 at once, -1 never.",
        int,
        2,
        least=-1,
        most=3600,
        group="Reading",
    ),
    Setting(
        "fold_quotes",
        "Fold quotes",
        "Fold quoted text after its first lines; z unfolds it.",
        bool,
        True,
        group="Reading",
    ),
    Setting(
        "undo_seconds",
        "Undo sending",
        "Seconds that a sent mail waits so that it can be taken back; 0 sends at once.",
        int,
        10,
        least=0,
        most=600,
        group="Writing",
    ),
    Setting(
        "editor",
        "Editor",
        "Command of the editor for Ctrl+E; empty takes $VISUAL or $EDITOR.",
        str,
        "",
        group="Writing",
    ),
    Setting(
        "signature",
        "Signature",
        "Put under new mail of accounts that have none of their own.",
        str,
        "",
        group="Writing",
        lines=True,
    ),
    Setting(
        "check_minutes",
        "Check for mail every",
        "Minutes between two fetches where the server does not tell of new mail by itself.",
        int,
        5,
        least=1,
        most=1440,
        group="Fetching",
    ),
    Setting(
        "offline",
        "Keep on this computer",
        "For new accounts: all, headers only, or the mail of some days such as 90d.",
        str,
        "all",
        group="Fetching",
    ),
    Setting(
        "notifications",
        "Tell of new mail",
        "Not at all, by the terminal's bell, or by a message of the terminal where it can show one.",
        str,
        "bell",
        ("off", "bell", "message"),
        group="Fetching",
    ),
    Setting(
        "client_id",
        "Client id",
        "Your registration at Microsoft, for accounts without one; OUTLOOK_TUI_CLIENT_ID goes before it.",
        str,
        "",
        group="Program",
    ),
    Setting(
        "log_level",
        "Log",
        "How much is written to the log; secrets never are.",
        str,
        "info",
        ("warning", "info", "debug"),
        group="Program",
    ),
)

_SECURITY = ("tls", "starttls", "plain")


def _server(kind: str, name: str) -> tuple[Setting, ...]:
    group = f"{name} server"
    return (
        Setting(f"{kind}_host", f"{name} server", "Its name or address.", str, "", group=group),
        Setting(
            f"{kind}_port",
            f"{name} port",
            "Its port; left out, the usual one for the security.",
            int,
            0,
            least=1,
            most=65535,
            group=group,
        ),
        Setting(
            f"{kind}_security",
            f"{name} security",
            "TLS from the start, STARTTLS, or plain (on this computer only).",
            str,
            "tls",
            _SECURITY,
            group=group,
        ),
    )


def _login(kind: str, group: str) -> tuple[Setting, ...]:
    return (
        Setting(
            f"{kind}username", "User name", "Mostly the whole address; left out, it is.", str, "", group=group
        ),
        Setting(
            f"{kind}auth",
            "Sign-in",
            "By password (or app password), or by token (OAuth).",
            str,
            "password",
            ("password", "oauth2"),
            group=group,
        ),
        Setting(
            f"{kind}secret_from",
            "Password is kept",
            "In the keyring, or for one session only; a command is set by its own key.",
            str,
            "keyring",
            ("keyring", "session"),
            group=group,
        ),
        Setting(
            f"{kind}password_command",
            "Password command",
            "A command whose first line of output is the password; run without a shell.",
            str,
            "",
            group=group,
        ),
        Setting(
            f"{kind}token_command",
            "Token command",
            "A command whose first line of output is an OAuth access token; run without a shell.",
            str,
            "",
            group=group,
        ),
    )


ACCOUNT: tuple[Setting, ...] = (
    Setting("name", "Your name", "The name that recipients see.", str, "", group="Account"),
    Setting("provider", "Provider", "The preset the servers came from.", str, "", group="Account"),
    Setting(
        "incoming",
        "Receive by",
        "IMAP keeps mail on the server, POP3 fetches it to this computer, none only sends.",
        str,
        "imap",
        ("imap", "pop3", "none"),
        group="Account",
    ),
    *_login("", "Account"),
    Setting(
        "keep",
        "Leave on server",
        "What POP3 leaves on the server: leave, delete, 14d (that many days) or until-deleted.",
        str,
        "leave",
        group="Account",
    ),
    Setting(
        "fetch_up_to",
        "Fetch whole up to",
        "Kilobytes; of larger mail POP3 fetches only the header until it is opened. 0 fetches all.",
        int,
        0,
        least=0,
        most=MOST_KILOBYTES,
        group="Account",
    ),
    Setting(
        "offline",
        "Keep on this computer",
        "Whole mail: all, headers only, or of some days such as 90d.",
        str,
        "all",
        group="Account",
    ),
    Setting(
        "sent_copy",
        "File sent mail",
        "Whether we file a copy of sent mail; auto leaves it to providers that do.",
        str,
        "auto",
        ("auto", "always", "never"),
        group="Account",
    ),
    Setting("signature", "Signature", "Put under new mail.", str, "", group="Account", lines=True),
    Setting("ca_file", "Own certificates", "A PEM file of certificates to trust.", str, "", group="Account"),
    Setting("client_id", "Client id", "Your own app registration for OAuth.", str, "", group="Account"),
    Setting(
        "client_secret",
        "Client secret",
        "What Google gives to a registered program; Microsoft wants none. Never shown again.",
        str,
        "",
        group="Account",
    ),
    Setting(
        "authority",
        "Authority",
        "common, consumers, organizations, a tenant, or a whole https address.",
        str,
        "",
        group="Account",
    ),
    *_server("imap", "IMAP"),
    *_server("pop3", "POP3"),
    *_server("smtp", "SMTP"),
    *_login("smtp_", "SMTP server"),
)

SERVERS = ("imap", "pop3", "smtp")

SECRETS = frozenset(
    {
        "password", "passwd", "pass", "passphrase", "secret", "token", "access_token", "refresh_token",
        "app_password", "apppassword", "credentials", "api_key", "api_token", "client_secret",
    }
)  # fmt: skip
