"""What a tester's hand can do to machine and town; everything is recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kiosk.parts import TrayCard
from kiosk.tester.ports import Dial, Setting, World
from kiosk.tester.recorder import Recorder
from kiosk.tester.saving import Recording

JAPAN = ZoneInfo("Asia/Tokyo")
OPENS = time(6, 30)
CLOSES = time(23, 0)
"""The hours of the whole service. Source: [KONBINI 1.1]."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Controls:
    """The tester's side of one world."""

    world: World
    recorder: Recorder
    recording: Recording
    notice: Callable[[], None]
    """Has the machine look at the world at once."""

    def cards(self) -> Sequence[TrayCard]:
        """Everybody's card."""
        tray = self.world.parts.tray
        return tray.cards() if tray is not None else ()

    def dial(self, dial_id: str) -> Dial:
        """Return a dial. Raises: StopIteration for one that does not exist."""
        return next(dial for dial in self.world.dials() if dial.id == dial_id)

    def position(self, dial: Dial) -> tuple[Setting, str]:
        """Return where a dial stands, and with which argument."""
        setting, _, argument = self.world.turned()[dial.id].partition(":")
        return next(one for one in dial.settings if one.id == setting), argument

    def turn(self, dial: str, setting: str, argument: str = "") -> None:
        """Turn a dial. Raises: UnknownSettingError."""
        self.world.turn(dial, setting, argument)
        _, _, taken = self.world.turned()[dial].partition(":")
        self.recorder.turned(dial, setting, taken)
        self.notice()

    def reset(self) -> None:
        """Turn every dial that is not in its normal position back."""
        for dial in self.world.dials():
            normal = dial.settings[0].id
            if self.world.turned()[dial.id] != normal:
                self.turn(dial.id, normal)

    def now(self) -> datetime:
        """Return the town's time, in Japan."""
        return self.world.parts.clock.now().astimezone(JAPAN)

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self.recorder.advanced(seconds)
        self.world.advance(seconds)
        self.recorder.clock_moved()
        self.notice()

    def go_to(self, hour: time) -> None:
        """Go on to the next time that clocks in Japan show ``hour``."""
        now = self.now()
        moment = datetime.combine(now.date(), hour, JAPAN)
        moment = moment if moment > now else moment + _DAY
        self.recorder.clock_set(moment)
        self.world.set_clock(moment)
        self.recorder.clock_moved()
        self.notice()
