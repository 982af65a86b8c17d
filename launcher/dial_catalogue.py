"""The dials of a tester's town as a page, from the table that the town itself uses."""

from launcher.dials.board import known_dials


def dial_table() -> str:
    """Return every dial and position as a Markdown table."""
    rows = ["| dial | position | ja | en | argument |", "|---|---|---|---|---|"]
    for dial in known_dials():
        rows.append(f"| `{dial.id}` | | **{dial.title_ja}** | **{dial.title_en}** | |")
        rows += [
            f"| | `{one.id}` | {one.title_ja} | {one.title_en} | {one.argument} |"
            for one in dial.settings
        ]
    return "\n".join(rows) + "\n"
