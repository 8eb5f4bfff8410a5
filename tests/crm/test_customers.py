"""Customers, numbers and subjects: one person one customer, nobody's number in a repr."""

import asyncio
from pathlib import Path

import pytest

from crm.customer import CustomerDraft, GradedBy, NumberOfAnother
from crm.number import NumberInvalid, PhoneNumber, parse_number, zone_of
from crm.room import Crm
from crm.subject import SubjectKey, SubjectKeyWrong
from crm.zone import ZoneUnknown
from kernel.tenant import Scope
from tests.crm.world import Line, number, opened


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("+49 30 123456", None, "+4930123456"),
        ("030/12 34 56", "DE", "+4930123456"),
        ("0049 30 123456", "DE", "+4930123456"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, region: str | None, e164: str) -> None:
    assert parse_number(text, region).e164 == e164


@pytest.mark.parametrize(
    "text", ["", "call me", "030 123456", "+49", "+999 123456", "12", "+1 202 555", "+" + "1" * 40]
)
def test_what_is_no_number_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NumberInvalid) as caught:
        parse_number(text)
    assert caught.value.remedy
    assert len(text) < 3 or text not in str(caught.value)


def test_a_number_does_not_show_itself() -> None:
    it = parse_number("+4930123456")
    assert repr(it) == "PhoneNumber(***3456)" and f"{it}" == "***3456" and "30123" not in repr([it, {"n": it}])


def test_the_zone_of_an_area_is_known_and_that_of_a_country_with_many_is_not() -> None:
    assert zone_of(parse_number("+12025550123")) == "America/New_York"
    assert zone_of(parse_number("+8613800138000")) == "Asia/Shanghai"
    assert zone_of(parse_number("+18005550123")) is None


def test_a_subject_is_a_keyed_hash() -> None:
    key, other = SubjectKey(b"k" * 32), SubjectKey(b"o" * 32)
    assert key.hash_of(number(1)) == key.hash_of(PhoneNumber(e164=number(1).e164)) != key.hash_of(number(2))
    assert key.hash_of(number(1)) != other.hash_of(number(1))
    assert "kkk" not in repr(key) and key.check_value not in (key.hash_of(number(1)), other.check_value)
    with pytest.raises(SubjectKeyWrong):
        SubjectKey(b"short")


async def test_one_number_is_one_subject_for_every_tenant(crm: Crm, shop: Line, bank: Line) -> None:
    here, there = await shop.customer(1), await bank.customer(1)
    assert here.id != there.id
    assert here.numbers[0].subject_id == there.numbers[0].subject_id == await crm.subjects.of(number(1))
    assert await crm.subjects.find(number(2)) is None


async def test_registering_twice_finds_the_customer(crm: Crm, shop: Line) -> None:
    first = await crm.customers.register(shop.scope, CustomerDraft(number=number(1), name="Ada"))
    second = await crm.customers.register(shop.scope, CustomerDraft(number=number(1), name="Someone"))
    assert first.created and not second.created
    assert second.customer == first.customer


async def test_registering_at_once_makes_one_customer(crm: Crm, shop: Line, folder: Path) -> None:
    draft = CustomerDraft(number=number(1))
    async with opened(folder) as other:
        found = await asyncio.gather(
            *((crm if n % 2 else other).customers.register(shop.scope, draft) for n in range(20))
        )
    assert len({registered.customer.id for registered in found}) == 1
    assert sum(registered.created for registered in found) == 1


async def test_a_claim_that_was_never_written_is_written_by_the_next(crm: Crm, shop: Line) -> None:
    """A crash between the directory and the shard."""
    identity = (await crm.customers._directory.claim(shop.scope, [number(1)]))[number(1)]
    assert await crm.customers.by_number(shop.scope, number(1)) is None
    registered = await crm.customers.register(shop.scope, CustomerDraft(number=number(1), name="Ada"))
    assert registered.created and registered.customer.id == identity.customer_id


async def test_zone_and_language_come_from_the_draft_the_number_or_the_tenant(crm: Crm) -> None:
    tenant = await crm.tenants.create("shop", zone="Europe/Vienna", lang="de")
    scope = Scope(tenant_id=tenant.id)
    told = await crm.customers.register(scope, CustomerDraft(number=number(1), zone="Asia/Tokyo", lang="ja"))
    area = await crm.customers.register(scope, CustomerDraft(number=number(2)))
    none = await crm.customers.register(scope, CustomerDraft(number=parse_number("+18005550123")))
    assert (told.customer.zone, told.customer.lang) == ("Asia/Tokyo", "ja")
    assert (area.customer.zone, area.customer.lang) == ("America/New_York", "de")
    assert none.customer.zone == "Europe/Vienna"


async def test_a_zone_that_is_none_is_refused_and_claims_nothing(crm: Crm, shop: Line) -> None:
    with pytest.raises(ZoneUnknown, match="IANA"):
        await crm.customers.register(shop.scope, CustomerDraft(number=number(1), zone="Berlin"))
    assert await crm.subjects.find(number(1)) is None
    customer = await shop.customer(1)
    with pytest.raises(ZoneUnknown):
        await crm.customers.update(shop.scope, customer.id, zone="../../etc/passwd")
    with pytest.raises(ZoneUnknown):
        await crm.tenants.create("other", zone="America")


async def test_one_identity_over_several_numbers(crm: Crm, shop: Line) -> None:
    customer = await shop.customer(1)
    with_two = await crm.customers.add_number(shop.scope, customer.id, number(2))
    assert [known.number for known in with_two.numbers] == [number(1), number(2)]
    assert await crm.customers.add_number(shop.scope, customer.id, number(2)) == with_two
    assert await crm.customers.by_number(shop.scope, number(2)) == with_two
    registered = await crm.customers.register(shop.scope, CustomerDraft(number=number(2)))
    assert not registered.created and registered.customer.id == customer.id
    await shop.customer(3)
    with pytest.raises(NumberOfAnother):
        await crm.customers.add_number(shop.scope, customer.id, number(3))


async def test_a_persons_word_on_the_grade_stands_over_the_machines(crm: Crm, shop: Line) -> None:
    customer = await shop.customer(1)
    await crm.customers.grade(shop.scope, customer.id, "B", GradedBy.HUMAN)
    await crm.customers.grade(shop.scope, customer.id, "E", GradedBy.MACHINE)
    graded = await crm.customers.get(shop.scope, customer.id)
    assert (graded.grade, graded.grade_machine, graded.grade_human) == ("B", "E", "B")


async def test_ownership_and_notes_are_on_the_timeline(crm: Crm, shop: Line) -> None:
    customer = await shop.customer(1)
    await crm.customers.assign(shop.scope, customer.id, 7)
    await crm.customers.assign(shop.scope, customer.id, 8)
    await crm.customers.note(shop.scope, customer.id, "likes mornings")
    entries = await crm.timeline.of(shop.scope, customer.id)
    assert [entry.kind for entry in entries] == ["registered", "assigned", "assigned", "note"]
    assert (entries[2].data["owner_id"], entries[2].data["before"]) == (8, 7)
    assert (await crm.customers.get(shop.scope, customer.id)).owner_id == 8


async def test_no_repr_shows_a_person(crm: Crm, shop: Line) -> None:
    lead = await shop.lead(1, name="Ada Lovelace", attributes={"address": "12 St James's Square"})
    customer = await crm.customers.get(shop.scope, lead.customer_id)
    opt_out = await crm.opt_outs.add(shop.scope, lead.subject_id, source="call", evidence="Ada said stop")
    for thing in (lead, customer, opt_out, CustomerDraft(number=number(1), name="Ada")):
        shown = repr(thing)
        assert "Ada" not in shown and "5550001" not in shown and "James" not in shown


async def test_consent_is_the_latest_word_on_a_purpose(crm: Crm, shop: Line) -> None:
    customer = await shop.customer(1)
    assert not await crm.consents.stands(shop.scope, customer.id, "marketing_calls")
    for given in (True, False, True):
        await crm.consents.record(
            shop.scope, customer.id, purpose="marketing_calls", given=given, source="web", evidence="form 7"
        )
    assert await crm.consents.stands(shop.scope, customer.id, "marketing_calls")
    assert not await crm.consents.stands(shop.scope, customer.id, "profiling")
    assert len(await crm.consents.of(shop.scope, customer.id)) == 3
