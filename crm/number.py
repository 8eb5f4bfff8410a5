"""Telephone numbers: read, normalised to E.164, shown masked.

The only module that knows `phonenumbers`. A number is accepted when its numbering plan allows it (length, prefix of the
country); whether it is assigned today only the network knows, and plans change faster than a library.
"""

from dataclasses import dataclass, field
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from kernel.errors import JingyinError

_WRONG: Final = {
    ValidationResult.TOO_SHORT: "too short",
    ValidationResult.TOO_LONG: "too long",
    ValidationResult.INVALID_LENGTH: "not of a length its country uses",
    ValidationResult.INVALID_COUNTRY_CODE: "of an unknown country code",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "without its area code",
}


class NumberInvalid(JingyinError):
    """The text is no telephone number. The message does not repeat it: it may be somebody's."""

    code = "crm.number_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A number in E.164 (`+` and digits). Its repr and str are masked; whoever dials takes `e164`."""

    e164: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The last four digits: `***3456`."""
        return f"***{self.e164[-4:]}"

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"

    def __str__(self) -> str:
        return self.masked


def parse_number(text: str, region: str | None = None) -> PhoneNumber:
    """A number as people write it. `region` (ISO 3166, `DE`) is where it counts as national; none: `+` is required.

    Raises:
        NumberInvalid: it is none.
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as exc:
        remedy = "Write it with + and the country code, or name the country (region) of national numbers."
        # from None: the cause repeats the number
        raise NumberInvalid(_unreadable(exc.error_type), remedy=remedy) from None
    verdict = phonenumbers.is_possible_number_with_reason(number)
    if verdict != ValidationResult.IS_POSSIBLE:
        digits = len(str(number.national_number))
        raise NumberInvalid(
            f"a number {_WRONG.get(verdict, 'that no plan allows')} (country code {number.country_code}, then {digits} digits)",
            remedy="Check the digits; national numbers need the right country (region).",
        )
    return PhoneNumber(e164=phonenumbers.format_number(number, PhoneNumberFormat.E164))


def zone_of(number: PhoneNumber) -> str | None:
    """The IANA time zone of the number's area, when its plan knows exactly one."""
    # imported here: its tables are large, and only imports of customers need them
    from phonenumbers.timezone import time_zones_for_number

    zones = time_zones_for_number(phonenumbers.parse(number.e164))
    return zones[0] if len(zones) == 1 and zones[0] != "Etc/Unknown" else None


def _unreadable(error_type: int) -> str:
    match error_type:
        case NumberParseException.INVALID_COUNTRY_CODE:
            return "a number without a known country code"
        case NumberParseException.TOO_LONG:
            return "far too many digits for a number"
        case NumberParseException.TOO_SHORT_NSN | NumberParseException.TOO_SHORT_AFTER_IDD:
            return "too few digits for a number"
        case _:
            return "not a telephone number"
