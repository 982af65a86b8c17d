"""The gateway's log: one JSON line an event, and only fields from an allow-list.

Personal data cannot reach it by accident: a field that nobody put on the list is dropped.
"""

import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

ALLOWED = frozenset(
    {
        *("event", "level", "timestamp", "trace_id", "kind", "code", "status", "step"),
        *("method", "route", "duration_ms", "kiosk_id", "municipality_code", "state", "count"),
        *("error_class",),
    }
)


def drop_unlisted(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep only the listed fields."""
    return {name: value for name, value in event.items() if name in ALLOWED}


def make_logger(stream: TextIO = sys.stderr) -> Any:
    """Return a logger that writes JSON lines to ``stream``."""
    return structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_unlisted,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
