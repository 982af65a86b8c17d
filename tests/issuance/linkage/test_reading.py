"""Reading import files: encodings, mistakes with how to mend them, names verbatim."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuance.damage.model import DamageOutcome
from issuance.errors import ImportRefusedError
from issuance.linkage.layouts import (
    CERTIFICATE_LINKS,
    DETERMINATIONS,
    DISASTERS,
    HOUSEHOLDS,
    LAYOUTS,
    MEMBERS,
    RESIDENTS,
)
from issuance.linkage.model import Layout, Mistake, ReadFile
from issuance.linkage.reading import detect_encoding, read_file
from issuance.linkage.service import read_delivery
from issuance.residents.model import Sex

RESIDENT = {
    "宛名番号": "0000000001",
    "世帯番号": "0000000001",
    "住民状態": "住民",
    "氏名": "髙﨑　𠮷乃",
    "氏名_フリガナ": "タカサキ　ヨシノ",
    "生年月日": "1962-10-10",
    "性別": "2",
    "続柄表記": "世帯主",
    "住所_都道府県": "見本県",
    "住所_市区郡町村名": "見本市",
    "住所_町字": "葛\U000e0100城町",
    "住所_番地号表記": "１２番地３",
    "住所_方書": "",
    "履歴番号": "1",
}


def table(*rows: dict[str, str]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def good(layout: Layout, data: bytes) -> ReadFile:
    found, mistakes = read_file(layout, data)
    assert found is not None, mistakes
    return found


def bad(layout: Layout, data: bytes) -> tuple[Mistake, ...]:
    found, mistakes = read_file(layout, data)
    assert found is None
    assert all(mistake.ja and mistake.en for mistake in mistakes)
    return mistakes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf_8_is_read_with_and_without_byte_order_mark(encoding: str) -> None:
    found = good(RESIDENTS, table(RESIDENT).encode(encoding))
    assert found.rows[0].name == "髙﨑　𠮷乃"
    assert found.rows[0].address.town == "葛\U000e0100城町"
    assert found.encoding == encoding


def test_cp932_keeps_the_characters_that_shift_jis_lacks() -> None:
    row = RESIDENT | {"氏名": "髙﨑　①～", "住所_町字": "葛城町"}
    found = good(RESIDENTS, table(row).encode("cp932"))
    assert found.encoding == "cp932"
    assert found.rows[0].name == "髙﨑　①～"


def test_bytes_of_no_encoding_are_named_by_line_and_place() -> None:
    data = table(RESIDENT).encode() + b"\xff\xfd\xa0\n"
    (mistake,) = bad(RESIDENTS, data)
    assert mistake.row == 3
    assert "UTF-8" in mistake.en


def test_broken_bytes_after_a_byte_order_mark_are_refused() -> None:
    assert detect_encoding(b"\xef\xbb\xbf\xff") is None
    (mistake,) = bad(RESIDENTS, b"\xef\xbb\xbf\xff")
    assert mistake.row == 1


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_names_come_back_exactly_as_delivered(name: str) -> None:
    """No trimming and no normalisation: not even of U+FA19 or of a combining mark."""
    found = good(RESIDENTS, table(RESIDENT | {"氏名": name}).encode())
    assert found.rows[0].name == name


def test_columns_are_found_by_name_and_others_are_told() -> None:
    shuffled = dict(reversed((RESIDENT | {"電話": "000"}).items()))
    found = good(RESIDENTS, table(shuffled).encode())
    assert found.rows[0].resident_id == "0000000001"
    assert found.ignored_columns == ("電話",)


def test_optional_cells_may_be_empty() -> None:
    found = good(RESIDENTS, table(RESIDENT | {"性別": ""}).encode())
    assert found.rows[0].sex is Sex.UNKNOWN
    assert found.rows[0].address.building == ""


def test_my_number_must_not_be_delivered() -> None:
    (mistake,) = bad(RESIDENTS, table(RESIDENT | {"個人番号": "123456789018"}).encode())
    assert mistake.column == "個人番号"
    assert "123456789018" not in mistake.ja + mistake.en


@pytest.mark.parametrize(
    ("item", "cell"),
    [
        ("宛名番号", ""),
        ("住民状態", "不明"),
        ("生年月日", "昭和37年10月10日"),
        ("生年月日", "2026-02-30"),
        ("生年月日", "2026-1-3"),
        ("性別", "女"),
        ("履歴番号", "一"),
        ("履歴番号", "-1"),
        ("氏名", "見本\n花子"),
        ("氏名", "見本\x00花子"),
    ],
)
def test_a_wrong_cell_is_named_and_not_repeated(item: str, cell: str) -> None:
    (mistake,) = bad(RESIDENTS, table(RESIDENT | {item: cell}).encode())
    assert (mistake.row, mistake.column) == (2, item)
    assert not cell or cell not in mistake.ja + mistake.en


@pytest.mark.parametrize("written", ["2026-10-03", "2026/10/03", "20261003"])
def test_dates_have_three_spellings(written: str) -> None:
    row = {"災害番号": "D1", "災害名": "見本地震", "発生年月日": written}
    assert good(DISASTERS, table(row).encode()).rows[0].occurred_on == date(2026, 10, 3)


def test_every_mistake_is_told_at_once() -> None:
    rows = (RESIDENT | {"生年月日": "?"}, RESIDENT | {"宛名番号": "2", "住民状態": "?"})
    assert [mistake.row for mistake in bad(RESIDENTS, table(*rows).encode())] == [2, 3]


def test_the_same_key_twice_is_a_mistake() -> None:
    (mistake,) = bad(RESIDENTS, table(RESIDENT, RESIDENT).encode())
    assert mistake.row == 3


def test_a_missing_column_is_named() -> None:
    row = {item: cell for item, cell in RESIDENT.items() if item != "世帯番号"}
    (mistake,) = bad(RESIDENTS, table(row).encode())
    assert (mistake.row, mistake.column) == (1, "世帯番号")


def test_a_short_row_is_a_mistake_and_an_empty_line_is_none() -> None:
    text = table(RESIDENT) + "\r\n" + "only,two\r\n"
    (mistake,) = bad(RESIDENTS, text.encode())
    assert mistake.row == 4


def test_an_open_quotation_mark_is_no_csv() -> None:
    (mistake,) = bad(RESIDENTS, table(RESIDENT).encode() + b'"open')
    assert mistake.row is None


def test_an_empty_file_lacks_its_columns() -> None:
    assert {mistake.row for mistake in bad(RESIDENTS, b"")} == {1}


def test_unknown_files_are_refused_together_with_all_mistakes() -> None:
    files = {"other.csv": b"", "residents.csv": table(RESIDENT | {"生年月日": "?"}).encode()}
    with pytest.raises(ImportRefusedError) as refused:
        read_delivery(files)
    assert {mistake.file_name for mistake in refused.value.mistakes} == set(files)


def test_a_damage_class_and_an_approval_are_read() -> None:
    row = {
        "被災住家番号": "J1",
        "調査回": "2",
        "被害の程度": "準半壊に至らない（一部損壊）",
        "判定年月日": "2026-10-20",
        "確定": "1",
        "コンビニ交付承認者": "",
        "コンビニ交付承認年月日": "",
    }
    (found,) = good(DETERMINATIONS, table(row).encode()).rows
    assert found.outcome is DamageOutcome.PARTIAL
    assert found.is_final
    assert found.approved_by is None


def test_a_link_row_becomes_a_number_and_bytes() -> None:
    row = {
        "発行者鍵識別子": "ab" * 32,
        "シリアル番号": "0102",
        "宛名番号": "0000000001",
        "媒体": "個人番号カード用",
        "有効期間_開始年月日": "2024-01-01",
        "有効期間_終了年月日": "2028-12-31",
        "連携元": "J-LIS 相当",
    }
    (found,) = good(CERTIFICATE_LINKS, table(row).encode()).rows
    assert (found.issuer_key_id, found.serial) == (b"\xab" * 32, 258)
    assert bad(CERTIFICATE_LINKS, table(row | {"シリアル番号": "00" * 21}).encode())
    assert bad(CERTIFICATE_LINKS, table(row | {"シリアル番号": "xyz"}).encode())


def test_every_layout_names_its_key_and_references_among_its_columns() -> None:
    names = [layout.file_name for layout in LAYOUTS]
    for place, layout in enumerate(LAYOUTS):
        items = {column.item for column in layout.columns}
        assert set(layout.key) <= items
        assert {item for item, _target in layout.references} <= items
        assert all(names.index(target) < place for _item, target in layout.references)
    assert HOUSEHOLDS in LAYOUTS
    assert MEMBERS in LAYOUTS
