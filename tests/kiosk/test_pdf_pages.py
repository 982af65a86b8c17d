"""Documents become pictures, one after the other."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kiosk.errors import DocumentRefusedError
from kiosk.pdf_pages import opened_pdf, render_pages
from tests.kiosk.documents import certificate

NUMBER = "990019-2026-0000001-11"


def test_every_page_becomes_a_picture_of_the_asked_size() -> None:
    pages = render_pages(certificate(NUMBER, 2), dpi=50)
    assert [page.mode for page in pages] == ["L", "L"]
    inches = [side / 50 for page in pages for side in page.size]
    assert inches == pytest.approx([4.8] * 4, abs=1.01 / 50)  # a begun pixel counts


@pytest.mark.parametrize("junk", [b"", b"nothing", b"%PDF-1.7\n"])
def test_what_is_no_document_is_refused(junk: bytes) -> None:
    with pytest.raises(DocumentRefusedError):
        render_pages(junk, dpi=50)


def test_renderer_is_free_again_after_a_failure() -> None:
    with pytest.raises(DocumentRefusedError):
        render_pages(b"nothing", dpi=50)
    with pytest.raises(RuntimeError), opened_pdf(certificate(NUMBER)):
        raise RuntimeError
    assert len(render_pages(certificate(NUMBER), dpi=50)) == 1


def test_many_threads_may_ask_at_once() -> None:
    """The library underneath breaks when two threads are in it."""
    with ThreadPoolExecutor(8) as pool:
        pages = pool.map(lambda _n: len(render_pages(certificate(NUMBER), dpi=50)), range(64))
        assert set(pages) == {1}
