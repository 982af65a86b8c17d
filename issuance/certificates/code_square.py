"""The code on paper as a square of dark and light modules (QR code), drawn as one vector path.

The smallest version that fits is computed, not searched, and the mask is fixed: the search over
versions and masks is most of an encoder's time. Source: [KONBINI 2.4], performance facts.
"""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import BIT_LIMIT_TABLE, MODE_ALPHA_NUM, QRData

from issuance.certificates.errors import CodeTooLargeError

MODULE_MM = 0.5
"""Edge of one module; smaller ones fail on 150 dpi scans. Source: [KONBINI 2.4]."""

LARGEST_STRONG_VERSION = 21
"""Up to here (101 modules, 50.5 mm) a quarter of the code may be lost (level Q)."""

LARGEST_VERSION = 27
"""125 modules or 62.5 mm at level M: what the foot of the page has room for."""

MASK = 2
_MODE_BITS = 4
_FIRST_EDGE, _EDGE_STEP = 21, 4


@dataclass(frozen=True, slots=True)
class CodeSquare:
    """One drawn code without its quiet zone."""

    modules: int
    """Modules along one edge."""
    svg: str
    """Black path on nothing, one user unit a module."""

    @property
    def edge_mm(self) -> float:
        """Edge of the printed square without the quiet zone."""
        return self.modules * MODULE_MM


def draw_code(text: str) -> CodeSquare:
    """Return the square for a code's text (Base45 alphabet only).

    Raises: CodeTooLargeError when the page has no room for it.
    """
    version, correction = _choose_version(len(text))
    code = qrcode.QRCode(version=version, error_correction=correction, mask_pattern=MASK, border=0)
    code.add_data(QRData(text.encode("ascii"), mode=MODE_ALPHA_NUM), optimize=0)
    code.make(fit=False)
    rows = code.get_matrix()
    return CodeSquare(len(rows), _as_svg(rows))


def code_edge_mm(characters: int) -> float:
    """Return the edge of the square that a text of this length needs, without quiet zone.

    Raises: CodeTooLargeError.
    """
    version, _correction = _choose_version(characters)
    return (_FIRST_EDGE + _EDGE_STEP * (version - 1)) * MODULE_MM


def _choose_version(characters: int) -> tuple[int, int]:
    for version in range(1, LARGEST_STRONG_VERSION + 1):
        if _bits(characters, version) <= BIT_LIMIT_TABLE[ERROR_CORRECT_Q][version]:
            return version, ERROR_CORRECT_Q
    for version in range(1, LARGEST_VERSION + 1):
        if _bits(characters, version) <= BIT_LIMIT_TABLE[ERROR_CORRECT_M][version]:
            return version, ERROR_CORRECT_M
    raise CodeTooLargeError(characters)


def _bits(characters: int, version: int) -> int:
    """Return how many bits alphanumeric text takes: 11 for two characters, 6 for a last one."""
    length_bits = 9 if version < 10 else 11 if version < 27 else 13
    return _MODE_BITS + length_bits + characters // 2 * 11 + characters % 2 * 6


def _as_svg(rows: list[list[bool]]) -> str:
    size = len(rows)
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{path}"/></svg>'
    )


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return start and length of every run of dark modules."""
    runs: list[tuple[int, int]] = []
    for x, is_dark in enumerate(row):
        if not is_dark:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return runs
