"""The settings of this installation: config.yml as shipped, a site file, the environment."""

import os
from pathlib import Path
from typing import Final

from kernel.settings import Settings, load_settings
from kernel.shipped import shipped

EVERYWHERE: Final = "0.0.0.0"


def reached_at(settings: Settings, *, https: bool, host: str | None) -> Settings:
    """The same with the console as the command line wants it: `https` without a `host` is for other machines, so on all
    addresses, unless the settings name one."""
    console = settings.console
    everywhere = https and host is None and console.host == "127.0.0.1"
    where = host or (EVERYWHERE if everywhere else console.host)
    wanted = {"https": https or console.https, "host": where}
    return settings.model_copy(update={"console": console.model_copy(update=wanted)})


def settings_of(site: Path | None = None) -> Settings:
    """Read them.

    Raises:
        SettingsError: a file or variable is wrong.
    """
    return load_settings(shipped(Path("config.yml")), site, env=dict(os.environ))
