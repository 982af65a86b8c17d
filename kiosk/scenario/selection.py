"""Which scenarios to run. Pure."""

from collections.abc import Iterable, Sequence

from kiosk.scenario.reading import Scenario


def select(
    scenarios: Iterable[Scenario], *, words: str = "", tags: Sequence[str] = (), slow: bool = False
) -> tuple[Scenario, ...]:
    """Return those whose name has all the words and which carry all the tags.

    A word that begins with ``!`` must not be in the name. Slow ones only where asked for.
    """
    return tuple(
        one
        for one in scenarios
        if _fits(one.name, words)
        and set(tags) <= set(one.header.tags)
        and (slow or not one.header.slow)
    )


def _fits(name: str, words: str) -> bool:
    return all(
        word[1:] not in name if word.startswith("!") else word in name for word in words.split()
    )
