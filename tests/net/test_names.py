"""What folders are for, by attribute and by name."""

from __future__ import annotations

import unicodedata

import pytest

from tui.model.folder import Role
from tui.net.folder_names import NAMES
from tui.net.names import Listed, by_name, folders


def roles(*listed: tuple[str, str]) -> dict[str, Role]:
    """Roles by shown name for folders given as (attributes, wire name) with `/` as delimiter."""
    made = folders(Listed(frozenset(flags.split()), "/", wire) for flags, wire in listed)
    return {each.name: each.role for each in made if each.role}


@pytest.mark.parametrize(
    ("sent", "drafts", "trash", "junk", "archive"),
    [
        ("Sent Items", "Drafts", "Deleted Items", "Junk Email", "Archive"),
        ("Sent", "Drafts", "Deleted", "Junk", "Archive"),
        ("Gesendete Elemente", "Entwürfe", "Gelöschte Elemente", "Junk-E-Mail", "Archiv"),
        ("Éléments envoyés", "Brouillons", "Éléments supprimés", "Courrier indésirable", "Archives"),
        ("Elementos enviados", "Borradores", "Elementos eliminados", "Correo no deseado", "Archivo"),
        ("Posta inviata", "Bozze", "Posta eliminata", "Posta indesiderata", "Archivio"),
        ("Itens Enviados", "Rascunhos", "Itens Excluídos", "Lixo Eletrônico", "Arquivo Morto"),
        ("Verzonden items", "Concepten", "Verwijderde items", "Ongewenste e-mail", "Archief"),
        ("Elementy wysłane", "Wersje robocze", "Elementy usunięte", "Wiadomości-śmieci", "Archiwum"),
        ("Отправленные", "Черновики", "Удаленные", "Нежелательная почта", "Архив"),
        ("送信済みアイテム", "下書き", "削除済みアイテム", "迷惑メール", "アーカイブ"),
        ("已发送邮件", "草稿", "已删除邮件", "垃圾邮件", "存档"),
        ("Skickade objekt", "Utkast", "Borttagna objekt", "Skräppost", "Arkiv"),
        ("Gönderilmiş Öğeler", "Taslaklar", "Silinmiş Öğeler", "Önemsiz E-posta", "Arşiv"),
    ],
)
def test_names_of_many_languages(sent: str, drafts: str, trash: str, junk: str, archive: str) -> None:
    found = roles(("", "INBOX"), ("", sent), ("", drafts), ("", trash), ("", junk), ("", archive))
    assert found == {
        "INBOX": Role.INBOX, sent: Role.SENT, drafts: Role.DRAFTS, trash: Role.TRASH, junk: Role.JUNK,
        archive: Role.ARCHIVE,
    }  # fmt: skip


def test_the_server_knows_better_than_a_name() -> None:
    found = roles(("\\sent", "Raus"), ("", "Sent Items"), ("\\junk", "Archive"), ("\\archive", "Old"))
    assert found == {"Raus": Role.SENT, "Archive": Role.JUNK, "Old": Role.ARCHIVE}


def test_one_folder_a_role_and_the_usual_one() -> None:
    assert roles(("", "Sent"), ("", "Sent Items")) == {"Sent Items": Role.SENT}
    assert roles(("", "INBOX/Sent"), ("", "Sent")) == {"Sent": Role.SENT}
    assert roles(("\\trash", "A"), ("\\trash", "B")) == {"A": Role.TRASH}


def test_gmail() -> None:
    found = roles(
        ("\\noselect", "[Gmail]"), ("\\all", "[Gmail]/All Mail"), ("\\drafts", "[Gmail]/Drafts"),
        ("\\important", "[Gmail]/Important"), ("\\sent", "[Gmail]/Sent Mail"), ("\\junk", "[Gmail]/Spam"),
        ("\\flagged", "[Gmail]/Starred"), ("\\trash", "[Gmail]/Bin"), ("", "INBOX"),
    )  # fmt: skip
    assert found["[Gmail]/All Mail"] is Role.ALL
    assert found["[Gmail]/Bin"] is Role.TRASH
    assert "[Gmail]/Important" not in found


def test_a_name_deep_down_means_nothing() -> None:
    assert roles(("", "Projects/Sent"), ("", "Projects/Trash")) == {}


def test_names_that_cannot_be_opened_have_no_role() -> None:
    assert roles(("\\noselect \\sent", "Sent")) == {}


def test_delimiters_and_case() -> None:
    said = [(".", "Inbox"), (".", "INBOX"), (".", "inbox.a/b"), ("", "a/b"), ("/", "x//y"), ("/", "z" * 2000)]
    made = folders(Listed(frozenset(), delimiter, wire) for delimiter, wire in said)
    assert [(each.name, each.wire) for each in made] == [
        ("INBOX", "Inbox"), ("INBOX/a∕b", "inbox.a/b"), ("a∕b", "a/b"),
    ]  # fmt: skip


def test_the_table_is_clean() -> None:
    for role, names in NAMES.items():
        listed = names.split(";")
        assert len({name.casefold() for name in listed}) == len(listed), role
        for name in listed:
            assert name == name.strip() == unicodedata.normalize("NFC", name)
            assert by_name(name.upper() if name.isascii() else name)[0] is not Role.NONE
