"""Logs: a constant message, facts in fields, context from contextvars, one JSON object a line.

    log = get_logger(__name__)
    with log_context(tenant=1, call=17):
        log.info("attempt ended", cause="busy", customer_pii="+4930123456")

A field whose key has a `pii` part (`customer_pii`, `pii_text`) holds personal data: it is masked unless logging was
configured to show it. `JSON` is for machines, `TEXT` for people at a terminal.
"""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TextIO

MASK: Final = "***"

_context: ContextVar[Mapping[str, object]] = ContextVar("log_context", default=MappingProxyType({}))


class LogFormat(StrEnum):
    """How a line looks: JSON for machines, TEXT for people."""

    JSON = "json"
    TEXT = "text"


class Logger:
    """A named logger whose methods take a constant message and fields."""

    __slots__ = ("_logger",)

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, message: str, **fields: object) -> None:
        """For developers."""
        self._write(logging.DEBUG, message, fields)

    def info(self, message: str, **fields: object) -> None:
        """What happened, in the normal course."""
        self._write(logging.INFO, message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Something is degraded and went on."""
        self._write(logging.WARNING, message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Something failed."""
        self._write(logging.ERROR, message, fields)

    def exception(self, message: str, **fields: object) -> None:
        """`error` with the exception being handled."""
        self._write(logging.ERROR, message, fields, exc_info=True)

    def _write(self, level: int, message: str, fields: Mapping[str, object], *, exc_info: bool = False) -> None:
        if self._logger.isEnabledFor(level):
            facts = {**_context.get(), **fields}
            # stacklevel 3: the line that called info(), not this one
            self._logger.log(level, message, exc_info=exc_info, extra={"facts": facts}, stacklevel=3)


def get_logger(name: str) -> Logger:
    """The logger of a module: `log = get_logger(__name__)`."""
    return Logger(name)


@contextmanager
def log_context(**fields: object) -> Iterator[None]:
    """Every line logged inside, also by tasks started inside, carries `fields` (tenant, call, leg, ...)."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def configure_logging(
    *, level: str = "INFO", format: LogFormat = LogFormat.JSON, stream: TextIO | None = None, show_pii: bool = False
) -> None:
    """Send all logs of the process to `stream` (default stderr), replacing what was configured before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(format, show_pii=show_pii))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def masked(fields: Mapping[str, object]) -> dict[str, object]:
    """A copy with everything under a key with a `pii` part replaced by `***`, also inside nested mappings and lists."""
    return {key: MASK if "pii" in key.lower().split("_") else _masked(value) for key, value in fields.items()}


def _masked(value: object) -> object:
    match value:
        case Mapping():
            return masked(value)
        case list() | tuple():
            return [_masked(item) for item in value]
        case _:
            return value


class _Formatter(logging.Formatter):
    def __init__(self, format: LogFormat, *, show_pii: bool) -> None:
        super().__init__()
        self._format = format
        self._show_pii = show_pii

    def format(self, record: logging.LogRecord) -> str:
        facts: Mapping[str, object] = getattr(record, "facts", {})
        fields = dict(facts) if self._show_pii else masked(facts)
        at = datetime.fromtimestamp(record.created, UTC)
        trouble = self.formatException(record.exc_info) if record.exc_info else ""
        if self._format is LogFormat.JSON:
            head = {
                "at": at.isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
            }
            tail = {"exception": trouble} if trouble else {}
            return json.dumps({**fields, **head, **tail}, ensure_ascii=False, default=str)
        facts_text = "".join(f" {key}={value}" for key, value in fields.items())
        line = f"{at:%H:%M:%S.%f}"[:-3] + f" {record.levelname.lower():7} {record.getMessage()}{facts_text}"
        return f"{line}\n{trouble}" if trouble else line
