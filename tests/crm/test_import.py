"""CSV import: every error has its place and remedy; a file is imported once, in all shards or in none."""

import asyncio
import csv
import io
import sqlite3
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.import_csv import CsvOptions, CsvUnreadable, Field, read_csv
from crm.importer import Importer
from crm.lead import State
from crm.quota.window import Window
from crm.room import Crm
from crm.storage.errors import StorageBusy
from tests.crm.world import MONDAY_NOON, Line, line, number, opened

GOOD = (
    b"name,phone,zone,window,lang,priority,plan\r\n"
    b'"Lovelace, Ada",+1 202 555 0101,Europe/London,10:00-18:30,en-GB,3,gold\r\n'
    b"Grace,+12025550102,,,,,\r\n"
)


def test_a_good_file_becomes_drafts() -> None:
    reading = read_csv(GOOD)
    assert reading.errors == () and reading.duplicates == ()
    ada, grace = reading.rows
    assert (ada.line, ada.priority, ada.draft.name) == (2, 3, "Lovelace, Ada")
    assert ada.draft.number.e164 == "+12025550101"
    assert (ada.draft.zone, ada.draft.lang) == ("Europe/London", "en-GB")
    assert ada.draft.window == Window(start=time(10), end=time(18, 30))
    assert ada.draft.attributes == {"plan": "gold"} and grace.draft.attributes == {}
    assert (grace.draft.zone, grace.draft.lang, grace.draft.window) == (None, None, None)


def test_every_error_names_its_line_column_and_remedy() -> None:
    text = (
        "name,number,zone,window,lang,priority\n"
        '"two\nlines",+12025550101,,,,\n'
        "Ada,,,,,\n"
        "Bob,call me,,,,\n"
        "Cid,+12025550103,Berlin,,,\n"
        "Dot,+12025550104,,9-18,,\n"
        "Eve,+12025550105,,,english!,\n"
        "Fay,+12025550106,,,,high\n"
        "Gus,+12025550107\n"
        f"{'x' * 201},+12025550108,,,,\n"
        "Ida,2.02556E+11,Mars,25:00-26:00,,\n"
    )
    errors = read_csv(text.encode()).errors
    assert [(error.line, error.column) for error in errors] == [
        (4, "number"),
        (5, "number"),
        (6, "zone"),
        (7, "window"),
        (8, "lang"),
        (9, "priority"),
        (10, "row"),
        (11, "name"),
        (12, "number"),
        (12, "zone"),
        (12, "window"),
    ]
    assert all(error.what and error.remedy for error in errors)
    assert str(errors[2]) == (
        "line 6, zone: 'Berlin' is no time zone. Use an IANA name such as Europe/Berlin or Asia/Shanghai."
    )
    assert "spreadsheet" in errors[8].what


def test_errors_repeat_no_number_and_no_name() -> None:
    reading = read_csv(b"name,number\nAda Lovelace,+49 17\nGrace,030 123456\n")
    assert len(reading.errors) == 2
    shown = repr(reading)
    assert "Ada" not in shown and "123456" not in shown and "+49 17" not in shown


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xff\xfe\x00number", "not utf-8"),
        (b"name,age\nAda,36\n", "no column has numbers"),
        (b"number,phone\n1,2\n", "'number' and 'phone'"),
        (b"number,x,x\n1,2,3\n", "two columns"),
        (b'number\n"+12025550101\n+12025550102\n', "CSV"),
        (b"number\n+1\x002025550101\n", "."),
        (b"number\n" + b"1" * 200_000 + b"\n", "."),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(data: bytes, says: str) -> None:
    try:
        reading = read_csv(data, name="leads.csv")
    except CsvUnreadable as exc:
        assert says in str(exc) and str(exc).startswith("leads.csv") and exc.remedy
    else:
        assert says == "." and len(reading.errors) == 1


def test_the_line_of_an_open_quote_is_named() -> None:
    with pytest.raises(CsvUnreadable, match=r"leads\.csv:3"):
        read_csv(b'number,name\n+12025550101,Ada\n+12025550102,"Bob\n+12025550103,Cid\n', name="leads.csv")


def test_a_mapping_says_what_columns_mean() -> None:
    options = CsvOptions(mapping={"Rufnummer": Field.NUMBER, "Anrede": None, "Wer": Field.NAME}, region="DE")
    (row,) = read_csv("Wer;Anrede;Rufnummer;Ort\nAda;Frau;030 123456;Köln\n".encode(), options).rows
    assert (row.draft.name, row.draft.number.e164) == ("Ada", "+4930123456")
    assert row.draft.attributes == {"Ort": "Köln"}
    with pytest.raises(CsvUnreadable, match="'Nummer', which is no column"):
        read_csv(b"Rufnummer\n030 123456\n", CsvOptions(mapping={"Nummer": Field.NUMBER}))


def test_chinese_headers_and_encodings() -> None:
    data = "姓名,手机号\n王小明,13800138000\n".encode("gb18030")
    with pytest.raises(CsvUnreadable, match="gb18030"):
        read_csv(data)
    (row,) = read_csv(data, CsvOptions(encoding="gb18030", region="CN")).rows
    assert (row.draft.name, row.draft.number.e164) == ("王小明", "+8613800138000")


def test_a_number_counts_once_however_it_is_written() -> None:
    reading = read_csv(b"number\n+12025550101\n+12025550102\n+1 (202) 555-0101\n")
    assert [(duplicate.line, duplicate.first_line) for duplicate in reading.duplicates] == [(4, 2)]
    assert len(reading.rows) == 2


def test_until_midnight_is_a_window() -> None:
    (row,) = read_csv(b"number,window\n+12025550101,18:00-24:00\n").rows
    assert row.draft.window == Window(start=time(18), end=time())


@given(st.binary(max_size=300) | st.text(alphabet='number,;"\n\r\t +0123456789éx', max_size=200).map(str.encode))
def test_no_bytes_make_it_fall_over(data: bytes) -> None:
    try:
        reading = read_csv(b"number,name\n" + data)
    except CsvUnreadable as exc:
        assert exc.remedy
    else:
        lines = [row.line for row in reading.rows] + [error.line for error in reading.errors]
        assert all(1 < line <= data.count(b"\n") + data.count(b"\r") + 2 for line in lines)


@given(st.lists(st.tuples(st.text(max_size=40), st.integers(0, 99)), max_size=8))
def test_what_a_writer_writes_is_read(people: list[tuple[str, int]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "number"])
    for name, n in people:
        writer.writerow([name.replace("\0", ""), f"+120255501{n:02}"])
    reading = read_csv(text.getvalue().encode("utf-8", errors="replace"))
    assert reading.errors == ()
    assert len(reading.rows) == len({n for _, n in people})


def _file(first: int, last: int) -> bytes:
    rows = [f"Customer {n},{number(n).e164}" for n in range(first, last)]
    return "\n".join(["name,number", *rows]).encode()


async def test_a_file_becomes_customers_and_leads(crm: Crm, shop: Line) -> None:
    known = await shop.customer(1)
    report = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 40))
    assert (report.rows, report.created, report.leads, report.written) == (40, 39, 40, True)
    leads = await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON, 99)
    assert {lead.number for lead in leads} == {number(n) for n in range(40)}
    assert known.id in {lead.customer_id for lead in leads}
    customer = await crm.customers.by_number(shop.scope, number(7))
    assert customer is not None and (customer.source, customer.zone) == ("import", "America/New_York")
    kinds = [entry.kind for entry in await crm.timeline.of(shop.scope, customer.id)]
    assert kinds == ["registered", "lead_added"]


async def test_the_same_file_is_imported_once(crm: Crm, shop: Line) -> None:
    first = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 10))
    again = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 10))
    assert again.repeated and (again.rows, again.created, again.leads) == (first.rows, first.created, first.leads)
    other = await crm.campaigns.create(shop.scope, "summer", assistant="course_en", state="running")
    summer = await crm.importer.run(shop.scope, other.id, _file(0, 10))
    assert (summer.created, summer.leads, summer.repeated) == (0, 10, False)
    more = await crm.importer.run(shop.scope, shop.campaign.id, _file(5, 15))
    assert (more.created, more.leads) == (5, 5)


async def test_the_same_file_at_once_is_imported_once(crm: Crm, shop: Line, folder: Path) -> None:
    async with opened(folder) as other:
        await asyncio.gather(
            *(each.importer.run(shop.scope, shop.campaign.id, _file(0, 30)) for each in (crm, other, crm))
        )
    counts = await crm.leads.counts(shop.scope, shop.campaign.id)
    assert counts[State.READY] == 30 and sum(counts.values()) == 30


async def test_all_or_nothing_writes_nothing_when_a_row_is_wrong(crm: Crm, shop: Line) -> None:
    data = _file(0, 5) + b"\nBob,call me"
    report = await crm.importer.run(shop.scope, shop.campaign.id, data, all_or_nothing=True)
    assert not report.written and [error.line for error in report.errors] == [7]
    assert await crm.leads.of_campaign(shop.scope, shop.campaign.id) == []
    assert await crm.customers.by_number(shop.scope, number(0)) is None
    report = await crm.importer.run(shop.scope, shop.campaign.id, data)
    assert report.written and (report.created, len(report.errors)) == (5, 1)
    again = await crm.importer.run(shop.scope, shop.campaign.id, data)
    assert again.errors == report.errors and again.repeated


async def test_a_preview_writes_nothing(crm: Crm, shop: Line) -> None:
    report = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 5), preview=True)
    assert (report.rows, report.written) == (5, False)
    assert await crm.customers.by_number(shop.scope, number(0)) is None


async def test_a_shard_that_fails_leaves_nothing_in_the_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.storage.database.BUSY_TIMEOUT_S", 0.1)
    async with opened(folder) as crm:
        shop = await line(crm)
        other = sqlite3.connect(folder / "customer-3.db")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy, match="customer-3"):
            await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 40))
        counts = await crm.leads.counts(shop.scope, shop.campaign.id)
        assert counts[State.READY] == 0, "nobody is called of an import that failed"
        other.rollback()
        other.close()
        report = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 40))
        assert (report.created, report.leads, report.repeated) == (40, 40, False)
        assert len(await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON, 99)) == 40


async def test_an_import_that_failed_is_undone(crm: Crm, shop: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    known = await shop.customer(1)
    written: list[object] = []
    write = Importer._write_part

    async def fails_in_the_third_shard(self: Importer, *args: object) -> None:
        if len(written) == 2:
            raise StorageBusy("for the test")
        written.append(args)
        await write(self, *args)  # type: ignore[arg-type]  # as they came

    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_write_part", fails_in_the_third_shard)
        with pytest.raises(StorageBusy):
            await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 40))
    assert await crm.leads.of_campaign(shop.scope, shop.campaign.id) == []
    for n in range(40):
        assert (await crm.customers.by_number(shop.scope, number(n)) is not None) == (n == 1)
    assert await crm.customers.get(shop.scope, known.id) == known
    report = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 40))
    assert (report.created, report.leads) == (39, 40)


async def test_an_import_that_died_half_way_is_finished_by_the_same_file(
    crm: Crm, shop: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    async def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_release", die)
        with pytest.raises(Died):
            await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 20))
    assert await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON, 99) == [], "held until it is whole"
    report = await crm.importer.run(shop.scope, shop.campaign.id, _file(0, 20))
    assert (report.created, report.leads, report.repeated) == (20, 20, False)
    assert len(await crm.leads.next_for(shop.scope, shop.campaign.id, MONDAY_NOON, 99)) == 20


async def test_a_campaign_that_says_attributes_to_people_imports_masked_ones_only(crm: Crm, shop: Line) -> None:
    data = f"number,card\n{number(1).e164},1234\n{number(2).e164},4111111111111234\n".encode()
    reminders = await crm.campaigns.create(
        shop.scope, "reminders", assistant="reminder_en", state="draft", mode="one_sentence"
    )
    report = await crm.importer.run(shop.scope, reminders.id, data)
    assert (report.rows, report.leads) == (1, 1)
    assert [(error.line, error.column) for error in report.errors] == [(3, "card")]
    other = await crm.importer.run(shop.scope, shop.campaign.id, data)
    assert (other.rows, other.errors) == (2, ())
