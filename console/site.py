"""The settings of this installation: config.yml as shipped, a site file, the environment."""

import os
from pathlib import Path
from typing import Final

from kernel.settings import Settings, load_settings
from kernel.shipped import shipped

EVERYWHERE: Final = "0.0.0.0"


def reached_at(
    settings: Settings, *, https: bool, host: str | None, certificate: Path | None = None, key: Path | None = None
) -> Settings:
    """The same with the console as the command line wants it: `https` without a `host` is for other machines, so on all
    addresses, unless the settings name one. A certificate, or its key, is for `https`."""
    console = settings.console
    https = https or certificate is not None or key is not None
    everywhere = https and host is None and console.host == "127.0.0.1"
    where = host or (EVERYWHERE if everywhere else console.host)
    wanted: dict[str, object] = {"https": https or console.https, "host": where}
    if certificate is not None or key is not None:
        wanted |= {"certificate": certificate, "key": key}
    return settings.model_copy(update={"console": console.model_copy(update=wanted)})


def settings_of(site: Path | None = None) -> Settings:
    """Read them.

    Raises:
        SettingsError: a file or variable is wrong.
    """
    return load_settings(shipped(Path("config.yml")), site, env=dict(os.environ))
