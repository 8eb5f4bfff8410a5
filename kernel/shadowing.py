"""Whether another installed distribution claims one of our top-level names: `import media` must mean ours."""

from importlib.metadata import packages_distributions
from typing import Final

ROOMS: Final = ("bot", "speech", "media", "handoff", "crm", "dialer", "simulation", "console", "kernel")


def shadowing_distributions() -> dict[str, list[str]]:
    """Room -> names of foreign distributions that install a package or module of that name; empty when all is well."""
    providers = packages_distributions()
    foreign = {room: sorted(set(providers.get(room, ())) - {"jingyin"}) for room in ROOMS}
    return {room: names for room, names in foreign.items() if names}
