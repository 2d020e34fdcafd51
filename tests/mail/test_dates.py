from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import dates


def at(*moment: int, offset: int = 0) -> tuple[int, int]:
    year, month, day, hour, minute, second = (*moment, 0, 0, 0)[:6]
    zone = timezone(timedelta(minutes=offset))
    return int(datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()), offset


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("Fri, 21 Nov 1997 09:55:06 -0600", at(1997, 11, 21, 9, 55, 6, offset=-360)),
        ("21 Nov 1997 09:55:06 -0600", at(1997, 11, 21, 9, 55, 6, offset=-360)),
        ("Fri, 21 Nov 97 09:55:06 GMT", at(1997, 11, 21, 9, 55, 6)),
        ("Thu, 13 Feb 1969 23:32 -0330 (Newfoundland Time)", at(1969, 2, 13, 23, 32, offset=-210)),
        ("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", at(1997, 11, 21, 9, 55, 6, offset=-360)),
        ("1 Jul 2003 (comment (nested)) 10:52:37 +0200", at(2003, 7, 1, 10, 52, 37, offset=120)),
        ("Thu, 10 Jul 1997 14:53:31 EST5EDT", at(1997, 7, 10, 14, 53, 31, offset=-300)),
        ("Thu, 10 Jul 1997 14:53:31 A", at(1997, 7, 10, 14, 53, 31)),
        ("Thu, 10 Jul 1997 14:53:31", at(1997, 7, 10, 14, 53, 31)),
        ("Thu, 10 Jul 1997 14:53:31 +01:00", at(1997, 7, 10, 14, 53, 31, offset=60)),
        ("Thu, 10 Jul 1997 14:53:31 GMT+2", at(1997, 7, 10, 14, 53, 31, offset=120)),
        ("Thu, 10 Jul 1997 14:53:31 +9900", at(1997, 7, 10, 14, 53, 31)),
        ("Thu Jul 10 14:53:31 1997", at(1997, 7, 10, 14, 53, 31)),
        ("Thu Jul 10 14:53:31 EST 1997", at(1997, 7, 10, 14, 53, 31, offset=-300)),
        ("Thu Jul 10 14:53:31 1997 +0200", at(1997, 7, 10, 14, 53, 31, offset=120)),
        ("July 10, 1997 2:53:31 PM", at(1997, 7, 10, 14, 53, 31)),
        ("1997-07-10T14:53:31Z", at(1997, 7, 10, 14, 53, 31)),
        ("1997-07-10 14:53:31.123 +0200", at(1997, 7, 10, 14, 53, 31, offset=120)),
        ("10-Jul-1997 14:53:31 +0000", at(1997, 7, 10, 14, 53, 31)),
        ("Thursday, 10-Jul-97 14:53:31 UTC", at(1997, 7, 10, 14, 53, 31)),
        ("10 Jul 103 14:53:31 +0000", at(2003, 7, 10, 14, 53, 31)),
        ("10 Jul 49 14:53:31 +0000", at(2049, 7, 10, 14, 53, 31)),
        ("Sat, 31 Dec 2016 23:59:60 +0000", at(2016, 12, 31, 23, 59, 59)),
        ("10 Jul 1997", at(1997, 7, 10)),
        ("by x with SMTP; Mon, 10 Oct 2022 10:31:15 -0700 (PDT)", at(2022, 10, 10, 10, 31, 15, offset=-420)),
        ("Fri, 31 Feb 1997 09:55:06 +0000", None),
        ("Fri, 21 Zzz 1997 09:55:06 +0000", None),
        ("21 Nov 1997 25:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_of_real_mail(value: str, moment: tuple[int, int] | None) -> None:
    assert dates.parse(value) == moment


@given(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_what_is_written_is_read(naive: datetime, offset: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    seconds = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    assert dates.parse(dates.write(moment)) == (seconds, offset)


@given(st.text(alphabet="0123456789 :+-.,()/JanFebGMTpm\t"))
def test_never_raises(text: str) -> None:
    dates.parse(text)


_NUMBERS = st.integers(0, 99)


@given(
    st.tuples(
        st.sampled_from(["", "Mon, ", "Xyz, "]), st.integers(0, 39), st.sampled_from(["Jan", "Feb", "Foo"]),
        st.integers(1890, 9999), _NUMBERS, _NUMBERS, _NUMBERS, st.sampled_from("+-"), _NUMBERS, _NUMBERS,
    )
)  # fmt: skip
def test_the_usual_form_means_what_it_means_with_other_blanks(
    found: tuple[str, int, str, int, int, int, int, str, int, int],
) -> None:
    usual = "{}{:02d} {} {} {:02d}:{:02d}:{:02d} {}{:02d}{:02d}".format(*found)
    assert dates.parse(usual) == dates.parse(usual.replace(" ", "  "))
