"""Calling windows in columns `window_from` and `window_to`."""

from datetime import time
from typing import Any

from sqlalchemy import Row

from crm.quota.window import Window


def window_of(row: Row[Any], prefix: str = "window") -> Window | None:
    """The window in a row's columns `PREFIX_from` and `PREFIX_to`; None when they are null."""
    start: time | None = getattr(row, f"{prefix}_from")
    end: time | None = getattr(row, f"{prefix}_to")
    return None if start is None or end is None else Window(start=start, end=end)


def window_columns(window: Window | None) -> dict[str, time | None]:
    """The columns' values."""
    if window is None:
        return {"window_from": None, "window_to": None}
    return {"window_from": window.start, "window_to": window.end}
