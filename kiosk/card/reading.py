"""Conversations with the card from connecting to unpowering, as a session needs them.

They wait for the card in a thread of their own. The card is unpowered at the end of each, so the
verified PIN dies with it.
"""

import asyncio
from dataclasses import dataclass

from kiosk.card.certificate_proof import CardProof
from kiosk.card.client import JpkiClient
from kiosk.errors import CardRemovedError, NoCardError, PinLockedError, ReaderError
from kiosk.ports import CardReader


@dataclass(frozen=True, slots=True)
class CardCondition:
    """What the card tells before a PIN is asked for."""

    tries_left: int
    """Wrong PINs that it still takes, at least 1."""


def sees_card(reader: CardReader) -> bool:
    """Say whether a card is seen; a reader that is out of order sees none."""
    try:
        return reader.is_card_present()
    except ReaderError:
        return False


async def examine_card(reader: CardReader) -> CardCondition:
    """Look at the card before asking for the PIN: is it one, what does it hold, is it locked.

    Raises: NoCardError, CardRemovedError, CardNotRecognisedError, CardFailedError,
    NoCertificateOnCardError, PinLockedError; over PC/SC also ReaderError, CardInUseError,
    LastTryError.
    """
    return await asyncio.to_thread(_examine, reader)


def _examine(reader: CardReader) -> CardCondition:
    channel = reader.connect()
    try:
        client = JpkiClient(channel)
        client.recognise()
        client.read_certificate()
        tries = client.tries_left()
    finally:
        channel.disconnect()
    if tries == 0:
        raise PinLockedError("the PIN is locked")
    return CardCondition(tries)


async def prove_holder(reader: CardReader, pin: str, digest: bytes) -> CardProof:
    """Let the holder's card sign a digest.

    A card that was there when the PIN was asked for and is gone now was lifted.
    Raises: CardRemovedError, CardNotRecognisedError, CardFailedError, NoCertificateOnCardError,
    PinWrongError, PinLockedError, over PC/SC also ReaderError, CardInUseError, LastTryError;
    ValueError when the PIN is not four ASCII digits.
    """
    return await asyncio.to_thread(_prove_holder, reader, pin, digest)


def _prove_holder(reader: CardReader, pin: str, digest: bytes) -> CardProof:
    try:
        channel = reader.connect()
    except NoCardError as error:
        raise CardRemovedError("the card was lifted") from error
    try:
        return JpkiClient(channel).prove(pin, digest)
    finally:
        channel.disconnect()
