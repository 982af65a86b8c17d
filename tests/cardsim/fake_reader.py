"""A virtual reader of our own: listens as vpcd does, speaks first, counts every byte."""

import socket
from contextlib import suppress

PATIENCE_S = 5.0


class FakeReader:
    """A reader that listens as vpcd does and speaks first."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(PATIENCE_S)
        self.port: int = self.server.getsockname()[1]
        self._lines: list[socket.socket] = []

    def accept(self) -> socket.socket:
        line, _ = self.server.accept()
        line.settimeout(PATIENCE_S)
        self._lines.append(line)
        return line

    def close(self) -> None:
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)  # Wakes who waits for a card.
        for one in (self.server, *self._lines):
            one.close()


def send(line: socket.socket, payload: bytes, *, in_pieces: bool = False) -> None:
    message = len(payload).to_bytes(2, "big") + payload
    if not in_pieces:
        line.sendall(message)
        return
    for number in range(len(message)):
        line.sendall(message[number : number + 1])


def receive(line: socket.socket) -> bytes:
    return exactly(line, int.from_bytes(exactly(line, 2), "big"))


def exactly(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = line.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def ask(line: socket.socket, payload: bytes) -> bytes:
    send(line, payload)
    return receive(line)
