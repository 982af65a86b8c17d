"""Stand-ins for tests of the simulator."""

from cardsim.errors import CardSimError


class EchoCard:
    """Answers every command with itself; hears about its power."""

    def __init__(
        self, *, atr: bytes = bytes.fromhex("3B80800101"), leaves: CardSimError | None = None
    ) -> None:
        self.atr = atr
        self.heard: list[str] = []
        self._leaves = leaves

    def power_on(self) -> bytes:
        self.heard.append("on")
        return self.atr

    def power_off(self) -> None:
        self.heard.append("off")

    def reset(self) -> bytes:
        self.heard.append("reset")
        return self.atr

    def transmit(self, raw: bytes) -> bytes:
        if self._leaves is not None:
            raise self._leaves
        return raw + b"\x90\x00"
