"""What the core writes down about requests: random trace ids and class names, nothing else.

Lines are JSON and go to the standard logger ``issuance``; who runs the program decides where they
end up. A key that is not on the list is dropped, whatever a future caller may pass.
"""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset({"event", "level", "trace_id", "error"})


def keep_allowed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return the event with the allowed keys only."""
    return {key: value for key, value in event.items() if key in ALLOWED_KEYS}


def request_log() -> Any:
    """Return the log of requests."""
    return structlog.wrap_logger(
        logging.getLogger("issuance"),
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            keep_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
