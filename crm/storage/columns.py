"""Column types that mean the same on SQLite and MySQL."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Column, DateTime, Dialect
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.types import TypeDecorator, TypeEngine

# Any: SQLAlchemy takes dialect options as keywords of any type. Exact comparison of strings, and all of Unicode, as SQLite has them. Ignored by SQLite.
MYSQL: Final[dict[str, Any]] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


class UtcTime(TypeDecorator[datetime]):
    """An instant to the microsecond: aware UTC in Python, a readable date and time in UTC in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:  # Any: either dialect's own type
        return dialect.type_descriptor(DATETIME(fsp=6) if dialect.name == "mysql" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time in the database is an instant: give it a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def id_column(name: str = "id") -> Column[int]:
    """A primary key made by `kernel.ids`, never by the database."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def id_reference(name: str, *, nullable: bool = False) -> Column[int]:
    """The id of another row. No foreign keys: rows lie in several databases, and children carry their home in the id."""
    return Column(name, BigInteger, nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    """An instant."""
    return Column(name, UtcTime, nullable=nullable)
