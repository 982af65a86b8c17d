"""What is slow to make, made once: the compiler, a demo key, and three signed certificates."""

import pytest

from issuance.certificates.demo_pdf_key import DemoPdfKey, DemoPdfKeyWarning
from issuance.certificates.pdf_signing import PdfSigner, sign_pdf
from issuance.certificates.render import PaperRenderer, RenderedCertificate, render
from tests.issuance.certificates.paper import CONTENT, NOW, SIGNER, SignedPaper, household


@pytest.fixture(scope="session")
def paper() -> PaperRenderer:
    return PaperRenderer()


@pytest.fixture(scope="session")
def demo_key() -> DemoPdfKey:
    with pytest.warns(DemoPdfKeyWarning):
        return DemoPdfKey("見本市", now=NOW)


@pytest.fixture(scope="session")
def rendered(paper: PaperRenderer) -> RenderedCertificate:
    return render(CONTENT, paper=paper, code_signer=SIGNER, specimen=True)


@pytest.fixture(scope="session")
def rendered_nine(paper: PaperRenderer) -> RenderedCertificate:
    return render(household(9), paper=paper, code_signer=SIGNER, specimen=True)


def _sign(rendered: RenderedCertificate, key: DemoPdfKey) -> SignedPaper:
    pdf = sign_pdf(rendered.pdf, PdfSigner(key.signing_key), NOW)
    return SignedPaper(pdf, rendered.pdf, key.pinned_certificate, rendered.code_texts)


@pytest.fixture(scope="session")
def signed(rendered: RenderedCertificate, demo_key: DemoPdfKey) -> SignedPaper:
    return _sign(rendered, demo_key)


@pytest.fixture(scope="session")
def signed_nine(rendered_nine: RenderedCertificate, demo_key: DemoPdfKey) -> SignedPaper:
    return _sign(rendered_nine, demo_key)
