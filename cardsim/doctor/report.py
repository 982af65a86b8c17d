"""The doctor's findings for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cardsim.doctor.card_look import CardLook
from cardsim.doctor.model import Finding, Level

_SIGNS = {Level.OK: "ok  ", Level.WARN: "warn", Level.FAIL: "FAIL"}


def is_well(findings: Sequence[Finding]) -> bool:
    """Say whether cards can be used: warnings do not hinder."""
    return all(finding.level is not Level.FAIL for finding in findings)


def as_text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, and under it the one that mends it."""
    lines = []
    for finding in findings:
        lines.append(f"{_SIGNS[finding.level]}  {finding.subject}: {finding.says}")
        if finding.mend:
            lines.append(f"      mend: {finding.mend}")
    return "\n".join(lines)


def card_as_text(look: CardLook, now: datetime) -> str:
    """Return what a card tells everybody, for people."""
    lines = [f"card: {look.label} ({look.kind})"]
    for one in look.certificates:
        days = f"{one.not_before:%Y-%m-%d} to {one.not_after:%Y-%m-%d}"
        state = "valid" if one.not_before <= now <= one.not_after else "NOT valid now"
        lines.append(f"certificate of {one.name}: issuer O={one.issuer}, {days}, {state}")
    if not any(one.name == "user authentication" for one in look.certificates):
        lines.append("certificate of user authentication: none")
    signs = {True: "there is one (behind its PIN)", False: "none", None: "unknown"}
    lines.append(f"certificate of signature: {signs[look.has_sign_certificate]}")
    lines.append(f"PIN of user authentication: {_tries(look.auth_tries)}")
    lines.append(f"PIN of signature: {_tries(look.sign_tries)}")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding], look: CardLook | None) -> str:
    """Return findings, verdict and card as one JSON object."""
    whole: dict[str, Any] = {
        "well": is_well(findings),
        "findings": [asdict(finding) for finding in findings],
    }
    if look is not None:
        whole["card"] = asdict(look)
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_moment)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _tries(tries: int | None) -> str:
    if tries is None:
        return "the card does not tell"
    if tries == 0:
        return "LOCKED; the municipal office unlocks it"
    return f"{tries} wrong ones until it locks" if tries > 1 else "ONE wrong one locks it"
