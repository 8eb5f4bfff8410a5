"""One call as a picture: who spoke when, on one time line, as an inline SVG.

Three lanes (customer, robot, agent). A turn is a bar; an interruption has a red edge, a backchannel is hollow. Vertical
marks: the decision to greet, the offer to an agent, the bridge.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

_LANES: Final = {"customer": 0, "robot": 1, "agent": 2}
_COLOURS: Final = {"customer": "#ad4e00", "robot": "#531dab", "agent": "#237804"}
_LEFT: Final = 78
_WIDTH: Final = 940
_LANE: Final = 26
_TOP: Final = 16


def picture(row: Mapping[str, Any]) -> str:
    """The SVG of a row with turns; its width follows the page, its height is fixed."""
    turns: Sequence[Mapping[str, Any]] = row["turns"]
    length_s = max([1.0, *(turn["end_s"] for turn in turns)])
    scale = _WIDTH / length_s
    height = _TOP + _LANE * len(_LANES) + 18
    label = quoteattr(f"Who spoke when in call {row['id']}")
    parts = [f'<svg viewBox="0 0 {_LEFT + _WIDTH + 12} {height}" role="img" aria-label={label}>']
    parts += [_lane(name) for name in _LANES]
    parts += _seconds(length_s, scale)
    parts += [_bar(turn, scale) for turn in turns]
    parts += _marks(row, scale)
    return "".join([*parts, "</svg>"])


def _lane(name: str) -> str:
    y = _TOP + _LANE * _LANES[name]
    return (
        f'<text x="0" y="{y + 17}" class="lane">{name}</text>'
        f'<rect x="{_LEFT}" y="{y + 2}" width="{_WIDTH}" height="{_LANE - 4}" class="track"/>'
    )


def _seconds(length_s: float, scale: float) -> list[str]:
    step = next(s for s in (1, 2, 5, 10, 20, 60, 600) if length_s / s <= 24)
    base = _TOP + _LANE * len(_LANES) + 13
    return [
        f'<text x="{_LEFT + at * scale:.1f}" y="{base}" class="second">{at} s</text>'
        for at in range(0, int(length_s) + 1, step)
    ]


def _bar(turn: Mapping[str, Any], scale: float) -> str:
    who, kind = turn["who"], turn.get("kind", "")
    x = _LEFT + turn["start_s"] * scale
    width = max(2.0, (turn["end_s"] - turn["start_s"]) * scale)
    y = _TOP + _LANE * _LANES[who] + 4
    style = f"fill:{_COLOURS[who]}"
    if kind == "backchannel":
        style = f"fill:none;stroke:{_COLOURS[who]};stroke-width:1.5"
    elif kind == "interrupts":
        style += ";stroke:#cf1322;stroke-width:2.5"
    words = turn.get("said") or turn.get("heard") or ""
    title = f"{turn['start_s']:.2f}-{turn['end_s']:.2f} s {kind}: {words}"
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_LANE - 8}" rx="3" style="{style}" '
        f'data-at="{turn["start_s"]:.2f}"><title>{escape(title)}</title></rect>'
    )


def _marks(row: Mapping[str, Any], scale: float) -> list[str]:
    handover = row.get("handover") or {}
    marks = {
        "greet": row.get("decided_s"),
        "offered": handover.get("offered_s"),
        "bridged": handover.get("bridged_s"),
    }
    return [
        f'<line x1="{_LEFT + at * scale:.1f}" x2="{_LEFT + at * scale:.1f}" y1="{_TOP - 4}" '
        f'y2="{_TOP + _LANE * len(_LANES)}" class="mark"/>'
        f'<text x="{_LEFT + at * scale + 3:.1f}" y="{_TOP - 5}" class="second">{name}</text>'
        for name, at in marks.items()
        if at is not None
    ]
