"""The error every room raises: a stable code, the place, what was wrong, what would be right."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, TypeAlias

Param: TypeAlias = str | int | float | Sequence[str]


class JingyinError(Exception):
    """An error a person can act on.

    Subclasses set `code` (stable, an entry in docs/errors.md) and `retryable`. `where` names the place (file:line,
    field, call), `remedy` what would be right. For who words it in another language: `case` tells apart what one code is
    raised for (a snake_case word, empty for the usual), `params` are the values in its text.
    """

    code: ClassVar[str] = "jingyin.error"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        remedy: str = "",
        case: str = "",
        params: Mapping[str, Param] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy
        self.case = case
        self.params = dict(params)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"\n{self.remedy}" if self.remedy else ""
        anchor = self.code.replace(".", "")  # as GitHub makes it from the heading
        return f"{place}{self.message}{remedy} [{self.code}, docs/errors.md#{anchor}]"
