"""Step 8: the challenge that the card answered.

Issued by us, to this session and unused is what the session store proves by using it up;
what is left to decide here is its age.
"""

from datetime import datetime, timedelta

from gateway.verification.errors import ChallengeRefusedError
from gateway.verification.model import ConsumedChallenge

CHALLENGE_LIFETIME = timedelta(seconds=180)
"""Long enough for finding the card and typing the PIN. Source: [RISAI-PROTOCOL 1]."""


def check_challenge(challenge: ConsumedChallenge | None, *, now: datetime) -> ConsumedChallenge:
    """Step 8: return the challenge if this session may answer it now.

    A negative age means that a clock went backwards: then no age is known, and the answer is no.
    Raises: ChallengeRefusedError.
    """
    if challenge is None:
        raise ChallengeRefusedError("there is no unused challenge for this session")
    age = now - challenge.issued_at
    if not timedelta(0) <= age <= CHALLENGE_LIFETIME:
        raise ChallengeRefusedError("the challenge is too old or not of this time")
    return challenge
