"""Finding a town to test in: whoever offers one under the entry-point group."""

from importlib.metadata import entry_points

from kiosk.tester.errors import NoWorldError
from kiosk.tester.ports import ENTRY_POINT_GROUP, OpenWorld


def find_open_world() -> OpenWorld:
    """Return what opens a town. Raises: NoWorldError when nobody here can."""
    offered = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name)
    if not offered:
        raise NoWorldError(
            f"this installation has no town to test in: nothing offers {ENTRY_POINT_GROUP}; "
            "install the whole package risai"
        )
    try:
        opener: OpenWorld = offered[0].load()
    except (ImportError, AttributeError) as error:
        raise NoWorldError(f"the town {offered[0].value} cannot be loaded: {error}") from error
    return opener
