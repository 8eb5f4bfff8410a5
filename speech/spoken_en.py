"""English as it is said on the telephone. Each rule works on what those before it left; `RULES` is their order.

- one by one: after "ending", "order number" and their like, telephone numbers in their groups, what is dialled;
- 2025-12-03 and 3 May 2024 are dates, 1990s decades, 3-5 days a range (to), 1/2 a fraction; 5/3 stays, it may be a date;
- a word never touches the letters beside it: 5G is "five G", A4 "A four".
"""

import calendar
import re
from typing import Final

from speech.numerals import MOST_DIGITS, decimal_en, digits_en, number_en, ordinal_en, plural_en, year_en
from speech.written import (
    ADDRESS,
    COMPACT_DATE,
    DATES,
    DOTTED,
    FRACTION,
    ISO_DATE,
    MASK,
    MOBILE_NETWORK,
    NUMBER,
    OPERATORS,
    SIGN,
    YEAR_MONTH,
    Rules,
    Say,
    day_of,
    grouped,
    is_share,
    is_string,
    pairs,
    range_in_words,
    range_pattern,
)

_UNITS: Final = pairs(
    "kg:kilogram; g:gram; mg:milligram; lb:pound; lbs:pound; oz:ounce; ft:foot; km/h:kilometer per hour; "
    "mph:mile per hour; km:kilometer; cm:centimeter; mm:millimeter; m²:square meter; ㎡:square meter; "
    "km²:square kilometer; m³:cubic meter; cm²:square centimeter; ml:milliliter; mL:milliliter; L:liter; KB:kilobyte; "
    "MB:megabyte; GB:gigabyte; TB:terabyte; Mbps:megabit per second; Gbps:gigabit per second; "
    "kWh:kilowatt hour; kW:kilowatt; min:minute; mins:minute; hr:hour; hrs:hour; sec:second; secs:second; "
    "ms:millisecond; Hz:hertz; kHz:kilohertz; MHz:megahertz; GHz:gigahertz; W:watt; V:volt; mi:mile; mAh:milliamp hour; "
    "℃:degree Celsius; °C:degree Celsius; ℉:degree Fahrenheit; °F:degree Fahrenheit; "
    "h:hour; °:degree; ¢:cent; USD:dollar; GBP:pound; EUR:euro; CNY:yuan; RMB:yuan"
)
_CURRENCIES: Final = {
    "$": ("dollar", "cent"),
    "US$": ("dollar", "cent"),
    "USD": ("dollar", "cent"),
    "¥": ("yuan", ""),
    "CNY": ("yuan", ""),
    "RMB": ("yuan", ""),
    "€": ("euro", "cent"),
    "EUR": ("euro", "cent"),
    "£": ("pound", "penny"),
    "GBP": ("pound", "penny"),
    "HK$": ("Hong Kong dollar", "cent"),
    "HKD": ("Hong Kong dollar", "cent"),
}
_PLURALS: Final = {"foot": "feet", "yuan": "yuan", "penny": "pence"}
_SCALES: Final = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion"}
_SCALE: Final = r"(?: ?(?:hundred|thousand|million|billion|trillion|mn|bn|[kmb])\b)?"
_SIGNS: Final = pairs(
    "≥:at least; ≤:at most; >:more than; <:less than; ≈:about; ±:plus or minus; =:equals; +:plus; ×:times; "
    "*:times; x:by; X:by; ÷:divided by"
)
_PER: Final = {
    "mo": "month",
    "yr": "year",
    "hr": "hour",
    "h": "hour",
    "min": "minute",
    "s": "second",
    "wk": "week",
    "kg": "kilogram",
}
_MONTHS: Final = {name[:3]: name for name in calendar.month_name if name}


def _numbers(text: str) -> str:
    """Each run of digits in the text one by one, apart from the letters beside it."""
    return re.sub(r"\d+", lambda run: f" {digits_en(run[0])} ", text).replace("  ", " ").replace(" .", ".").strip()


def _grouped(text: str) -> str:
    if re.fullmatch(r"\d{10}", text):
        text = f"{text[:3]} {text[3:6]} {text[6:]}"
    groups = re.findall(r"\d+", text)
    return (", " if any(len(group) > 1 for group in groups) else " ").join(map(digits_en, groups))


def _groups(text: str) -> str | None:
    return _grouped(text) if is_string(text) else None


def _mask(match: re.Match[str]) -> str:
    head, tail = match["head"] or "", match["tail"] or ""
    if not tail and (not head or match["mask"][0] in "xX"):
        return match[0]
    if not head:
        named = re.search(r"ending(?: in| with)? ?$", match.string[max(0, match.start() - 14) : match.start()])
        return digits_en(tail) if named else f"ending {digits_en(tail)}"
    return f"{_grouped(head)}, ending {digits_en(tail)}" if tail else f"beginning {_grouped(head)}"


def _extension(match: re.Match[str]) -> str:
    return ", extension " if match.string[match.start() - 1 : match.start()].isdigit() else "extension "


def _named(match: re.Match[str]) -> str:
    letters = f"{match['letters']} " if match["letters"] else ""
    return f"{match['name']}{match['gap']}{letters}{_grouped(match['digits'])}"


def _dotted(match: re.Match[str]) -> str:
    return " point ".join(decimal_en(part) if len(part) < 3 else digits_en(part) for part in match[0].split("."))


def _model(match: re.Match[str]) -> str:
    number = match[0]
    return number_en(int(number)) if len(number) == 3 and number.endswith("00") else digits_en(number)


# -- dates and times ---------------------------------------------------------------------------------------------------
def _iso_date(match: re.Match[str]) -> str:
    day = day_of(match)
    if day is None:
        return match[0]
    month = calendar.month_name[day.month]
    pause = "," if re.match(r"\s?\d", match.string[match.end() :][:2]) or match[0].endswith("T") else ""
    return f"{month}{f' {ordinal_en(day.day)},' if match['day'] else ''} {year_en(day.year)}{pause}"


def _in_year(match: re.Match[str]) -> str:
    return f", {year_en(int(match['year']))}" if match["year"] else ""


def _day_month(match: re.Match[str]) -> str:
    the = match["the"] or ("" if match["whose"] else "the ")
    upto = f"{ordinal_en(int(match['from']))} to the " if match["from"] else ""
    month = _MONTHS[match["month"][:3]]
    return f"{match['whose'] or ''}{the}{upto}{ordinal_en(int(match['day']))} of {month}{_in_year(match)}"


def _month_day(match: re.Match[str]) -> str:
    upto = f" to {ordinal_en(int(match['last']))}" if match["last"] else ""
    return f"{_MONTHS[match['month'][:3]]} {ordinal_en(int(match['day']))}{upto}{_in_year(match)}"


def _years(match: re.Match[str]) -> str:
    apart = re.sub(r"(?<=[A-Za-z])(?=\d{4})", " ", match[0])
    if match["month"]:
        apart = apart.replace(match["month"], _MONTHS[match["month"][:3]])
    return re.sub(r"\d{4}", lambda year: year_en(int(year[0])), apart)


def _decade(match: re.Match[str]) -> str:
    before, year = match["before"] or "", match["year"]
    if not before and year in ("20", "30", "60"):
        return f"{number_en(int(year))} seconds"
    return before.replace("'", "") + plural_en(year_en(int(year)) if len(year) == 4 else number_en(int(year)))


def _clock(match: re.Match[str]) -> str:
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), match["second"]
    half = {"a": " a m", "p": " p m"}.get((match["half"] or "").lower(), "")
    if hour == 0 and not half:
        if not minute and not int(second or 0):
            return "midnight"
        hour, half = 12, " a m"
    middle = f" {'oh ' if minute < 10 else ''}{number_en(minute)}" if minute else ("" if half else " o'clock")
    return f"{number_en(hour)}{middle}{_seconds(second)}{half}"


def _seconds(second: str | None) -> str:
    return f" and {number_en(int(second))} second{'' if int(second) == 1 else 's'}" if second and int(second) else ""


# -- amounts -----------------------------------------------------------------------------------------------------------
def _range(match: re.Match[str]) -> str:
    after = match.string[match.end() :][:20]
    counted, timed = (re.match(pattern, after) is not None for pattern in (_COUNTED, r"(?i: ?[ap]\.?m\b)"))
    return range_in_words(match, " to ", counted=counted, timed=timed) or match[0]


def _plural(name: str, number: str) -> str:
    if number == "1" or name.endswith("hertz"):
        return name
    if name in _PLURALS:
        return _PLURALS[name]
    head, space, rest = name.partition(" " if name.startswith("degree") else " per ")
    return f"{head}s{space}{rest}"


def _unit(match: re.Match[str]) -> str:
    return f"{decimal_en(match['number'])} {_plural(_UNITS[match['unit']], match['number'])}"


def _fraction(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 8) : match.start()]
    if not is_share(match) or re.search(r"\b(?:on|by|due|until|before|after|from|since) $", before):
        return match[0]
    part = {"2": "half", "4": "quarter", "100": "hundredth"}.get(match["bottom"]) or ordinal_en(int(match["bottom"]))
    whole = f"{decimal_en(match['whole'])} and " if match["whole"] else ""
    return f"{whole}{number_en(int(match['top']))} {part}{'' if match['top'] == '1' else 's'}"


def _money(match: re.Match[str]) -> str:
    first = _amount(match["sign"], match["amount"], match["scale"])
    if not match["to"]:
        return first
    last = _amount(match["sign"], match["to"], match["last"])
    if "." in match["amount"] + match["to"] and not (match["scale"] or match["last"]):
        return f"{first} to {last}"
    return f"{decimal_en(match['amount'])}{_scale(match['scale'])} to {last}"


def _scale(written: str) -> str:
    word = written.strip()
    return f" {_SCALES.get(word.lower(), word)}" if word else ""


def _amount(sign: str, number: str, scale: str) -> str:
    name, small = _CURRENCIES[sign.upper()]
    whole, _, part = number.replace(",", "").partition(".")
    if scale or len(part) > 2 or len(whole) > MOST_DIGITS or not small:
        plain = number if part.strip("0") or scale or len(part) > 2 else whole
        return f"{decimal_en(plain)}{_scale(scale)} {_plural(name, plain if not scale else '')}"
    cents = int(part.ljust(2, "0"))
    units = f"{number_en(int(whole))} {_plural(name, str(int(whole)))}" if int(whole) or not cents else ""
    rest = f"{number_en(cents)} {_plural(small, str(cents))}" if cents else ""
    return " and ".join(filter(None, (units, rest)))


# -- the rules ---------------------------------------------------------------------------------------------------------
_COUNTED: Final = r" ?%| (?:[a-z]+ )?(?:[a-z]{2,}[^aius\W]s|people|percent|yuan|times|men|women|children)\b"
_NO_COUNT: Final = rf"(?!\d|[.:]\d|,\d{{3}}(?!\d)|{_COUNTED})"
_NO_AMOUNT: Final = (  # a name's digits may be followed by a verb: "order 1234 ships"
    r"(?!\d|[.:]\d|,\d{3}(?!\d)| ?%| (?:dollars|euros|pounds|yuan|days|weeks|months|years|hours|minutes|seconds|people|times|calls)\b)"
)
_LETTERS: Final = r"(?P<letters>(?-i:[A-Z]{0,3}))[ -]?"
_GAP: Final = r"(?P<gap>\.?(?: is| are| was| no\.| number|:| #|#)*:? ?)"
_DIGITS: Final = rf"(?P<digits>\d+(?:[ -]\d+{_NO_AMOUNT})*){_NO_AMOUNT}"
_NAMED: Final = (
    r"(?i:\b(?P<name>ending(?: in| with)?|ends (?:in|with)(?! (?:19|20)\d\d\b)|last (?:\d|two|three|four|five|six)(?=\D{1,5}\d{3})"
    rf"|digits|code|pin|otp|passcode|password|extension){_GAP}{_LETTERS}{_DIGITS})"
)
_NUMBERED: Final = (
    r"(?i:\b(?P<name>number|id|acct|reference|ref|invoice|flight|policy|booking|room|suite|unit|gate|bus|box"
    rf"|apartment|apt|zip|passport|route|highway){_GAP}{_LETTERS}(?=\d(?:[ -]?\d){{2}}){_DIGITS})"
)
_ORDERED: Final = (  # four digits at least: "order 100 boxes" names nothing
    rf"(?i:\b(?P<name>card|account|order|ticket){_GAP}{_LETTERS}(?=\d(?:[ -]?\d){{3}}){_DIGITS})"
)
_DIALLED: Final = (
    r"(?i:\b(?P<name>call|dial|phone|ring|text(?: \w+ to)?|tel|telephone|hotline|helpline|fax|sms|mobile|cell)"
    r"(?P<gap>(?: us| me)?(?: at| on| is|:|\.)* ?)(?P<letters>)(?=\d(?:[ -]?\d){2})"
    rf"(?P<digits>\d+(?:[ -]\d+{_NO_COUNT})*){_NO_COUNT})"
)
_PHONE: Final = (
    r"(?<![\d.])(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .–-])[2-9]\d\d[ .–-]\d{4}(?!\d)"
    r"|(?:(?<!\d)\+?\d{1,3} ?)?\(\d{1,4}\)[ -]?\d(?:[ -]?\d){4,}"
    rf"|(?<!\d)(?<!\d[.,])(?:[2-9]\d\d[2-9]\d{{6}}|(?!\d{{6}}0000)\d{{10}}){_NO_COUNT}"
    r"|\+\d{5,}|(?<!\d)(?<!\d\.)\d{11,}(?!\d|\.\d)"
)
_EXTENSION: Final = r"(?i:,? ?\bext(?:\.|\b) ?(?=\d{1,5}(?!\d))|(?<=\d[ .-]\d{4}) ?x ?(?=\d{2,5}(?!\d)))"
_HALF: Final = r"(?P<half>[aApP])(?:\.[mM]\b\.?|[mM]\b)"
_RANGE: Final = range_pattern(rf"(?:[%‰]|(?i: ?(?:am|pm|a\.m\.|p\.m\.))|°[CF]?|℃|(?i:{_SCALE[:-1]}))?")
_MONTH: Final = rf"(?P<month>(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTHS.values())})\b)\.?"
_IN_YEAR: Final = r"(?:,? (?P<year>(?:1\d|2[01])\d\d)(?!\d|[.,:]\d))?"
_DAY_MONTH: Final = (
    r"(?P<whose>\b(?:our|your|my|his|her|their|this|a|an) )?(?P<the>\bthe )?(?<![\d.,:/$-])"
    r"(?:(?P<from>\d{1,2})(?:st|nd|rd|th)? to )?"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}{_IN_YEAR}"
)
_MONTH_DAY: Final = (
    rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: to (?P<last>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:| ?[ap]\.?m\b))?"
    rf"(?![\d:%]|[.,]\d| ?[ap]\.?m\b){_IN_YEAR}"
)
_YEAR: Final = (
    r"(?:\bFY ?|\bQ[1-4] |(?<=\d/))(?:19|20)\d\d(?!\d)|\b(?:19|20)\d\d(?= ?Q[1-4]\b)"
    r"|(?<!\d)(?<!\d[.,])(?:19|20)\d\d(?='s\b)"
    rf"|\b(?i:(?:between|from) )?(?:19|20)\d\d (?:to|and) (?:19|20)\d\d(?!\d|%|[.,:]\d|{_COUNTED})"
    rf"|\b(?i:of|from|after|before|between) (?:19|20)\d\d(?!\d|%|[.,:-]\d|{_COUNTED})"
    rf"|\b(?:(?i:in|since|until|till|during|year|by|summer|spring|autumn|fall|winter|early|late)|{_MONTH},?) [12]\d{{3}}"
    rf"(?!\d|%|[.,:-]\d|{_COUNTED})"
)
_DECADE: Final = (
    r"(?P<before>\b(?i:the|his|her|their|my|your|our|early|late|mid)[ -]'?|(?<!\w)')?"
    r"(?<![\d.,$])(?P<year>(?:1\d|20)\d0|[2-9]0)'?s\b"
)
_CLOCK: Final = (
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d|:\d)"
    rf"(?: ?{_HALF})?"
)
_MONEY: Final = (
    rf"(?i:(?P<sign>{SIGN})\s?(?P<amount>{NUMBER})(?P<scale>{_SCALE})"
    rf"(?: to {SIGN}(?P<to>{NUMBER})(?P<last>{_SCALE}))?)"
)
_UNIT: Final = (
    rf"(?<!\d)(?P<number>{NUMBER})(?!{MOBILE_NETWORK})\s?"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?![A-Za-z0-9²³])"
)
_TABLE: Final[tuple[tuple[str | re.Pattern[str], Say], ...]] = (
    (r"(?<![\w.])\.(?=\d)", lambda match: "0."),
    (MASK, _mask),
    (ADDRESS, lambda match: _numbers(match[0])),
    (DATES, lambda match: f"{match[1]} to {match[2]}"),
    (ISO_DATE, _iso_date),
    (YEAR_MONTH, _iso_date),
    (r"(?:\bNo\.|№|N[º°]|#)\s?(?=\d)", lambda match: "number "),
    (_EXTENSION, _extension),
    (_NAMED, _named),
    (_NUMBERED, _named),
    (_ORDERED, _named),
    (_DIALLED, _named),
    (_PHONE, lambda match: _grouped(match[0])),
    (COMPACT_DATE + _NO_COUNT, _iso_date),
    (
        r"(?<=\d)(k?)/(month|mo|year|yr|day|week|wk|hour|hr|h|minute|min|s|person|user|lesson|class|call|kg)\b",
        lambda m: f"{m[1]} per {_PER.get(m[2], m[2])}",
    ),
    (r"\b24/7\b", lambda match: "twenty four seven"),
    (r"(?<=\d/\d)\s?[-–~]\s?(?=\d/\d)", lambda match: " to "),
    (FRACTION, _fraction),
    (r"(?<=\d)\s?-\s?(?=\d+\s?=)", lambda match: " minus "),
    (rf"(?<=\d)\s?[–-]\s?(?={_MONTH} \d)", lambda match: " to "),
    (r"(?i:(?<=\d(?:st|nd|rd|th))\s?[–-]\s?(?=\d{1,3}(?:st|nd|rd|th)\b))", lambda match: " to "),
    (_RANGE, _range),
    grouped(_groups),
    (r"(?<=\d)x\b(?!\s?\d)", lambda match: " times"),
    (r"(?<=\d[kKmMbB])\+|(?<=[A-Za-z])\+(?=\d)", lambda match: " plus "),
    (OPERATORS, lambda m: f" {_SIGNS[m[0].strip()]} "),
    (rf"({SIGN})-(?=\d)", lambda match: f"minus {match[1]}"),
    (rf"(?<![\w\-–—~*/.,:)+])[+-](?={SIGN}?\d)", lambda match: "minus " if match[0] == "-" else "plus "),
    (_MONEY, _money),
    (_DAY_MONTH, _day_month),
    (_MONTH_DAY, _month_day),
    (_DECADE, _decade),
    (_YEAR, _years),
    (_CLOCK, _clock),
    (r"(?<![\d:.])(?P<hour>\d{1,2})(?P<minute>)(?P<second>) ?" + _HALF, _clock),
    (_UNIT, _unit),
    (r"(?:[kc]?m²|m³)", lambda match: _UNITS[match[0]]),
    (rf"(?<!\d)({NUMBER})\s?([%‰])", lambda m: f"{decimal_en(m[1])} {'percent' if m[2] == '%' else 'per thousand'}"),
    (
        r"(?<!\d)(?<!\d[.,])(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?i:st|nd|rd|th)\b",
        lambda m: ordinal_en(int(m[1].replace(",", ""))),
    ),
    (r"(?<=[A-Za-z])\d{3,}(?!\d|[.,]\d)|(?<=[A-Za-z]-)\d{3,}(?!\d|[.,]\d)", _model),
    (r"\^([23])(?!\d)", lambda match: " squared" if match[1] == "2" else " cubed"),
    (r"\^(\d{1,12})", lambda match: f" to the power of {decimal_en(match[1])}"),
    (DOTTED, _dotted),
    (r"(?<=\d):(?=\d)", lambda match: " to "),
    (NUMBER, lambda match: decimal_en(match[0])),
)


def _apart(say: Say) -> Say:
    """The words of a rule with blanks where they would touch the letters, digits or commas beside them."""

    def said(match: re.Match[str]) -> str:
        words, text = say(match), match.string
        if words == match[0]:
            return words
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if not before or before.isspace():
            words = words.lstrip()
        elif words[:1].isalnum() and (before.isalnum() or before == ","):
            words = f" {words}"
        if not after or after.isspace():
            return words.rstrip()
        return f"{words} " if words[-1:].isalnum() and after.isalnum() else words

    return said


RULES: Final[Rules] = tuple((re.compile(pattern), _apart(say)) for pattern, say in _TABLE)
