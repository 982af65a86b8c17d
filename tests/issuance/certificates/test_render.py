"""The sheet: same input same bytes, the subject comes along, and nothing is lost on the way."""

from dataclasses import replace
from hashlib import sha256
from threading import Thread

import pypdfium2
import pytest
import zxingcpp

from issuance.certificates.content import DamageClass, Subject
from issuance.certificates.errors import CodeTooLongError
from issuance.certificates.paper_code import decode
from issuance.certificates.render import PaperRenderer, RenderedCertificate, count_pages, render
from tests.issuance.certificates.paper import (
    CONTENT,
    KATSURAGI,
    SIGNER,
    TSUJI,
    household,
    page_text,
    scan,
    trust_entry,
    trust_of,
)

TRUST = trust_of(trust_entry())


def text_of(rendered: RenderedCertificate, page: int = 0) -> str:
    """Return a page's text without spaces, which a page may put anywhere."""
    return "".join(page_text(rendered.pdf, page).replace("\u200b", "").split())


def test_same_content_gives_the_same_bytes(
    paper: PaperRenderer, rendered: RenderedCertificate
) -> None:
    again = render(CONTENT, paper=paper, code_signer=SIGNER, specimen=True)
    assert again == rendered
    assert rendered.sha256 == sha256(rendered.pdf).digest()


def test_another_compiler_gives_the_same_bytes(rendered: RenderedCertificate) -> None:
    fresh = PaperRenderer()
    fresh.warm()
    assert render(CONTENT, paper=fresh, code_signer=SIGNER, specimen=True) == rendered


def test_threads_do_not_mix_certificates(paper: PaperRenderer) -> None:
    contents = [replace(CONTENT, subject=Subject(bytes(32), n, f"R{n}")) for n in range(6)]
    contents = [
        replace(content, householder_address=f"見本市{n}番地") for n, content in enumerate(contents)
    ]
    results: dict[int, RenderedCertificate] = {}

    def work(index: int) -> None:
        results[index] = render(contents[index], paper=paper, code_signer=SIGNER, specimen=True)

    threads = [Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"見本市{n}番地" in text_of(results[n]) for n in range(6))
    assert [results[n].subject.serial for n in range(6)] == list(range(6))


def test_subject_and_version_are_those_of_the_content(rendered: RenderedCertificate) -> None:
    told = (rendered.subject, rendered.record_version, rendered.certificate_number)
    assert told == (CONTENT.subject, CONTENT.record_version, CONTENT.certificate_number)


def test_page_never_shows_whose_card_it_was(rendered: RenderedCertificate) -> None:
    assert CONTENT.subject.resident_id not in text_of(rendered)
    assert str(CONTENT.subject.serial) not in text_of(rendered)


@pytest.mark.parametrize("word", ["髙﨑", KATSURAGI, TSUJI, "𠮷"])
def test_variant_kanji_stand_in_the_text_of_the_page(
    rendered: RenderedCertificate, word: str
) -> None:
    assert word in text_of(rendered)


def test_items_stand_in_the_order_of_the_unified_form(rendered: RenderedCertificate) -> None:
    text = text_of(rendered)
    words = [
        "整理番号", "罹災証明書", "世帯主住所", "世帯主氏名", "世帯構成員", "罹災原因",
        "令和8年10月3日の令和8年見本地震による", "所在地", "被害の程度", "全壊", "大規模半壊",
        "中規模半壊", "半壊", "準半壊に至らない（一部損壊）", "追加記載事項欄②", "追加記載事項欄③",
        "現実に居住のため使用している建物", "上記のとおり、相違ないことを証明します。",
        "令和8年11月23日", "見本市長", "原本であること",
        "notthatthissheetistheoriginal", "1/1頁",
    ]  # fmt: skip
    found = []
    position = 0
    for word in words:
        position = text.find(word, position)
        found.append((word, position >= 0))
        position = max(position, 0) + len(word)
    assert all(is_there for _, is_there in found), found


def ticked_classes(pdf: bytes) -> list[DamageClass]:
    """Return the classes whose box, left of its words, has a stroke through its middle."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text_page, height = page.get_textpage(), page.get_height()
    text, picture, scale = text_page.get_text_range(), scan(pdf, dpi=300), 300 / 72
    ticked, position = [], text.index("被害の程度")
    for damage in DamageClass:
        position = text.index(damage.label, position)
        left, bottom, _, top = text_page.get_charbox(position)
        middle = height - (top + bottom) / 2
        edges = (left - 12, middle - 2, left - 7, middle + 2)
        x0, y0, x1, y1 = (int(edge * scale) for edge in edges)
        inside = picture.crop((x0, y0, x1, y1))
        if sum(inside.histogram()[:96]) > 20:
            ticked.append(damage)
        position += len(damage.label)
    document.close()
    return ticked


@pytest.mark.parametrize("damage", DamageClass)
def test_exactly_the_box_of_the_class_is_ticked(paper: PaperRenderer, damage: DamageClass) -> None:
    """Boxes are drawn, so the text cannot tell; the picture must."""
    content = replace(household(1), householder_name="見本　花子", damage_class=damage)
    rendered = render(content, paper=paper, code_signer=SIGNER, specimen=False)
    assert ticked_classes(rendered.pdf) == [damage]


def test_code_on_the_scanned_page_reads_back_and_verifies(rendered: RenderedCertificate) -> None:
    (found,) = zxingcpp.read_barcodes(scan(rendered.pdf, dpi=200))
    assert found.text == rendered.code_text
    assert decode(found.text, TRUST).householder_name == CONTENT.householder_name


def test_turned_scan_still_reads(rendered: RenderedCertificate) -> None:
    turned = scan(rendered.pdf, dpi=200).rotate(2.3, fillcolor=255)
    (found,) = zxingcpp.read_barcodes(turned)
    assert found.text == rendered.code_text


def test_nine_members_take_a_second_sheet_with_the_same_number(
    rendered_nine: RenderedCertificate,
) -> None:
    assert rendered_nine.pages == count_pages(rendered_nine.pdf) == 2
    first, second = text_of(rendered_nine, 0), text_of(rendered_nine, 1)
    assert "1/2頁" in first
    assert "2/2頁" in second
    assert CONTENT.certificate_number in first
    assert CONTENT.certificate_number in second
    assert "髙﨑架空6" in first
    assert all(f"髙﨑架空{n}" in second for n in (7, 8, 9))


def test_every_sheet_carries_its_own_code(rendered_nine: RenderedCertificate) -> None:
    for page in range(2):
        (found,) = zxingcpp.read_barcodes(scan(rendered_nine.pdf, page))
        fields = decode(found.text, TRUST)
        assert (fields.sheet, fields.sheets) == (page + 1, 2)
        assert len(fields.members) == 9


def test_sheets_of_one_certificate_share_the_text_digest(
    rendered_nine: RenderedCertificate,
) -> None:
    assert len({decode(text, TRUST).text_digest for text in rendered_nine.code_texts}) == 1


def test_specimen_mark_is_on_every_page_only_when_asked(
    paper: PaperRenderer, rendered_nine: RenderedCertificate
) -> None:
    real = render(household(9), paper=paper, code_signer=SIGNER, specimen=False)
    assert all("SPECIMEN" in text_of(rendered_nine, page) for page in range(2))
    assert not any("SPECIMEN" in text_of(real, page) for page in range(2))


def test_mark_of_a_store_test_is_on_every_page_only_when_asked(paper: PaperRenderer) -> None:
    marked = render(household(9), paper=paper, code_signer=SIGNER, specimen=False, is_test=True)
    real = render(household(9), paper=paper, code_signer=SIGNER, specimen=False)
    assert all("試験" in text_of(marked, page) for page in range(2))
    assert not any("試験" in text_of(real, page) for page in range(2))
    assert marked.pages == real.pages


def test_long_words_wrap_and_are_not_clipped(paper: PaperRenderer) -> None:
    content = replace(
        CONTENT,
        householder_name="ALEXANDROVICH" * 6,
        householder_address="見本県見本市長い町名" * 9,
        extra_2="床上浸水" * 40,
    )
    rendered = render(content, paper=paper, code_signer=SIGNER, specimen=False)
    text = text_of(rendered)
    assert content.householder_name in text
    assert content.householder_address in text
    margin = scan(rendered.pdf).crop((1540, 300, 1570, 1500))
    assert min(margin.tobytes()) > 100, "nothing but the ground pattern right of the table"


def test_record_that_overflows_gets_another_sheet(paper: PaperRenderer) -> None:
    content = replace(CONTENT, extra_2="床上浸水" * 200)
    rendered = render(content, paper=paper, code_signer=SIGNER, specimen=False)
    assert rendered.pages == count_pages(rendered.pdf) == 2
    assert decode(rendered.code_texts[1], TRUST).sheets == 2
    assert "2/2頁" in text_of(rendered, 1)


def test_household_without_listed_members_prints(paper: PaperRenderer) -> None:
    rendered = render(household(0), paper=paper, code_signer=SIGNER, specimen=False)
    assert rendered.pages == 1


@pytest.mark.parametrize("title", ["町長", "見本市長", "見本県見本郡見本町長", "長"])
def test_seal_takes_any_title(paper: PaperRenderer, title: str) -> None:
    content = replace(CONTENT, issuer_title=title)
    assert render(content, paper=paper, code_signer=SIGNER, specimen=False).pages == 1


def test_record_that_no_code_can_carry_is_refused(paper: PaperRenderer) -> None:
    endless = "".join(chr(0x4E00 + n) for n in range(0x5000))
    printable = [char for char in endless if ord(char) in paper.coverage.characters]
    content = replace(CONTENT, householder_address="".join(printable[::9]))
    with pytest.raises(CodeTooLongError):
        render(content, paper=paper, code_signer=SIGNER, specimen=False)
