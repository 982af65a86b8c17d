"""The catalogue of errors as a page, from the tables that the programs themselves use."""

from gateway.http.problems import PROBLEMS, Row
from gateway.wire.bodies import Locale
from gateway.wire.codes import ErrorCode
from issuance.wire.codes import CoreRefusal
from kiosk.texts import say

_HEAD = """# Errors

Written by `risai errors`; a test compares this page with the programs.

Every error screen has a number, and says what happened, whether money is affected, and what to do.
The same number stands in the gateway's problem document (RFC 9457, member `code`).
Numbers that no problem kind names come from the kiosk itself: card, coins, printer.

"""
_KINDS = """
## Problem kinds of the gateway

`type` is `urn:risai:problem:` followed by the kind.
A problem document echoes nothing of the request but names of fields;
`trace_id` names it in the log.

| kind | HTTP | code | again later? | money | title |
|---|---|---|---|---|---|
"""
_REASONS = """
## Reasons of the core

The gateway hears them; the kiosk never does.
`type` is `urn:risai:core-problem:` followed by the reason.

| reason |
|---|
"""


def error_catalogue() -> str:
    """Return the page in Markdown."""
    return _HEAD + _codes() + _KINDS + _kinds() + _REASONS + _reasons()


def _codes() -> str:
    by_code: dict[ErrorCode, set[str]] = {}
    for row in PROBLEMS.values():
        if row.code is not None:
            by_code.setdefault(row.code, set()).add(row.kind.value)
    lines = [
        "| code | 画面 | screen | what happened | what to do | problem kinds |",
        "|---|---|---|---|---|---|",
    ]
    for code in ErrorCode:
        key, kinds = f"error.{code.value}", ", ".join(sorted(by_code.get(code, ())))
        japanese, english = (
            say(locale, f"{key}.title") for locale in (Locale.JAPANESE, Locale.ENGLISH)
        )
        what, todo = (_plain(f"{key}.{part}") for part in ("what", "todo"))
        lines.append(f"| {code.value} | {japanese} | {english} | {what} | {todo} | {kinds} |")
    return "\n".join(lines) + "\n"


def _plain(key: str) -> str:
    """Return an English text with its places shown as dots."""
    text = say(Locale.ENGLISH, key)
    for place in ("tries", "pages", "opens", "amount"):
        text = text.replace("{" + place + "}", "…")
    return text


def _kinds() -> str:
    rows: dict[str, Row] = {}
    for row in PROBLEMS.values():
        rows.setdefault(f"{row.kind.value} {row.status} {row.code}", row)
    lines = [
        f"| {row.kind.value} | {row.status} | {row.code.value if row.code else '–'} "
        f"| {'yes' if row.retryable else 'no'} | {row.money.value} | {row.title} |"
        for _, row in sorted(rows.items())
    ]
    return "\n".join(lines) + "\n"


def _reasons() -> str:
    return "\n".join(f"| {reason.value} |" for reason in CoreRefusal) + "\n"
