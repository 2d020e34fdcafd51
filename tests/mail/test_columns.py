"""Tables in whatever room there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.mail import html, text
from tui.mail.columns import aligned, runs
from tui.model.cells import cells
from tui.model.content import Line, Span

ORDER = (
    "<table><tr><th>Article<th>Delivery<th>Price"
    "<tr><td>A lamp of brass with a green shade<td>in three to five working days<td>49.00"
    "<tr><td>Bulb<td>today<td>3.50</table>"
)


def shown(source: str, width: int) -> str:
    return text.plain(text.wrap(html.render(source)[0], width))


def test_a_table_with_room_stands_in_columns() -> None:
    assert shown(ORDER, 90) == (
        "Article                             Delivery                       Price\n"
        "A lamp of brass with a green shade  in three to five working days  49.00\n"
        "Bulb                                today                          3.50"
    )


def test_cells_are_wrapped_in_their_own_columns() -> None:
    assert shown(ORDER, 40) == (
        "Article          Delivery         Price\n"
        "A lamp of brass  in three to      49.00\n"
        "with a green     five working\n"
        "shade            days\n"
        "Bulb             today            3.50"
    )


def test_where_columns_would_be_too_narrow_cells_stand_below_each_other() -> None:
    assert shown(ORDER, 20) == (
        "Article\n  Delivery\n  Price\n"
        "A lamp of brass with\na green shade\n  in three to five\n  working days\n  49.00\n"
        "Bulb\n  today\n  3.50"
    )


def test_links_keep_their_numbers_in_wrapped_cells() -> None:
    lines, links, _ = html.render(
        "<table><tr><td><a href=https://contoso.example/a>A rather long name</a><td>1"
        "<tr><td><a href=https://contoso.example/b>b</a><td>2</table>"
    )
    wrapped = text.wrap(lines, 14)
    assert [span.link for line in wrapped for span in line.spans if span.link] == [1, 1, 2]
    assert len(links) == 2


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"]) | st.just(" "), max_size=30)
TABLE = st.integers(2, 5).flatmap(lambda wide: st.lists(st.tuples(*[CELL] * wide), min_size=1, max_size=5))


@given(TABLE, st.integers(10, 120))
def test_every_character_is_shown_and_no_line_is_too_long(table: list[tuple[str, ...]], room: int) -> None:
    rows = [Line((), 0, tuple((Span(cell),) if cell else () for cell in row)) for row in table]
    assert list(runs(rows)) == [rows]
    drawn = aligned(rows, room, cells)
    assert all(cells(line.text) <= room for line in drawn)
    letters = sorted("".join("".join(row) for row in table).replace(" ", ""))
    assert sorted("".join(line.text for line in drawn).replace(" ", "")) == letters
