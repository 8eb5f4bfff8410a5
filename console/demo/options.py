"""What a demo is asked to do."""

from dataclasses import dataclass
from pathlib import Path


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
