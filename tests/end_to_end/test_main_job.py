"""The main job: a card holder gets her certificate, and exactly one fee is recorded."""

import asyncio
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from cardsim.pki.ocsp import Behaviour, Lie
from gateway.billing.fees import EntryKind
from gateway.billing.ledger import LedgerEntry, load_entries
from gateway.wire.codes import ErrorCode
from issuance.certificates.paper_code import decode
from issuance.certificates.trust_list import parse_trust_list
from issuance.key_folder import KeyFolder
from kiosk.errors import NoCertificateOnCardError, PinLockedError
from launcher.customer import Customer, RefusedError
from launcher.embedded import EmbeddedTown
from tests.end_to_end.town import Visitors, embedded_visitors

VARIANTS = ("髙﨑", "葛\U000e0100", "辻\U000e0100", "𠮷")


@pytest.fixture(scope="module")
def visitors(tmp_path_factory: pytest.TempPathFactory) -> Visitors:
    return embedded_visitors(tmp_path_factory.mktemp("town"))


@pytest.fixture
def ledger(visitors: Visitors) -> "Ledger":
    """The entries that one test adds."""
    return Ledger(visitors)


class Ledger:
    """What was posted since the test began."""

    def __init__(self, visitors: Visitors) -> None:
        assert isinstance(visitors.town, EmbeddedTown)
        self._gateway = visitors.town.gateway
        self._before = {entry.certificate_number for entry in self._all()}

    def _all(self) -> list[LedgerEntry]:
        with self._gateway.worker.engine.begin() as connection:
            return load_entries(connection, "990019")

    def added(self) -> list[LedgerEntry]:
        return [entry for entry in self._all() if entry.certificate_number not in self._before]


def test_a_resident_gets_one_certificate_for_one_fee(visitors: Visitors, ledger: Ledger) -> None:
    customer = visitors.customer()
    documents = asyncio.run(customer.buy())
    assert len(documents) == 1
    (entry,) = ledger.added()
    assert entry.certificate_number == customer.manifest().documents[0].certificate_number
    assert entry.kind is EntryKind.ISSUED
    assert (entry.price.resident_pays, entry.price.commission_by_municipality) == (10, 107)
    assert customer.receipt is not None
    assert customer.receipt.total == 10


def test_every_copy_has_its_own_number_code_and_fee(visitors: Visitors, ledger: Ledger) -> None:
    customer = visitors.customer()
    documents = asyncio.run(customer.buy(copies=3))
    numbers = [entry.certificate_number for entry in customer.manifest().documents]
    assert len(set(numbers)) == len(documents) == 3
    assert sorted(entry.certificate_number for entry in ledger.added()) == sorted(numbers)
    assert [read_code(visitors, pdf)[0] for pdf in documents] == numbers


def read_code(visitors: Visitors, pdf: bytes) -> tuple[str, str]:
    """Raster the first page at 200 dpi, decode its code, verify it; return number and name."""
    page = pypdfium2.PdfDocument(pdf)[0]
    image = page.render(scale=200 / 72, grayscale=True).to_pil()
    (code,) = zxingcpp.read_barcodes(image)
    state = visitors.town.state
    anchor = KeyFolder(state.core_keys).ed25519("trust_anchor.pem").public_key()
    trust = parse_trust_list(state.trust_list.read_bytes(), anchor)
    fields = decode(code.text, trust)
    return fields.certificate_number, fields.householder_name


def test_variant_kanji_reach_the_paper_and_its_code(visitors: Visitors) -> None:
    customer = visitors.customer("variant-kanji")
    (pdf,) = asyncio.run(customer.buy())
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    for variant in VARIANTS:
        assert variant in text
    number, name = read_code(visitors, pdf)
    assert number == customer.manifest().documents[0].certificate_number
    assert name == "髙﨑　𠮷乃"


def test_a_demo_sheet_is_a_specimen(visitors: Visitors) -> None:
    (pdf,) = asyncio.run(visitors.customer().buy())
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    assert "SPECIMEN" in text.replace(" ", "")


def test_two_cases_can_be_chosen_from(visitors: Visitors) -> None:
    async def look(customer: Customer) -> list[str]:
        await customer.open_session()
        await customer.prove()
        return [entry.disaster_name for entry in customer.details().entries]

    names = asyncio.run(look(visitors.customer("several-households")))
    assert sorted(names) == ["令和8年台風第19号", "令和8年見本地震"]


@pytest.mark.parametrize(
    ("persona", "code"),
    [
        ("expired", ErrorCode.CERTIFICATE_EXPIRED),
        ("not-yet-valid", ErrorCode.CERTIFICATE_EXPIRED),
        ("revoked", ErrorCode.CERTIFICATE_REVOKED),
        ("moved-out", ErrorCode.NOT_AT_KIOSK),
        ("dv-protected", ErrorCode.NOT_AT_KIOSK),
        ("unknown-serial", ErrorCode.NOT_REGISTERED),
    ],
)
def test_who_must_not_get_one_is_told_so(
    visitors: Visitors, ledger: Ledger, persona: str, code: ErrorCode
) -> None:
    with pytest.raises(RefusedError) as refused:
        asyncio.run(visitors.customer(persona).buy())
    assert refused.value.problem.code is code
    assert ledger.added() == []


def test_protected_and_moved_out_cannot_be_told_apart(visitors: Visitors) -> None:
    """Who stands beside a protected person learns nothing from the machine."""

    def refusal(persona: str) -> dict[str, object]:
        with pytest.raises(RefusedError) as refused:
            asyncio.run(visitors.customer(persona).buy())
        return refused.value.problem.model_dump(exclude={"trace_id"})

    assert refusal("dv-protected") == refusal("moved-out")


def test_a_locked_card_and_a_childs_card_end_at_the_card(visitors: Visitors) -> None:
    with pytest.raises(PinLockedError):
        visitors.customer("pin-locked")
    with pytest.raises(NoCertificateOnCardError):
        visitors.customer("under-15")


def test_both_serials_of_a_renewed_card_lead_home_but_only_the_new_one_opens(
    visitors: Visitors,
) -> None:
    assert len(asyncio.run(visitors.customer("renewed").buy())) == 1


@pytest.mark.parametrize("lie", [Lie.WRONG_NONCE, Lie.STALE, Lie.BAD_SIGNATURE, Lie.HTTP_ERROR])
def test_a_lying_responder_stops_the_session_before_anything(tmp_path: Path, lie: Lie) -> None:
    town = embedded_visitors(tmp_path)
    town.town.responder.behaviour = Behaviour(lie=lie)
    with pytest.raises(RefusedError) as refused:
        asyncio.run(town.customer().buy())
    assert refused.value.problem.code is ErrorCode.REVOCATION_UNKNOWN


def test_twenty_at_once_each_get_their_own(visitors: Visitors, ledger: Ledger) -> None:
    """Twenty sessions in the same second, two of them by the same person."""
    people = ["resident", "several-households", "one-try-left", "variant-kanji", "renewed"]
    crowd = [visitors.customer(people[number % len(people)]) for number in range(20)]

    async def all_at_once() -> list[tuple[bytes, ...]]:
        return list(await asyncio.gather(*(customer.buy() for customer in crowd)))

    sheets = asyncio.run(all_at_once())
    for customer, (pdf,) in zip(crowd, sheets, strict=True):
        number, name = read_code(visitors, pdf)
        assert number == customer.manifest().documents[0].certificate_number
        assert name == customer.details().entries[0].householder_name
    assert len(ledger.added()) == 20
