"""What a demo tells while it runs: a table that is redrawn at a terminal; plain lines, now and then, into a pipe or a file."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from dialer.campaign import in_stage
from dialer.wiring.platform import Platform

_LEAST_S: Final = 3.0  # from one line to the next
_MOST_S: Final = 20.0  # without a line, while nothing ends


class Progress:
    """Plain lines: how far the campaign is, and how each call ended since the last line. Times in seconds of any clock."""

    def __init__(self, say: Callable[[str], None], *, calls: int, began_s: float) -> None:
        self._say = say
        self._calls = calls
        self._began_s = began_s
        self._last_s = began_s
        self._ended: list[str] = []

    def call_ended(self, grade: str | None, outcome: str) -> None:
        """A call is over."""
        self._ended.append(f"{grade} {outcome}" if grade else outcome)

    def look(self, now_s: float, tried: int, running: int, *, last: bool = False, waits: str = "") -> None:
        """`waits`: why nothing is dialled. Say a line if one is due: soon after something ended, now and then while nothing does, and the `last` in any case."""
        waited_s = now_s - self._last_s
        due = waited_s >= (_LEAST_S if self._ended else _MOST_S)
        if not due and not (last and self._ended):
            return
        at = round(now_s - self._began_s)
        line = f"{at // 60}:{at % 60:02d}  {tried} of {self._calls} leads called, {running} on the line"
        over = ", ".join(f"{what}{f' x{count}' if count > 1 else ''}" for what, count in Counter(self._ended).items())
        self._say(" · ".join(part for part in (line, over and f"over: {over}", waits) if part))
        self._last_s, self._ended = now_s, []


def listening(progress: Progress, platform: Platform) -> Callable[[str, str, Mapping[str, Any]], None]:  # Any: JSON
    """What hears the platform's words about its calls for `progress`."""

    def told(topic: str, type: str, data: Mapping[str, Any]) -> None:
        if (topic, type) == ("calls", "ended"):
            runner = platform.loop.running.get(int(data["call_id"]))
            progress.call_ended(runner.grade if runner and runner.call.answered_at else None, data["outcome"])

    return told


def as_table(platform: Platform, tried: int, calls: int, *, waits: str = "") -> Table:
    """What is going on now."""
    table = Table.grid(padding=(0, 2))
    stages = in_stage(platform.loop.running)
    table.add_row("leads called", f"{tried} / {calls}")
    if waits:
        table.add_row("waits", waits)
    table.add_row("calls now", ", ".join(f"{count} {state.value}" for state, count in stages.items()) or "none")
    table.add_row("agents", ", ".join(f"{a.name} {a.state.value}" for a in platform.desk.agents.values()))
    table.add_row("denied", ", ".join(f"{rule} {n}" for rule, n in platform.loop.picker.denied.items()) or "none")
    return table


def plain(console: Console) -> Callable[[str], None]:
    """Lines as they are, one each, at once: `[x]` is no markup, and `:CD:` a byte of a fingerprint, no picture."""
    return lambda line: console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)


class Ears:
    """Hands the platform's words on to the board, and to whoever else listens meanwhile."""

    def __init__(self, first: Callable[[str, str, Mapping[str, Any]], None]) -> None:  # Any: JSON
        self._first = first
        self.also: Callable[[str, str, Mapping[str, Any]], None] | None = None  # Any: JSON

    def told(self, topic: str, type: str, data: Mapping[str, Any]) -> None:  # Any: JSON
        """A word of the platform."""
        self._first(topic, type, data)
        if self.also is not None:
            self.also(topic, type, data)
