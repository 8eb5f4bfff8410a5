"""Mandarin as it is said on the telephone. Each rule works on what those before it left; `RULES` is their order.

- one by one: after 尾号, 末四位, 单号 and their like; with 幺 for one: telephone numbers, what is dialled, rooms, flights;
- 2024年 and 2025-12-03 are dates, 3-5天 a range (到), 3:2 a score (比), 1/2 a fraction;
- 两 counts, 二 orders (第二次) and names (二月, 二年级).
"""

import re
from typing import Final

from speech.numerals import MOST_DIGITS, counted_zh, decimal_zh, digits_zh, number_zh
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

_MEASURES: Final = "个位节次天周年元分点名种堂门套张人遍倍百千万亿家款本台部件份条笔米斤秒封辆杯瓶盒包箱只双把句步组批轮场趟回岁块届所间行夜"
_UNIT_WORDS: Final = "小时|课时|学分|对(?!\\d)|公[里斤分]|千[克瓦米]|厘米|毫[米升克]|平方|平米|立方|升(?!级)|克|美[元分]|欧[元分]|英镑|便士|港元"
_COUNTED: Final = rf"\s?(?:(?!年级|分之|次方)[{_MEASURES}]|{_UNIT_WORDS})"
_NO_COUNT: Final = (  # what stands after the digits of a name or a number to dial
    r"(?!\d|[.:]\d|,\d{3}(?!\d)|\s?(?:[次通遍位元块秒年天万亿折倍条家份件张套台节课多余%]|个(?!人)|名(?!下)|人(?!工)|分钟|小时"
    r"|[点月][\d前后以]))"
)
_STRING: Final = rf"(?P<digits>(?>\d+(?:[ -]\d+{_NO_COUNT})*)){_NO_COUNT}"
_UNITS: Final = pairs(
    "kg:公斤; g:克; mg:毫克; km/h:公里每小时; m/s:米每秒; km:公里; m:米; cm:厘米; mm:毫米; m²:平方米; ㎡:平方米; m³:立方米; cm²:平方厘米; km²:平方公里; "
    "l:升; L:升; ml:毫升; mL:毫升; kWh:千瓦时; kW:千瓦; W:瓦; V:伏; mAh:毫安时; Hz:赫兹; MHz:兆赫兹; GHz:吉赫兹; h:小时; min:分钟; s:秒; ℃:摄氏度; °C:摄氏度; ℉:华氏度; °F:华氏度; °:度; "
    "$:美元; ¥:元; €:欧元; £:英镑; RMB:元; CNY:元; USD:美元; HKD:港元; EUR:欧元; GBP:英镑"
)
_CURRENCIES: Final = {
    "¥": ("元", ""),
    "RMB": ("元", ""),
    "CNY": ("元", ""),
    "$": ("美元", "美分"),
    "US$": ("美元", "美分"),
    "USD": ("美元", "美分"),
    "HK$": ("港元", ""),
    "HKD": ("港元", ""),
    "€": ("欧元", "欧分"),
    "EUR": ("欧元", "欧分"),
    "£": ("英镑", "便士"),
    "GBP": ("英镑", "便士"),
}
_SIGNS: Final = pairs(
    "≥:大于等于; ≤:小于等于; >:大于; <:小于; ≈:约等于; ±:正负; =:等于; +:加; ×:乘; x:乘; X:乘; *:乘; ÷:除以"
)


def _mask(match: re.Match[str]) -> str:
    head, tail = match["head"] or "", match["tail"] or ""
    if not tail and (not head or match["mask"][0] in "xX"):
        return match[0]
    phone = head.startswith("1") and len(head) == 3
    ending = digits_zh(tail, phone=phone)
    if not head:
        named = re.search(r"(?:尾号|[末后]\S位)[是为:： ]*$", match.string[max(0, match.start() - 12) : match.start()])
        return ending if named else f"尾号{ending}"
    return f"{digits_zh(head, phone=phone)}{f'，尾号{ending}' if tail else '开头'}"


def _one_by_one(match: re.Match[str]) -> str:
    return re.sub(r"\d", lambda digit: digits_zh(digit[0]), match[0])


def _phone(match: re.Match[str]) -> str:
    return digits_zh(match[0], phone=True)


def _dialled(match: re.Match[str]) -> str:
    return match["name"] + digits_zh(match["digits"], phone=True)


def _named(match: re.Match[str]) -> str:
    place = re.sub(r"\d", lambda digit: digits_zh(digit[0]), match["name"])
    return place + digits_zh(match["digits"], phone=re.fullmatch(r"1[3-9]\d{9}", match["digits"]) is not None)


def _room(match: re.Match[str]) -> str:
    *before, room = match[0].split("-")
    return "杠".join([*map(decimal_zh, before), digits_zh(room, phone=True)])


def _model(match: re.Match[str]) -> str:
    number = match[0]
    return number_zh(int(number)) if len(number) == 3 and number.endswith("00") else digits_zh(number, phone=True)


def _iso_date(match: re.Match[str]) -> str:
    day = day_of(match)
    if day is None:
        return match[0]
    return f"{digits_zh(match['year'])}年{number_zh(day.month)}月" + (f"{number_zh(day.day)}日" if match["day"] else "")


def _date(match: re.Match[str]) -> str:
    year = f"{digits_zh(match['year'])}年" if match["year"] else ""
    return f"{year}{decimal_zh(match['month'])}月{decimal_zh(match['day'])}{match['name']}"


def _range(match: re.Match[str]) -> str:
    unit, after = match["unit"], match.string[match.end() :][:4]
    if unit and match["sep"].startswith("—") and not (after.startswith(unit) or unit[-1] in "年月日号点分时%‰"):
        return match[0]  # a dash between two thoughts
    counted = re.match(rf"{_COUNTED}|[月日号%‰]", after) is not None
    return range_in_words(match, "到", counted=counted) or match[0]


def _groups(text: str) -> str | None:
    if is_string(text):
        return digits_zh(text, phone=True)
    return None if " " in text else "杠".join(map(decimal_zh, re.split("[–-]", text)))


def _fraction(match: re.Match[str]) -> str:
    if not is_share(match) or match.string[max(0, match.start() - 1) : match.start()] == "第":
        return match[0]
    whole = f"{decimal_zh(match['whole'])}又" if match["whole"] else ""
    return f"{whole}{number_zh(int(match['bottom']))}分之{number_zh(int(match['top']))}"


def _money(match: re.Match[str]) -> str:
    unit, small = _CURRENCIES[match["sign"]]
    if match["scale"] or match["to"]:
        upto = f"到{counted_zh(match['to'])}" if match["to"] else ""
        return f"{counted_zh(match['amount'])}{match['scale'] or ''}{upto}{match['last'] or ''}{unit}"
    return _amount(match["amount"], unit, small)


def _yuan(match: re.Match[str]) -> str:
    if match["unit"] == "元":
        return _amount(match["amount"], "元", "")
    return _amount(match["amount"], "块", "").replace("角", "毛") + match["unit"][1:]


def _amount(written: str, unit: str, small: str) -> str:
    whole, _, part = written.replace(",", "").partition(".")
    if len(part) > 2 or len(whole) > MOST_DIGITS or bool(part and not small and unit not in ("元", "块")):
        return f"{decimal_zh(f'{whole}.{part}' if part else whole)}{unit}"
    jiao, fen = (int(one) for one in part.ljust(2, "0"))
    said = f"{counted_zh(str(int(whole)))}{unit}" if int(whole) or not (jiao or fen) else ""
    if small:
        cents = 10 * jiao + fen
        return said + (f"{counted_zh(str(cents))}{small}" if cents else "")
    said += f"{digits_zh(str(jiao))}角" if jiao else ""
    return said + (f"{'零' if said and not jiao else ''}{digits_zh(str(fen))}分" if fen else "")


def _clock(match: re.Match[str]) -> str:
    minute, second = int(match["minute"]), match["second"]
    part = {"a": "上午", "p": "下午"}.get((match["half"] or "").lower(), "")
    beside = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() : match.end() + 1]
    if second:
        rest = f"{_minutes(minute)}{_minutes(int(second)).replace('分', '秒')}"
    elif minute == 30:
        rest = "半"
    else:
        rest = _minutes(minute) if minute else ("" if re.search("[到至整前后左]", beside) else "整")
    return f"{part}{counted_zh(str(int(match['hour'])))}点{rest}"


def _minutes(minute: int) -> str:
    return f"{'零' if minute < 10 else ''}{number_zh(minute)}分" if minute else "零分"


def _oclock(match: re.Match[str]) -> str:
    hour = counted_zh(str(int(match["hour"])))
    if match["minute"] is None:
        return f"{hour}点"
    minute = int(match["minute"])
    return f"{hour}点{'半' if minute == 30 else _minutes(minute)}"


def _percent(match: re.Match[str]) -> str:
    share = {"%": "百分之", "‰": "千分之"}[match["sign"]]
    upto = f"{decimal_zh(match['from'])}到" if match["from"] else ""
    whole = match["number"] == "100" and share == "百分之" and not upto
    return share + upto + ("百" if whole else decimal_zh(match["number"]))


_UNIT: Final = (
    rf"(?<=\d)(?!{MOBILE_NETWORK})\s?({'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})"
    r"(?![A-Za-z²³]|\d(?!\d?(?:min|s|分)))"
)
_MONEY: Final = (
    rf"(?P<sign>{SIGN})\s?(?P<amount>{NUMBER})(?P<scale>[百千万亿]+)?"
    rf"(?:到{SIGN}(?P<to>{NUMBER})(?P<last>[百千万亿]+)?)?元?"
)
_PER: Final = "(?=[月年天日次人个节周件位户]|课时|小时|分钟?|平米)"
_RANGE: Final = range_pattern(r"[%‰]|(?:(?![到至])[\u4e00-\u9fff]){0,3}")
_NAMED: Final = (
    r"(?P<name>(?:尾[号数]|[末后前](?:\d|[一二两三四五六七八])位(?:数字?|号码)?|(?<![\d一二三四五六七八九十几第])号|码|密码|口令"
    r"|邮编|车牌|分机|QQ群?|微信|[卡行][(（](?=\d{4}[)）]))[是为:： ]*(?:[A-Za-z]{1,4}-?)?)"
)
_DIALLED: Final = (
    r"(?P<name>(?:拨打|致电|拨|打|热线|客服|呼叫|专线|传真|座机|(?:发送?|回复)\S{1,8}?[到至]|电话(?:号码?)?|手机号码?|号码"
    r"|[发回][送复]?[到至])[是为:：（( ]*)(?=\d(?:[ -]?\d){2})"
)
_SERVICE: Final = r"(?<![\d.,A-Za-z-])\d{3,6}(?=\s?(?:客服|热线|报警|急救|专线|短信|服务热线|服务电话))"
_PHONE: Final = (
    r"(?<![\d-])(?:[(（]0\d{2,3}[)）]\s?|0\d{2,3}[ –-])\d{3,4}[ -]?\d{4}(?:-\d{1,6})?(?!\d)"
    rf"|(?<![\d.,])(?!\d{{6}}0000)\d{{10}}{_NO_COUNT}|(?<![\d.,])[48]00[ –-]?\d{{3}}[ –-]?\d{{4}}{_NO_COUNT}"
    rf"|(?<![\d.,A-Za-z-])95\d{{3}}{_NO_COUNT}|\+\d{{5,}}|(?<!\d)(?<!\d\.)\d{{11,}}(?!\d|\.\d)"
)
_YEAR: Final = (
    r"(?<![\d.,])(?:[12]\d{3}(?=\s?[学财]?年|/[12]\d{3}[学财]?年)|(?!2000)(?:19|20)\d\d(?=[届款版财级春秋]|Q[1-4])"
    r"|(?:19|20)\d\d(?=(?:[到至、和与及](?:19|20)\d\d)+\s?[学财]?年)"
    r"|\d{2,3}(?=[xX]{1,2}年)|(?:19|20)\d\d到(?:19|20)\d\d(?=年|[^\d.,]|$)(?!\s?(?!年)" + _COUNTED + "))"
)
_CLOCK: Final = (
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d|:\d)"
    r"(?:\s?(?P<half>[aApP])\.?[mM]\b\.?)?"
)
_OCLOCK: Final = (
    r"(?<![\d.:])(?P<hour>\d{1,2})点(?:(?P<minute>\d{1,2})(?:分(?!钟)|(?<=点[0-5]\d)(?!\d|[.:]|" + _COUNTED + ")))?"
)
_MINUS: Final = rf"(?<![0-9A-Za-z\-–—~*/.,:)）零幺一二三四五六七八九十百千万亿])-(?={SIGN}?\d)"

_TABLE: Final[tuple[tuple[str | re.Pattern[str], Say], ...]] = (
    (r"(?<![\w.])\.(?=\d)", lambda match: "0."),
    (MASK, _mask),
    (ADDRESS, _one_by_one),
    (r"(?<=\d)[wW](?=[+元块人粉])", lambda match: "万"),
    (r"(?<=\d[千万亿])\+|(?<=[A-Za-z])\+(?=\d)", lambda match: "加"),
    (_UNIT, lambda match: _UNITS[match[1]]),
    (r"(?:[kc]?m²|m³)", lambda match: _UNITS[match[0]]),
    (DATES, lambda match: f"{match[1]}到{match[2]}"),
    (ISO_DATE, _iso_date),
    (YEAR_MONTH, _iso_date),
    (r"(?:(?<![A-Za-z])No\.?|№|N[º°]|#)\s?(?=\d{1,3}(?!\d))", lambda match: "第"),
    (r"(?:(?<![A-Za-z])No\.?|№|N[º°]|#)\s?(?=\d{4})", lambda match: "编号"),
    (r"(?<=\d)#(?=[楼栋座线房仓机])", lambda match: "号"),
    (_DIALLED + _STRING, _dialled),
    (_NAMED + _STRING, _named),
    (_SERVICE, _phone),
    (_PHONE, _phone),
    (COMPACT_DATE + _NO_COUNT, _iso_date),
    (r"(?P<name>(?<=[零幺二三四五六七八九机])转\s?)(?P<digits>\d{2,6})" + _NO_COUNT, _dialled),
    (r"(?<![\dA-Za-z.-])(?:\d{1,4}-)*\d{3,4}(?=号?[室房](?!间))", _room),
    (rf"(?:(?<=单元)|(?<=\d[栋座幢]))\d{{3,4}}{_NO_COUNT}", _room),
    (r"(?<!\d)\d{1,2}·\d{1,2}(?!\d)", lambda match: digits_zh(match[0])),
    (r"(?<=\d/\d)\s?[-–~]\s?(?=\d/\d)", lambda match: "到"),
    (rf"(?<=\d)([\u4e00-\u9fff]{{0,2}})/{_PER}", lambda match: f"{match[1]}每"),
    (FRACTION, _fraction),
    (r"(比[例分率重][是为:： ]*\d+)[:-](?=\d)", lambda match: f"{match[1]}比"),
    (r"(?<=\d)\s?-\s?(?=\d+\s?=)", lambda match: "减"),
    (_RANGE, _range),
    grouped(_groups),
    (OPERATORS, lambda match: _SIGNS[match[0].strip()]),
    (rf"-(?={NUMBER}(?:到-?{NUMBER})?(?:摄氏度|华氏度|度))", lambda match: "零下"),
    (rf"({SIGN})-(?=\d)", lambda match: f"负{match[1]}"),
    (_MINUS, lambda match: "负"),
    (_MINUS.replace("])-(", r"+])\+("), lambda match: "加"),
    (_MONEY, _money),
    (rf"(?<!\d)(?P<amount>{NUMBER})\s?(?P<unit>元|块钱|块)", _yuan),
    (r"(?:(?P<year>\d{4})年)?(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})(?P<name>[日号])", _date),
    (_YEAR, _one_by_one),
    (r"(?<=\d米)\d{2}(?!\d)", _one_by_one),
    (r"(?<![\d.,])(?:[5-9][05]|[01]0|05)(?=后(?![天来续]))|(?<![\d.,])[1-9]\d(?=折)", _one_by_one),
    (r"(?<![\d.,])2(?=到\d{1,2}点)", lambda match: "两"),
    (_CLOCK, _clock),
    (_OCLOCK, _oclock),
    (r"(?<=\d):(?=\d)", lambda match: "比"),
    (rf"(?<!\d)(?:(?P<from>{NUMBER})到)?(?P<number>{NUMBER})\s?(?P<sign>[%‰])", _percent),
    (r"(?<=[A-Za-z])\d{3,}(?![\d.,])|(?<=[A-Za-z]-)\d{3,}(?![\d.,])", _model),
    (r"\^(\d{1,12})", lambda match: f"的{decimal_zh(match[1])}次方"),
    (DOTTED, lambda match: "点".join(map(digits_zh, match[0].split(".")))),
    (
        rf"第\s?{NUMBER}(?:[到、]{NUMBER})*",
        lambda match: re.sub(NUMBER, lambda number: decimal_zh(number[0]), match[0]),
    ),
    (rf"(?<![\d.,])2(?={_COUNTED}|[到、]{NUMBER}{_COUNTED})", lambda match: "两"),
    (NUMBER, lambda match: decimal_zh(match[0])),
)
RULES: Final[Rules] = tuple((re.compile(pattern), say) for pattern, say in _TABLE)
