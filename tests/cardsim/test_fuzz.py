"""Some hundred thousand commands find nothing that a card must never do, and would find it."""

import random

import pytest

from cardsim.apdu import Command
from cardsim.card import Card
from cardsim.files import CardImage
from tests.cardsim.fuzz import ForbiddenError, commands, fuzz, fuzz_image

ROUNDS = 4
EACH = 60_000


@pytest.fixture(scope="module")
def fuzzed() -> CardImage:
    return fuzz_image()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_card_bears_whatever_comes(fuzzed: CardImage, seed: int) -> None:
    seen = fuzz(fuzzed, count=EACH, seed=seed)
    for what in ("9000", "63C0", "6982", "6984", "6A82", "6B00", "6D00", "6E00", "6700"):
        assert seen[what], f"no command led to {what}"
    assert seen["PIN"] > 1000
    assert seen["signature"] > 300
    assert seen["secret"] > 100


class _SignsForAnybody(Card):
    def _sign(self, command: Command) -> bytes:
        self._verified |= {"auth", "sign"}
        return super()._sign(command)


class _RemembersPinsAcrossApplications(Card):
    def _select_application(self, name: bytes) -> bytes:
        kept = set(self._verified)
        answer = super()._select_application(name)
        self._verified |= kept
        return answer


class _SleepsThroughResets(Card):
    def reset(self) -> bytes:
        return self.atr


class _FillsUpItsCounters(Card):
    def reset(self) -> bytes:
        self.unblock("auth")
        return super().reset()


class _ReadsClosedFiles(Card):
    def _read_binary(self, command: Command) -> bytes:
        self._verified |= {"sign", "profile"}
        return super()._read_binary(command)


class _TakesEveryPin(Card):
    def _present(self, pin: str, value: bytes) -> bytes:
        if len(value) == 5:
            return b"\x90\x00"
        return super()._present(pin, value)


class _SaysOneByte(Card):
    def _get_challenge(self, command: Command) -> bytes:
        return b"\x90"


class _Raises(Card):
    def _change_pin(self, command: Command) -> bytes:
        raise KeyError(command.p2)


@pytest.mark.parametrize(
    "broken",
    [
        _SignsForAnybody,
        _RemembersPinsAcrossApplications,
        _SleepsThroughResets,
        _FillsUpItsCounters,
        _ReadsClosedFiles,
        _TakesEveryPin,
        _SaysOneByte,
        _Raises,
    ],
)
def test_a_broken_card_is_found_out(fuzzed: CardImage, broken: type[Card]) -> None:
    with pytest.raises(ForbiddenError, match="seed 0, command"):
        fuzz(fuzzed, count=EACH, seed=0, make=broken)


def test_the_same_seed_sends_the_same_commands() -> None:
    def first(seed: int) -> list[bytes]:
        source = commands(random.Random(seed))
        return [next(source) for _ in range(200)]

    assert first(5) == first(5)
    assert first(5) != first(6)
