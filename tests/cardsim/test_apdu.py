"""Command APDUs: every legal form parses back, nothing else is accepted as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsim.apdu import BadApduError, Command, parse_command

HEADER = bytes((0x00, 0xA4, 0x04, 0x0C))


def encode(command: Command) -> bytes:
    """Write a command in the form its ``extended`` asks for."""
    raw = bytes((command.cla, command.ins, command.p1, command.p2))
    if command.extended:
        if command.data:
            raw += b"\x00" + len(command.data).to_bytes(2, "big") + command.data
        if command.expected is not None:
            le = (command.expected % 65536).to_bytes(2, "big")
            raw += le if command.data else b"\x00" + le
        return raw
    if command.data:
        raw += bytes((len(command.data),)) + command.data
    if command.expected is not None:
        raw += bytes((command.expected % 256,))
    return raw


byte = st.integers(0, 255)
short = st.builds(
    Command,
    byte,
    byte,
    byte,
    byte,
    st.binary(max_size=255),
    st.none() | st.integers(1, 256),
)
extended = st.builds(
    Command,
    byte,
    byte,
    byte,
    byte,
    st.binary(max_size=600),
    st.none() | st.integers(1, 65536),
    st.just(value=True),
).filter(lambda command: command.data or command.expected is not None)


@given(short | extended)
def test_parse_after_write_is_identity(command: Command) -> None:
    assert parse_command(encode(command)) == command


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_refused_with_a_status_word(raw: bytes) -> None:
    refused = None
    try:
        command = parse_command(raw)
    except BadApduError as error:
        refused = error.status_word
    if refused is None:
        assert raw[:4] == bytes((command.cla, command.ins, command.p1, command.p2))
    else:
        assert refused == 0x6700


@pytest.mark.parametrize(
    "body",
    [b"\x05abc", b"\x03abcde", b"\x00\x00", b"\x00\x00\x05abc", b"\x00\x00\x00\x00"],
    ids=["short data cut", "short too long", "lone zeros", "extended cut", "extended empty"],
)
def test_a_wrong_length_is_refused(body: bytes) -> None:
    with pytest.raises(BadApduError):
        parse_command(HEADER + body)


def test_select_with_data_and_length_expected_is_accepted() -> None:
    """Third-party clients send Le although P2 = 0C."""
    command = parse_command(bytes.fromhex("00A4040C07A000000116DB0000"))
    assert (command.data.hex().upper(), command.expected) == ("A000000116DB00", 256)
