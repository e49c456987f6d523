"""The little SVG that both drawings need; every text passes the escape here."""

from __future__ import annotations

from html import escape

from duragraph_ext.client.drawing.palette import FONT

CHARACTER = 6.7
"""Mean width of a character at 12 px, in pixels."""


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def shorten(text: str, length: int) -> str:
    """Cut a text to a length, saying so."""
    return text if len(text) <= length else text[: length - 1] + "…"


def text_width(text: str, size: float = 12) -> float:
    """About how wide a text is, in pixels."""
    return len(text) * CHARACTER * size / 12


def label(
    x: float,
    y: float,
    text: str,
    *,
    size: float = 12,
    anchor: str = "start",
    fill: str = "currentColor",
    weight: str = "",
    opacity: float = 1,
) -> str:
    """A line of text in the page's own colour unless told otherwise."""
    extra = f' font-weight="{weight}"' if weight else ""
    extra += f' opacity="{number(opacity)}"' if opacity < 1 else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" text-anchor="{anchor}"'
        f' fill="{fill}"{extra}>{escape(text)}</text>'
    )


def document(width: float, height: float, title: str, body: list[str], *, scale_up: bool = False) -> str:
    """A whole picture that shrinks with its column; with `scale_up` it fills the column too."""
    span = "100%" if scale_up else f"{number(width)}px"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}"'
        f' width="{number(width)}" height="{number(height)}" role="img" aria-label="{escape(title)}"'
        f' style="width:{span};max-width:100%;height:auto;display:block" font-family="{escape(FONT)}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )
