"""A participation file as a test writes it."""

import base64
from pathlib import Path

KEY_TEXT = base64.b64encode(bytes(32)).decode()

GOOD = f"""\
[hours]
closed_from = "12-28"

[[municipality]]
code = "990001"
prefecture = "見本県"
name = "見本市"
name_en = "Mihon City"
core_origin = "http://127.0.0.1:8602"
core_response_key_id = "response"
core_response_key = "{KEY_TEXT}"
core_manifest_key_id = "manifest"
core_manifest_key = "{KEY_TEXT}"
pseudonym_key_file = "990001.key"
fees = {{ victim_certificate = 0 }}

[[municipality.suspension]]
starts_at = 2026-12-01T17:30:00+09:00
ends_at = 2026-12-01T18:30:00+09:00
text_ja = "保守"
text_en = "maintenance"

[[kiosk]]
kiosk_id = "kiosk-1"
operator = "operator-a"
store = "store-1"
public_key = "{KEY_TEXT}"
"""


def write_participation(folder: Path, text: str = GOOD) -> Path:
    """Write the file and the pseudonym key beside it; return the file."""
    (folder / "990001.key").write_text("ab" * 32)
    path = folder / "participation.toml"
    path.write_text(text, "utf-8")
    return path
