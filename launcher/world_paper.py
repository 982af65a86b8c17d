"""The offline check of a world's sheets: what anybody can find out with the town's lists alone."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path

from issuance.certificates.revocation_list import parse_revocation_list
from issuance.certificates.trust_list import parse_trust_list
from issuance.certificates.verify import Result
from issuance.certificates.verify_file import verify_file
from issuance.key_folder import KeyFolder
from issuance.wiring import export_revocation_list, export_trust_list
from launcher.demo_core import core_settings
from launcher.embedded import CORE_ORIGIN
from launcher.state import StateFolder

_LIST_DAYS = 3650
_LIMIT_S = 30.0


class PaperJudge:
    """Somebody with the municipality's lists, freshly fetched for every sheet."""

    def __init__(self, state: StateFolder, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now
        # The trust list begins when the key was made, by the machine's clock: not the town's.
        made = now().timestamp()
        os.utime(state.core_keys / "paper_code.pem", (made, made))

    def objections(self, sheet: Path) -> Sequence[str]:
        """Return what speaks against a printed sheet; nothing for a genuine one."""
        settings, now = core_settings(self._state, CORE_ORIGIN), self._now()
        anchor = KeyFolder(settings.key_folder).ed25519("trust_anchor.pem").public_key()
        trust = export_trust_list(settings, now=now, days=_LIST_DAYS)
        revoked = export_revocation_list(settings, now=now)
        check = partial(
            verify_file,
            sheet.read_bytes(),
            trust=parse_trust_list(trust, anchor),
            revocations=parse_revocation_list(revoked, anchor),
            now=now,
        )
        # The library starts an event loop of its own; whoever asks may be inside of one.
        with ThreadPoolExecutor(max_workers=1) as thread:
            verdict = thread.submit(check).result(_LIMIT_S)
        return () if verdict.result is Result.VALID else (verdict.reason,)
