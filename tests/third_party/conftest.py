"""The reader of the room, a resident's card in it, once for each interface of the card."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardsim.files import CardImage
from tests.third_party.desk import ATRS, Desk, resident_image
from tests.third_party.programs import find_pkcs11_module, missing_programs

NO_ROOM = "a virtual reader: run the tests as tools/pcsc_room.sh make test (CI does)"


@pytest.fixture(scope="session", autouse=True)
def _programs() -> None:
    if not os.environ.get("RISAI_TEST_PCSC"):
        pytest.skip(NO_ROOM)
    if missing := missing_programs():
        pytest.skip(f"programs are missing; mend: apt-get install {' '.join(missing)}")


@pytest.fixture(scope="session")
def image(_programs: None) -> CardImage:
    return resident_image()


@pytest.fixture(scope="module", params=sorted(ATRS))
def interface(request: pytest.FixtureRequest) -> str:
    """Contact or contactless."""
    return str(request.param)


@pytest.fixture(scope="module")
def inserted(
    image: CardImage, interface: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    desk = Desk.open(image, interface, tmp_path_factory.mktemp("home"))
    yield desk
    desk.close()


@pytest.fixture
def desk(inserted: Desk) -> Desk:
    """The reader with a card that has just been powered and remembers no PIN."""
    inserted.power_cycle()
    return inserted


@pytest.fixture(scope="session")
def pkcs11(_programs: None) -> Path:
    """OpenSC's PKCS#11 module."""
    module = find_pkcs11_module()
    assert module is not None
    return module
