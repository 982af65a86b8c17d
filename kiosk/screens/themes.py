"""The two sets of colours: a calm light one, and white and yellow on black."""

from textual.theme import Theme

LIGHT = Theme(
    name="risai-light",
    primary="#0b5d45",
    secondary="#3d5a52",
    warning="#8a3b00",
    error="#9b1c1c",
    success="#0b5d45",
    accent="#b34700",
    foreground="#14201b",
    background="#d9e2dd",
    surface="#ffffff",
    panel="#e7efea",
    dark=False,
    variables={
        "on-primary": "#ffffff",
        "quiet": "#56645e",
        "edge": "#8fa39a",
        "tint": "#eef5f1",
        "chip": "#ffffff",
        "rim": "#f7fbf9",
        "primary-rim": "#2c8a6d",
        "primary-edge": "#063527",
        "tester": "#7a1fa2",
        "on-tester": "#ffffff",
    },
)
CONTRAST = Theme(
    name="risai-contrast",
    primary="#ffe45c",
    secondary="#ffffff",
    warning="#ffb000",
    error="#ffb3b3",
    success="#ffe45c",
    accent="#7fdbff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables={
        "on-primary": "#000000",
        "quiet": "#b8b8b8",
        "edge": "#ffffff",
        "tint": "#1c1c1c",
        "chip": "#3a3a3a",
        "rim": "#ffffff",
        "primary-rim": "#fff3b0",
        "primary-edge": "#b89b00",
        "tester": "#f0a6ff",
        "on-tester": "#000000",
    },
)
TEXT_ON_GROUND = (
    ("foreground", "background"),
    ("foreground", "surface"),
    ("foreground", "panel"),
    ("foreground", "tint"),
    ("foreground", "chip"),
    ("on-primary", "primary"),
    ("on-primary", "warning"),
    ("on-primary", "accent"),
    ("warning", "on-primary"),
    ("primary", "surface"),
    ("accent", "surface"),
    ("accent", "panel"),
    ("quiet", "surface"),
    ("quiet", "background"),
    ("quiet", "panel"),
    ("on-tester", "tester"),
    ("tester", "background"),
    ("tester", "surface"),
    ("tester", "panel"),
)
"""Every pair of colours in which the style sheet writes or marks something."""


def colour_of(theme: Theme, name: str) -> str:
    """Return a colour of a theme by the name that the style sheet uses."""
    own = theme.variables.get(name)
    return own if own is not None else str(getattr(theme, name))
