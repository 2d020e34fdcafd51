"""Searching."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.store.samples import ACCOUNT, ANSWERED, FLAGGED, SEEN, START, Store, message, whole
from tui.model.account import Protocol
from tui.model.folder import Role
from tui.model.message import Address, Envelope, NewMessage, Scan
from tui.model.query import parse


def mail(number: int, subject: str, text: str = "", **changes: object) -> NewMessage:
    envelope = Envelope(
        message_id=f"{number}@x",
        subject=subject,
        sender=(Address("Café Reports", f"desk{number}@contoso.example"),),
        to=(Address("You", ACCOUNT),),
        cc=(Address(None, "accounts@fabrikam.example"),),
    )
    fields = {"envelope": envelope, "scan": Scan(0, text[:60], text), "raw": text.encode(), **changes}
    return message(number, **fields)


@pytest.fixture
def found(store: Store) -> Store:
    """Five messages; `search` below answers their uids."""
    inbox, archive = store.folder("INBOX").id, store.folder("Archive").id
    store.writer.added(
        inbox,
        [
            mail(1, "Quarterly report", "The naïve résumé of the third quarter", flags=SEEN, size=5_000_000),
            mail(2, "Re: Quarterly report", "Thanks for foo-bar and for C++", flags=FLAGGED),
            mail(3, "東京からの手紙", "これは東京都の天気についての手紙です。", tags=frozenset({"Travel"})),
        ],
    )
    store.writer.added(
        archive,
        [
            mail(4, "Invoice", "report inside", flags=SEEN | ANSWERED, scan=Scan(1, "", "report inside")),
            message(5, envelope=Envelope(subject="Only a header so far")),
        ],
    )
    return store


def search(store: Store, text: str, **where: object) -> list[int]:
    return [store.row(one).uid for one in store.reader.search(parse(text), **where)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "uids"),
    [
        ("", [5, 4, 3, 2, 1]),
        ("report ", [4, 2, 1]),
        ("REPORT third ", [1]),
        ("naive resume ", [1]),
        ("quart", [2, 1]),
        ("quart ", []),
        ("quart* ", [2, 1]),
        ("q", []),
        ('"third quarter"', [1]),
        ('"quarter third"', []),
        ("foo-bar ", [2]),
        ("-foo-bar report ", [4, 1]),
        ("-report ", [5, 3]),
        ("-report -header ", [3]),
        ("subject:report ", [2, 1]),
        ("body:report ", [4]),
        ("from:cafe ", [4, 3, 2, 1]),
        ("from:desk2@contoso.example ", [2]),
        ("from:desk2", [2]),
        ("to:you@example.org -in:archive ", [3, 2, 1]),
        ("cc:fabrikam report ", [4, 2, 1]),
        ("東京 ", [3]),
        ("京都の", [3]),
        ("京東", []),
        ("is:unread ", [5, 3, 2]),
        ("is:read report ", [4, 1]),
        ("-is:answered is:seen", [1]),
        ("is:flagged", [2]),
        ("has:attachment", [4]),
        ("-has:attachment report ", [2, 1]),
        ("larger:4M", [1]),
        ("smaller:4M report ", [4, 2]),
        ("tag:travel", [3]),
        ("tag:trav", []),
        ("in:inbox report ", [2, 1]),
        ("in:Archive", [5, 4]),
        ("in:nowhere", []),
        ("after:2023-11-14", [5, 4, 3, 2, 1]),
        ("before:2023-11-14 ", []),
        ("after:2023-11-16", []),
        ("header so far", [5]),
        ("--- ??? report ", [4, 2, 1]),
        ("!!!", [5, 4, 3, 2, 1]),
        ("report NOT third AND OR NEAR(", []),
        ("x:y ", []),
    ],
)
def test_queries(found: Store, text: str, uids: list[int]) -> None:
    assert search(found, text) == uids


def test_where_and_how_many(found: Store) -> None:
    archive = found.folder("Archive").id
    assert search(found, "report ", folder=archive) == [4]
    assert search(found, "report ", limit=2) == [4, 2]
    found.writer.account("second@example.org", Protocol.POP3)
    other = found.writer.local_folder("second@example.org", "INBOX", Role.INBOX)
    (theirs,) = found.writer.added(other, [whole(9, text="a report", uid=0)])
    assert found.reader.search(parse("report "))[0] == theirs
    assert found.reader.search(parse("report "), account="second@example.org") == [theirs]
    assert search(found, "report ", account=ACCOUNT) == [4, 2, 1]
    assert found.reader.search(parse("report "), account="nobody@example.org") == []


def test_the_newest_hits_come_without_a_sort(found: Store) -> None:
    """The order must come from the rowid of the index: else a common word costs as much as it is common."""
    statements: list[str] = []
    found.reader._db.set_trace_callback(statements.append)
    search(found, "report is:unread ")
    found.reader._db.set_trace_callback(None)
    query = next(one for one in statements if "MATCH" in one)
    steps = [row[3] for row in found.reader._db.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_a_removed_message_is_not_found_and_a_late_body_is(found: Store) -> None:
    one = found.reader.search(parse("third "))
    found.writer.forget(one)
    assert search(found, "third ") == []
    (late,) = found.reader.search(parse("header "))
    found.writer.body(late, b"raw", Scan(0, "", "surprise inside"))
    assert search(found, "surprise header ") == [5]


def test_snippets_show_the_words_where_they_stand(found: Store) -> None:
    text = "word " * 200 + "the needle is here " + "word " * 200
    (number,) = found.writer.added(found.folder("INBOX").id, [mail(7, "Haystack", text)])
    assert "needle" in found.reader.snippet(number, parse("needle "))
    assert len(found.reader.snippet(number, parse("needle "))) < 200
    assert found.reader.snippet(number, parse("haystack ")).startswith("word word")
    assert found.reader.snippet(number, parse("is:unread")) == text[:60]
    (letter,) = found.reader.search(parse("天気"))
    assert "東京都の天気" in found.reader.snippet(letter, parse("天気"))
    assert found.reader.snippet(999, parse("x ")) == ""


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters() | st.sampled_from('"*-:^(){}+ '), max_size=25))
@example('a"b')
@example("\0")
@example("from:\0 x")
@example("subject:^a* NEAR/2")
@example("\ud800")
@example("before:0001-01-01 after:9999-12-31")
@example("after:99999y larger:999999999999g tag:%_\\")
def test_whatever_is_typed_is_a_query(store: Store, text: str) -> None:
    store.reader.search(parse(text))
    store.reader.snippet(1, parse(text))


def test_time_zones_count_days_as_the_person_does(found: Store) -> None:
    assert search(found, f"after:{START // (365 * 86_400) + 1970 - 1}") == [5, 4, 3, 2, 1]
