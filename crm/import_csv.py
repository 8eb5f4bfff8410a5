"""Reading a CSV file of customers: every row becomes a draft or an error that says line, column, what and remedy. Pure.

Columns are known by their headers (`KNOWN`, in English and Chinese), or by a mapping header -> field; columns that are
no field become attributes of the customer. No message repeats a cell that may be personal.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum
from typing import Final

from crm.customer import CustomerDraft
from crm.masking import unmasked
from crm.number import NumberInvalid, PhoneNumber, parse_number
from crm.quota.window import Window
from crm.zone import ZoneUnknown, zone
from kernel.errors import JingyinError

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_NAME: Final = 200
_LANG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WINDOW: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_DELIMITERS: Final = ",;\t|"


class CsvUnreadable(JingyinError):
    """The file as a whole cannot be read as CSV: nothing was imported."""

    code = "crm.csv_unreadable"


class Field(StrEnum):
    """What a column may be."""

    NUMBER = "number"
    NAME = "name"
    LANG = "lang"
    ZONE = "zone"
    WINDOW = "window"
    PRIORITY = "priority"


KNOWN: Final[dict[str, Field]] = {
    **dict.fromkeys(
        ("number", "phone", "phone number", "telephone", "tel", "mobile", "电话", "手机", "手机号", "号码"),
        Field.NUMBER,
    ),
    **dict.fromkeys(("name", "full name", "customer", "customer name", "姓名", "客户", "客户姓名"), Field.NAME),
    **dict.fromkeys(("lang", "language", "语言"), Field.LANG),
    **dict.fromkeys(("zone", "time zone", "timezone", "tz", "时区"), Field.ZONE),
    **dict.fromkeys(("window", "calling window", "call window", "可呼时段"), Field.WINDOW),
    **dict.fromkeys(("priority", "优先级"), Field.PRIORITY),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvOptions:
    """How to read a file. `region` (ISO 3166) is where numbers without a country code are; `mapping` header -> field
    overrides what headers mean by themselves (a field of None: leave the column out)."""

    region: str | None = None
    mapping: Mapping[str, Field | None] = field(default_factory=dict)
    encoding: str = "utf-8-sig"
    delimiter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """What is wrong with one row; lines count from 1, the header's."""

    line: int
    column: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.what}. {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A row whose number stands in an earlier one, which counts."""

    line: int
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One good row."""

    line: int
    draft: CustomerDraft
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file says. `fields` is what each header was taken for, None an attribute."""

    fields: Mapping[str, Field | None]
    rows: tuple[Row, ...]
    duplicates: tuple[Duplicate, ...]
    errors: tuple[RowError, ...]


def masked_only(reading: Reading) -> Reading:
    """The reading without rows that hold what may not be said in full: for campaigns that say attributes to people."""
    errors = [
        RowError(
            line=row.line,
            column=name,
            what=f"{problem}, and this campaign says attributes to whoever answers",
            remedy="Write masked forms only, such as the last four digits.",
        )
        for row in reading.rows
        for name, value in row.draft.attributes.items()
        if (problem := unmasked(str(value))) is not None
    ]
    wrong = {error.line for error in errors}
    return replace(
        reading,
        rows=tuple(row for row in reading.rows if row.line not in wrong),
        errors=tuple(sorted((*reading.errors, *errors), key=lambda error: error.line)),
    )


def read_csv(data: bytes, options: CsvOptions | None = None, *, name: str = "file") -> Reading:
    """Read a whole file. A row with an error is no row; the others are.

    Raises:
        CsvUnreadable: it is no CSV, has no header, or no column with numbers.
    """
    options = options or CsvOptions()
    text = _text(data, options, name)
    lines = _lines(text, options.delimiter or _delimiter(text), name)
    header_line, header = next(lines, (1, []))
    if not header:
        raise CsvUnreadable("the file is empty", where=name, remedy="Its first line names the columns.")
    fields = _fields(header, options, f"{name}:{header_line}")
    reader = _Reader(header=header, fields=fields, options=options)
    for line, cells in lines:
        reader.take(line, cells)
    return Reading(
        fields=fields, rows=tuple(reader.rows), duplicates=tuple(reader.duplicates), errors=tuple(reader.errors)
    )


class _Reader:
    """Collects rows, errors and duplicates."""

    def __init__(self, *, header: list[str], fields: Mapping[str, Field | None], options: CsvOptions) -> None:
        self._header = header
        self._fields = fields
        self._ignored = {name for name, wanted in options.mapping.items() if wanted is None}
        self._region = options.region
        self._first_line: dict[PhoneNumber, int] = {}
        self.rows: list[Row] = []
        self.duplicates: list[Duplicate] = []
        self.errors: list[RowError] = []

    def take(self, line: int, cells: list[str]) -> None:
        """One row of the file."""
        if len(cells) != len(self._header):
            self._wrong(
                line,
                "row",
                f"{len(cells)} cells where the header has {len(self._header)}",
                "Put cells that contain the separator in quotes.",
            )
            return
        known: dict[Field, str] = {}
        column: dict[Field, str] = {}
        attributes: dict[str, object] = {}
        for name, cell in zip(self._header, cells, strict=True):
            wanted = self._fields[name]
            if wanted is not None:
                known[wanted], column[wanted] = cell.strip(), name
            elif cell.strip() and name not in self._ignored:
                attributes[name] = cell.strip()
        before = len(self.errors)
        number = self._number(line, column[Field.NUMBER], known[Field.NUMBER])
        name = self._name(line, column.get(Field.NAME, ""), known.get(Field.NAME, ""))
        lang = self._lang(line, column.get(Field.LANG, ""), known.get(Field.LANG, ""))
        own_zone = self._zone(line, column.get(Field.ZONE, ""), known.get(Field.ZONE, ""))
        window = self._window(line, column.get(Field.WINDOW, ""), known.get(Field.WINDOW, ""))
        priority = self._priority(line, column.get(Field.PRIORITY, ""), known.get(Field.PRIORITY, ""))
        if number is None or len(self.errors) > before:
            return
        first = self._first_line.setdefault(number, line)
        if first != line:
            self.duplicates.append(Duplicate(line=line, first_line=first))
            return
        draft = CustomerDraft(
            number=number, name=name, lang=lang, zone=own_zone, window=window, source="import", attributes=attributes
        )
        self.rows.append(Row(line=line, draft=draft, priority=priority))

    def _wrong(self, line: int, column: str, what: str, remedy: str) -> None:
        self.errors.append(RowError(line=line, column=column, what=what, remedy=remedy))

    def _number(self, line: int, column: str, cell: str) -> PhoneNumber | None:
        if not cell:
            self._wrong(line, column, "no number", "Every row needs one.")
            return None
        if re.fullmatch(r"\d[.,]\d+[eE]\+?\d+", cell):
            self._wrong(
                line, column, "a number rounded by a spreadsheet", "Format the column as text before saving as CSV."
            )
            return None
        try:
            return parse_number(cell, self._region)
        except NumberInvalid as exc:
            self._wrong(line, column, exc.message, exc.remedy)
            return None

    def _name(self, line: int, column: str, cell: str) -> str:
        if len(cell) > MAX_NAME:
            self._wrong(line, column, f"{len(cell)} characters", f"A name has at most {MAX_NAME}.")
        return cell

    def _lang(self, line: int, column: str, cell: str) -> str | None:
        if cell and not _LANG.fullmatch(cell):
            self._wrong(line, column, f"{cell[:20]!r} is no language", "Write a language tag such as en or zh-CN.")
        return cell or None

    def _zone(self, line: int, column: str, cell: str) -> str | None:
        try:
            return zone(cell).key if cell else None
        except ZoneUnknown as exc:
            self._wrong(line, column, f"{cell[:40]!r} is no time zone", exc.remedy)
            return None

    def _window(self, line: int, column: str, cell: str) -> Window | None:
        if not cell:
            return None
        match = _WINDOW.fullmatch(cell)
        try:
            if match is None:
                raise ValueError(cell)
            start_h, start_min, end_h, end_min = map(int, match.groups())
            end = time() if (end_h, end_min) == (24, 0) else time(end_h, end_min)
            return Window(start=time(start_h, start_min), end=end)
        except ValueError:
            self._wrong(line, column, f"{cell[:20]!r} is no window", "Write it like 10:00-18:30.")
            return None

    def _priority(self, line: int, column: str, cell: str) -> int:
        if not cell:
            return 0
        if not re.fullmatch(r"-?\d{1,6}", cell):
            self._wrong(line, column, f"{cell[:20]!r} is no priority", "Write a whole number; higher goes first.")
            return 0
        return int(cell)


def _text(data: bytes, options: CsvOptions, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise CsvUnreadable(
            f"{len(data) // 1024 // 1024} MiB is too large", where=name, remedy=f"Split it: {MAX_BYTES >> 20} MiB each."
        )
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise CsvUnreadable("this is a workbook, not CSV", where=name, remedy='Save it as "CSV UTF-8".')
    try:
        text = data.decode(options.encoding)
    except UnicodeDecodeError as exc:
        line = data[: exc.start].count(b"\n") + 1
        raise CsvUnreadable(
            f"it is not {options.encoding}",
            where=f"{name}:{line}",
            remedy='Save it as "CSV UTF-8", or name its encoding (gb18030 for Chinese Excel, cp1252 for Western).',
        ) from None
    except LookupError:
        raise CsvUnreadable(
            f"{options.encoding!r} is no encoding", where=name, remedy="utf-8-sig, gb18030 and cp1252 are some."
        ) from None
    return text


def _delimiter(text: str) -> str:
    """The separator that the header has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _lines(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """(line a row begins on, its cells), without empty rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            raise CsvUnreadable(
                f"not readable as CSV from here on: {exc}",
                where=f"{name}:{begins}",
                remedy="Quotes within a quoted cell are doubled, and every quote is closed.",
            ) from None
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _fields(header: list[str], options: CsvOptions, where: str) -> dict[str, Field | None]:
    """What each header means."""
    for n, name in enumerate(header):
        header[n] = name.strip()
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise CsvUnreadable(f"two columns are named {twice[0]!r}", where=where, remedy="Give each its own name.")
    unknown = sorted(set(options.mapping) - set(header))
    if unknown:
        raise CsvUnreadable(
            f"the mapping names {unknown[0]!r}, which is no column",
            where=where,
            remedy=f"The columns are: {', '.join(header)}.",
        )
    fields = {
        name: options.mapping[name] if name in options.mapping else KNOWN.get(name.lower().replace("_", " "))
        for name in header
    }
    for wanted in Field:
        named = [name for name, meaning in fields.items() if meaning is wanted]
        if len(named) > 1:
            raise CsvUnreadable(
                f"the columns {' and '.join(map(repr, named))} are both taken for {wanted}",
                where=where,
                remedy="Say by a mapping which one it is.",
            )
        if wanted is Field.NUMBER and not named:
            raise CsvUnreadable(
                f"no column has numbers; there are: {', '.join(header)}",
                where=where,
                remedy="Name one `number`, or say by a mapping which it is.",
            )
    return fields
