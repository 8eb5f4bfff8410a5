"""What a demo is asked to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dialer.modes.table import MODES
from kernel.errors import JingyinError

_MOST_PORT: Final = 65535
_MOST_AT_A_TIME: Final = 1000  # of platform.dialer.max_calls
_MOST_AGENTS: Final = 1000


class OptionInvalid(JingyinError):
    """An option of the command line has a value that cannot be."""

    code = "console.option_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """`personas` None: the shipped set. `out` gets recordings, page, JSON and the data; `json` is one more copy.
    `https`, `certificate`, `key` and `host` as of the command line. `stays`: the console is served until Ctrl-C, also when the campaign is over."""

    mode: str = "three_stage"
    lang: str = "en"
    calls: int = 20
    concurrency: int = 6
    seed: int = 1
    agents: int = 3
    port: int | None = None
    https: bool = False
    certificate: Path | None = None
    key: Path | None = None
    host: str | None = None
    personas: Path | None = None
    json: Path | None = None
    out: Path = Path("out")
    stays: bool = False

    @property
    def needs_agents(self) -> bool:
        """In this mode nobody is dialled while no agent is ready."""
        return self.mode in MODES and MODES[self.mode].abandons

    def check(self) -> None:
        """Refuse what cannot be, before anything begins.

        Raises:
            OptionInvalid: with the option's name, and what may be.
        """
        _within("--concurrency", self.concurrency, 1, _MOST_AT_A_TIME)
        _within("--agents", self.agents, 0, _MOST_AGENTS)
        if self.port is not None:
            _within("--port", self.port, 0, _MOST_PORT, "; 0 takes a free one")


def _within(option: str, value: int, least: int, most: int, more: str = "") -> None:
    if not least <= value <= most:
        raise OptionInvalid(f"{option} {value} cannot be", remedy=f"Give {option} {least} to {most}{more}.")
