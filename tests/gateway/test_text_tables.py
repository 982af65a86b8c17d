"""Tables fit the terminal that shows them, and lose nothing by it."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gateway.text_tables import lay_out

ROWS = [["operator", "sheets", "collected", "net"], ["店舗のみせ", "31", "9,300", "-2,996"]]


def test_table_that_fits_stays_whole() -> None:
    assert lay_out(ROWS, within=80) == lay_out(ROWS)


def test_wide_table_is_cut_between_columns_and_repeats_the_first() -> None:
    assert lay_out(ROWS, right=(1, 2, 3), within=29) == "\n".join(
        [
            "operator    sheets  collected",
            "----------  ------  ---------",
            "店舗のみせ      31      9,300",
            "",
            "operator       net",
            "----------  ------",
            "店舗のみせ  -2,996",
        ]
    )


@given(
    rows=st.integers(3, 8).flatmap(
        lambda width: st.lists(
            st.lists(st.text("ab 字", max_size=9), min_size=width, max_size=width), min_size=1
        )
    ),
    within=st.integers(40, 100),
    keep=st.integers(1, 2),
)
def test_no_line_is_wider_than_the_terminal(rows: list[list[str]], within: int, keep: int) -> None:
    lines = lay_out(rows, within=within, keep=keep, rule=False).splitlines()
    if keep == 1:
        assert all(cell_len(line) <= within for line in lines)
    shown = "".join(lines)
    assert all(cell.strip() in shown for row in rows for cell in row)
