"""The settings of this installation: config.yml as shipped, a site file, the environment."""

import os
from pathlib import Path

from kernel.settings import Settings, load_settings
from kernel.shipped import shipped


def settings_of(site: Path | None = None) -> Settings:
    """Read them.

    Raises:
        SettingsError: a file or variable is wrong.
    """
    return load_settings(shipped(Path("config.yml")), site, env=dict(os.environ))
