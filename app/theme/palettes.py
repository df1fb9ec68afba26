"""The two themes. Ramps: light to dark blue-violet on light paper, viridis on dark; both perceptually even and safe for
colour-blind people."""

from __future__ import annotations

from functools import cache

from app.theme.theme import Theme

FAMILIES = {
    "Terminals": "#868e96",
    "Neurons": "#e8590c",
    "Blocks": "#364fc7",
    "Linear": "#4c6ef5",
    "Embedding": "#1971c2",
    "Convolution": "#0c8599",
    "Pooling": "#3bc9db",
    "Resampling": "#15aabf",
    "Recurrent": "#ae3ec9",
    "Attention": "#d6336c",
    "Activation": "#2f9e44",
    "Normalization": "#f08c00",
    "Regularization": "#c2255c",
    "Shape": "#845ef7",
    "Arithmetic": "#7a8450",
    "Combine": "#94724d",
}

TIES = ("#332288", "#44aa99", "#aa4499", "#117733", "#6699cc", "#888822", "#7b5ea7")
"""Paul Tol's muted scheme, which colour-blind people can tell apart, without its reds and its sand: red is for
problems, amber for findings."""
TIES_ON_DARK = ("#8f7fe8", "#5fd0bd", "#e28bd6", "#5cc27a", "#a3cdf5", "#cfcf5e", "#b79ce0")


@cache
def light_theme() -> Theme:
    """The theme for light surroundings."""
    return Theme(
        name="light",
        dark=False,
        paper="#fbfcfd",
        surface="#ffffff",
        raised="#eef1f5",
        line="#dfe4ea",
        grid="#d5dbe3",
        text="#1b2430",
        muted_text="#5d6878",
        accent="#3b5bdb",
        accent_text="#ffffff",
        wire="#aab4c2",
        neuron="#e9edf2",
        problem="#c92a2a",
        finding="#b8430b",
        finding_surface="#fff5eb",
        positive="#1c5fb8",
        negative="#c2410c",
        ramp=(
            "#e2e6ec",
            "#ccdaea",
            "#b1cbe6",
            "#8cb6e0",
            "#6999d7",
            "#4979cb",
            "#4159b6",
            "#3d3b9a",
            "#3e2175",
            "#321156",
            "#26063c",
        ),
        families=FAMILIES,
        ties=TIES,
    )


@cache
def dark_theme() -> Theme:
    """The theme for dark surroundings."""
    return Theme(
        name="dark",
        dark=True,
        paper="#12151a",
        surface="#1b1f26",
        raised="#262d37",
        line="#2f3742",
        grid="#2a313b",
        text="#e7ebf0",
        muted_text="#9aa5b4",
        accent="#8ea8ff",
        accent_text="#10131a",
        wire="#56606e",
        neuron="#2b323c",
        problem="#ff8787",
        finding="#ffa94d",
        finding_surface="#2e2219",
        positive="#74b3ff",
        negative="#ff9d66",
        ramp=(
            "#2a2038",
            "#461364",
            "#45337d",
            "#3c508a",
            "#306a8e",
            "#27808e",
            "#20988a",
            "#2eaf7e",
            "#54c367",
            "#8bd446",
            "#fde725",
        ),
        families=FAMILIES,
        ties=TIES_ON_DARK,
    )


def theme_named(name: str) -> Theme:
    """Return "light" or "dark"."""
    return dark_theme() if name == "dark" else light_theme()
