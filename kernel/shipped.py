"""Where the files that come with Jingyin lie: in the source tree, or where the wheel put them.

A checkout has `models/` and `config.yml` at its root. A wheel cannot (a folder without code is no package), so it
installs them as data files under `share/jingyin` of the environment.
"""

import sysconfig
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).resolve().parent.parent


def shipped(relative: str | Path) -> Path:
    """The shipped file or folder of that name, e.g. `models/vosk_micro_en`; where it should be, if it is nowhere."""
    places = (_SOURCE, Path(sysconfig.get_path("data")) / "share" / "jingyin")
    for place in places:
        if (place / relative).exists():
            return place / relative
    return places[0] / relative
