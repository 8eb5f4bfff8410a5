"""Names as they go over HTTP."""


def masked_name(name: str) -> str:
    """Initials: enough to tell two calls apart on a wall, not enough to know who."""
    return " ".join(f"{part[0]}." for part in name.split()) if name else ""
