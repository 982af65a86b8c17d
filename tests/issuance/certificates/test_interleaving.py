"""However sessions interleave, every document belongs to the person who asked for it."""

from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuance.database import open_engine, write
from issuance.wire.bodies import (
    CompleteRequest,
    Manifest,
    PrepareAnswer,
    PrepareRequest,
    QuoteAnswer,
    QuoteRequest,
    ResolveAnswer,
    ResolveRequest,
    SheetOutcome,
    SheetResult,
)
from issuance.wire.recipes import binding, document_info, serial_bytes
from tests.issuance.builders import ISSUER, TOWN
from tests.issuance.conftest import World, build_world
from tests.issuance.fakes import FakeClock, open_sealed

PEOPLE = 3
SESSIONS = 5


class Visitor:
    """One person's session, one step at a time."""

    def __init__(self, world: World, number: int, person: int, copies: int) -> None:
        self._core = world.core
        self._engine = world.engine
        self.session_id = f"{number:032x}"
        self.person = person
        self._copies = copies
        self.key = X25519PrivateKey.generate()
        self._catalogue: ResolveAnswer
        self._quote: QuoteAnswer
        self.manifest: Manifest
        self.answer: PrepareAnswer
        self._steps = [self._resolve, self._ask, self._make, self._close]

    def step(self) -> None:
        if self._steps:
            self._steps.pop(0)()

    @property
    def bind(self) -> bytes:
        return binding(
            session_id=self.session_id,
            issuer_key_id=ISSUER,
            serial=1000 + self.person,
            session_key=self.key.public_key().public_bytes_raw(),
        )

    def open(self, owner: "Visitor", index: int) -> bytes:
        """Open another visitor's document with my key and my binding."""
        info = document_info(
            session_id=self.session_id,
            order=owner.manifest.order_digest,
            bind=self.bind,
            pdf_digest=owner.manifest.documents[index].pdf_digest,
        )
        return open_sealed(owner.answer.sealed_documents[index], self.key, info)

    def _resolve(self) -> None:
        request = ResolveRequest(
            session_id=self.session_id,
            municipality_code=TOWN,
            issuer_key_id=ISSUER,
            serial=serial_bytes(1000 + self.person),
            session_key=self.key.public_key().public_bytes_raw(),
        )
        with write(self._engine) as connection:
            self._catalogue = self._core.service.resolve(connection, request)

    def _ask(self) -> None:
        request = QuoteRequest(
            session_id=self.session_id,
            subject_ref=self._catalogue.subject_ref,
            entry_id=self._catalogue.entries[0].entry_id,
            copies=self._copies,
        )
        with write(self._engine) as connection:
            self._quote = self._core.service.quote(connection, request)

    def _make(self) -> None:
        request = PrepareRequest(session_id=self.session_id, order_digest=self._quote.order_digest)
        preparation = self._core.preparation
        with write(self._engine) as connection:
            plan = preparation.begin(connection, request)
        made = preparation.make(plan)
        with write(self._engine) as connection:
            self.answer = preparation.finish(connection, plan, made)
        self.manifest = Manifest.model_validate_json(self.answer.signed_manifest.manifest)

    def _close(self) -> None:
        results = tuple(
            SheetResult(
                certificate_number=document.certificate_number, outcome=SheetOutcome.PRINTED
            )
            for document in self.manifest.documents
        )
        request = CompleteRequest(session_id=self.session_id, results=results)
        with write(self._engine) as connection:
            self._core.closing.complete(connection, request)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    people=st.lists(st.integers(1, PEOPLE), min_size=SESSIONS, max_size=SESSIONS),
    turns=st.permutations(sorted(list(range(SESSIONS)) * 4)),
    copies=st.integers(1, 2),
)
def test_no_order_of_steps_mixes_documents(
    empty_town: Path, tmp_path: Path, people: list[int], turns: list[int], copies: int
) -> None:
    path = tmp_path / "core.db"
    path.write_bytes(empty_town.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    world = build_world(engine, FakeClock(), people=PEOPLE)
    visitors = [Visitor(world, number + 1, person, copies) for number, person in enumerate(people)]
    for turn in turns:
        visitors[turn].step()
    numbers = set()
    for owner in visitors:
        assert owner.manifest.bind == owner.bind
        for index, document in enumerate(owner.manifest.documents):
            pdf = owner.open(owner, index)
            assert sha256(pdf).digest() == document.pdf_digest
            assert f"花子{owner.person}".encode() in pdf
            numbers.add(document.certificate_number)
            for other in visitors:
                if other is not owner:
                    assert not _opens(other, owner, index)
    assert len(numbers) == SESSIONS * copies
    engine.dispose()
    for leftover in tmp_path.iterdir():
        leftover.unlink()


def _opens(other: Visitor, owner: Visitor, index: int) -> bool:
    try:
        other.open(owner, index)
    except InvalidTag:
        return False
    return True
