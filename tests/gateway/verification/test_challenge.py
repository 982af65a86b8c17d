"""A challenge may be answered for 180 seconds, by clocks that run forward."""

from datetime import timedelta

import pytest

from gateway.verification.challenge import CHALLENGE_LIFETIME, check_challenge
from gateway.verification.errors import ChallengeRefusedError
from gateway.verification.model import ConsumedChallenge
from tests.gateway.verification.pki import NOW


@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=180)])
def test_challenge_within_its_lifetime_is_accepted(age: timedelta) -> None:
    challenge = ConsumedChallenge(b"c" * 32, NOW - age)
    assert check_challenge(challenge, now=NOW) is challenge


@pytest.mark.parametrize(
    "age",
    [CHALLENGE_LIFETIME + timedelta(microseconds=1), timedelta(microseconds=-1)],
    ids=["too old", "clock went backwards"],
)
def test_challenge_outside_its_lifetime_is_refused(age: timedelta) -> None:
    with pytest.raises(ChallengeRefusedError):
        check_challenge(ConsumedChallenge(b"c" * 32, NOW - age), now=NOW)


def test_no_challenge_is_refused() -> None:
    with pytest.raises(ChallengeRefusedError):
        check_challenge(None, now=NOW)
