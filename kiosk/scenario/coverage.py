"""How much of what the machine can do was reached, and what was not. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.scenario.reach import Reach

KINDS = {
    "screens": "screens × languages",
    "moves": "moves between screens",
    "buttons": "buttons",
    "codes": "error codes × languages",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that can be reached."""

    kind: str
    possible: frozenset[str]
    reached: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        """What no run has reached."""
        return tuple(sorted(self.possible - self.reached))

    @property
    def unforeseen(self) -> tuple[str, ...]:
        """What runs have reached though the state machine was not seen to do it."""
        return tuple(sorted(self.reached - self.possible))

    @property
    def hits(self) -> int:
        """How many of the possible were reached."""
        return len(self.possible & self.reached)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All kinds, over so many runs."""

    runs: int
    parts: tuple[Part, ...]

    @property
    def percent(self) -> float:
        """Reached of possible, all kinds together."""
        possible = sum(len(part.possible) for part in self.parts)
        return 100 * sum(part.hits for part in self.parts) / possible


def compare(possible: Reach, runs: Mapping[str, Reach]) -> Coverage:
    """Return how much of the possible the runs have reached together."""
    reached = Reach()
    for reach in runs.values():
        reached.add(reach)
    parts = (
        Part(kind, frozenset(getattr(possible, kind)), frozenset(getattr(reached, kind)))
        for kind in KINDS
    )
    return Coverage(len(runs), tuple(parts))


def coverage_text(coverage: Coverage) -> str:
    """Return the coverage for people."""
    lines = [f"{coverage.runs} runs reached {coverage.percent:.1f} %"]
    for part in coverage.parts:
        lines.append(f"{KINDS[part.kind]:<24} {part.hits:>3} of {len(part.possible)}")
        if part.missing:
            lines.append(f"  not reached: {', '.join(part.missing)}")
        if part.unforeseen:
            lines.append(f"  unforeseen: {', '.join(part.unforeseen)}")
    return "\n".join(lines) + "\n"


def coverage_json(coverage: Coverage) -> str:
    """Return the coverage for programs."""
    kinds = {
        part.kind: {
            "possible": len(part.possible),
            "reached": part.hits,
            "missing": part.missing,
            "unforeseen": part.unforeseen,
        }
        for part in coverage.parts
    }
    whole = {"runs": coverage.runs, "percent": round(coverage.percent, 2), **kinds}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
