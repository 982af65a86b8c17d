"""Every conversation with the card is held twice: in this process and through pcscd."""

from collections.abc import Callable, Iterator

import pytest

from cardsim.files import CardImage
from cardsim.pins import MemoryStore
from kiosk.card.safety import SafetyRules
from tests.kiosk.card.slots import HAS_PCSCD, NO_PCSCD, CountingCard, InProcessSlot, PcscdSlot, Slot

through_pcscd = (
    pytest.mark.pcsc,
    pytest.mark.xdist_group("pcsc"),
    pytest.mark.skipif(not HAS_PCSCD, reason=NO_PCSCD),
)


@pytest.fixture(params=["in process", pytest.param("pcscd", marks=through_pcscd)])
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    """An empty reader. It uses a card's last try, as the town's own one does."""
    opened: Slot = (
        InProcessSlot()
        if request.param == "in process"
        else PcscdSlot(SafetyRules(allow_last_try=True))
    )
    yield opened
    opened.close()


@pytest.fixture
def new_card(resident_image: CardImage) -> Callable[[], CountingCard]:
    """Makes the resident's card with all tries left."""
    return lambda: CountingCard(resident_image, MemoryStore())
