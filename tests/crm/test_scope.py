"""Another tenant's rows are invisible: every method that takes a scope is tried with the wrong one."""

import inspect
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from crm.attempt import Attempt, GrantUsed
from crm.call_record import CallResult
from crm.callback import Callback
from crm.customer import Customer, CustomerDraft, GradedBy
from crm.errors import NotFound
from crm.journal import Event
from crm.lead import Lead
from crm.quota.decision import Decision
from crm.quota.grant import Grant
from crm.quota.rules import Limits
from crm.room import Crm
from kernel.tenant import Role, Scope, UserId
from tests.crm.world import MONDAY_NOON, Line, number

SOON = MONDAY_NOON + timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """What the shop has, with the number of the customer known to the bank too or not."""

    line: Line
    customer: Customer
    lead: Lead
    waiting: Lead
    attempt: Attempt
    callback: Callback
    grant: Grant
    agent_id: int


async def _everything_of(shop: Line) -> Theirs:
    crm = shop.crm
    lead, waiting = await shop.lead(1), await shop.lead(2)
    grant = await shop.grant(lead)
    attempt = await crm.attempts.claim(shop.scope, lead.id, grant)
    assert attempt is not None
    await crm.attempts.mark_dialling(shop.scope, attempt.id)
    await crm.attempts.mark_dialled(shop.scope, attempt.id)
    await crm.attempts.mark_answered(shop.scope, attempt.id)
    await crm.calls.record(shop.scope, attempt.id, CallResult(outcome="completed", robot={"first_sound_ms": 900}))
    await crm.journal.append(shop.scope, attempt.id, Event(kind="said", data={"text": "hello"}))
    await crm.consents.record(shop.scope, lead.customer_id, purpose="calls", given=True, source="web")
    callback = await crm.callbacks.book(shop.scope, waiting.id, SOON, note="soon")
    lead3 = await shop.lead(3)
    await crm.opt_outs.add(shop.scope, lead3.subject_id, source="call", evidence="no")
    await crm.quota.reserve(shop.scope, lead3)
    agent = await crm.agents.create(shop.scope, "Bea")
    await crm.users.create(shop.scope, "bea", "correct horse", [Role.AGENT])
    await crm.drafts.save(as_user(shop), attempt.id, note="likes mornings", outcome="do_not_call", etag="")
    customer = await crm.customers.get(shop.scope, lead.customer_id)
    return Theirs(
        line=shop,
        customer=customer,
        lead=lead,
        waiting=waiting,
        attempt=attempt,
        callback=callback,
        grant=grant,
        agent_id=agent.id,
    )


def as_user(line: Line) -> Scope:
    """The same user id in both tenants: what is theirs must not hang on it alone."""
    return replace(line.scope, user_id=UserId(7))


Try = Callable[[Crm, Line, Theirs], Awaitable[object]]
DENIED = Decision(retry_at=SOON)

# What the bank finds when it asks with its own scope for the shop's things: an error, or nothing of it.
BLIND: dict[str, tuple[Try, object]] = {
    "tenants.get": (lambda crm, bank, t: crm.tenants.get(bank.scope), lambda bank: bank.tenant),
    "tenants.limits": (lambda crm, bank, t: crm.tenants.limits(bank.scope), Limits()),
    "tenants.set_limits": (lambda crm, bank, t: crm.tenants.set_limits(bank.scope, Limits()), None),
    "customers.register": (
        lambda crm, bank, t: _registered(crm, bank, t),
        False,
    ),
    "customers.get": (lambda crm, bank, t: crm.customers.get(bank.scope, t.customer.id), NotFound),
    "customers.by_number": (lambda crm, bank, t: crm.customers.by_number(bank.scope, number(2)), None),
    "customers.add_number": (
        lambda crm, bank, t: crm.customers.add_number(bank.scope, t.customer.id, number(9)),
        NotFound,
    ),
    "customers.update": (lambda crm, bank, t: crm.customers.update(bank.scope, t.customer.id, name="x"), NotFound),
    "customers.assign": (lambda crm, bank, t: crm.customers.assign(bank.scope, t.customer.id, 1), NotFound),
    "customers.grade": (
        lambda crm, bank, t: crm.customers.grade(bank.scope, t.customer.id, "A", GradedBy.HUMAN),
        NotFound,
    ),
    "customers.note": (lambda crm, bank, t: crm.customers.note(bank.scope, t.customer.id, "x"), NotFound),
    "leads.add": (lambda crm, bank, t: crm.leads.add(bank.scope, bank.campaign.id, t.customer.id), NotFound),
    "leads.get": (lambda crm, bank, t: crm.leads.get(bank.scope, t.lead.id), NotFound),
    "leads.next_for": (lambda crm, bank, t: crm.leads.next_for(bank.scope, t.lead.campaign_id, SOON, 9), []),
    "leads.of_campaign": (lambda crm, bank, t: crm.leads.of_campaign(bank.scope, t.lead.campaign_id), []),
    "leads.of_customer": (lambda crm, bank, t: crm.leads.of_customer(bank.scope, t.customer.id), []),
    "leads.counts": (lambda crm, bank, t: _sum(crm, bank, t), 0),
    "leads.due_at": (lambda crm, bank, t: crm.leads.due_at(bank.scope, t.lead.campaign_id), None),
    "leads.denied": (lambda crm, bank, t: crm.leads.denied(bank.scope, t.waiting.id, DENIED), NotFound),
    "leads.postpone": (lambda crm, bank, t: crm.leads.postpone(bank.scope, t.waiting.id, SOON), NotFound),
    "leads.stop": (lambda crm, bank, t: crm.leads.stop(bank.scope, t.waiting.id, "x"), NotFound),
    "leads.reopen": (lambda crm, bank, t: crm.leads.reopen(bank.scope, t.waiting.id), NotFound),
    "opt_outs.add": (
        lambda crm, bank, t: crm.opt_outs.add(
            bank.scope, t.lead.subject_id, source="x", evidence="x", customer_id=t.customer.id
        ),
        NotFound,
    ),
    "opt_outs.add_number": (
        lambda crm, bank, t: crm.opt_outs.add_number(bank.scope, number(8), source="x", evidence="x"),
        ...,
    ),
    "opt_outs.of_tenant": (lambda crm, bank, t: crm.opt_outs.of_tenant(bank.scope), []),
    "consents.record": (
        lambda crm, bank, t: crm.consents.record(bank.scope, t.customer.id, purpose="x", given=True, source="x"),
        NotFound,
    ),
    "consents.of": (lambda crm, bank, t: crm.consents.of(bank.scope, t.customer.id), []),
    "consents.stands": (lambda crm, bank, t: crm.consents.stands(bank.scope, t.customer.id, "calls"), False),
    "campaigns.create": (
        lambda crm, bank, t: crm.campaigns.create(bank.scope, "other", assistant="x", state="x"),
        ...,
    ),
    "campaigns.get": (lambda crm, bank, t: crm.campaigns.get(bank.scope, t.lead.campaign_id), NotFound),
    "campaigns.named": (lambda crm, bank, t: crm.campaigns.named(bank.scope, "spring"), lambda bank: bank.campaign),
    "campaigns.all": (lambda crm, bank, t: crm.campaigns.all(bank.scope), lambda bank: [bank.campaign]),
    "campaigns.set_state": (
        lambda crm, bank, t: crm.campaigns.set_state(bank.scope, t.lead.campaign_id, "x", expected="running"),
        NotFound,
    ),
    "campaigns.update": (
        lambda crm, bank, t: crm.campaigns.update(bank.scope, t.lead.campaign_id, options={}),
        NotFound,
    ),
    "agents.create": (lambda crm, bank, t: crm.agents.create(bank.scope, "Bea"), ...),
    "agents.get": (lambda crm, bank, t: crm.agents.get(bank.scope, t.agent_id), NotFound),
    "agents.named": (lambda crm, bank, t: crm.agents.named(bank.scope, "Bea"), None),
    "agents.all": (lambda crm, bank, t: crm.agents.all(bank.scope), []),
    "agents.update": (lambda crm, bank, t: crm.agents.update(bank.scope, t.agent_id, active=False), NotFound),
    "quota.reserve": (lambda crm, bank, t: crm.quota.reserve(bank.scope, t.lead), NotFound),
    "quota.objection": (lambda crm, bank, t: crm.quota.objection(bank.scope, t.lead), NotFound),
    "quota.commit": (lambda crm, bank, t: crm.quota.commit(bank.scope, t.grant), NotFound),
    "quota.release": (lambda crm, bank, t: crm.quota.release(bank.scope, t.grant, rung=True), NotFound),
    "quota.denials": (lambda crm, bank, t: crm.quota.denials(bank.scope), []),
    "attempts.claim": (lambda crm, bank, t: crm.attempts.claim(bank.scope, t.waiting.id, t.grant), GrantUsed),
    "attempts.receive": (lambda crm, bank, t: crm.attempts.receive(bank.scope, t.waiting.id, worker=1), NotFound),
    "attempts.mark_dialling": (lambda crm, bank, t: crm.attempts.mark_dialling(bank.scope, t.attempt.id), NotFound),
    "attempts.mark_dialled": (lambda crm, bank, t: crm.attempts.mark_dialled(bank.scope, t.attempt.id), NotFound),
    "attempts.mark_answered": (lambda crm, bank, t: crm.attempts.mark_answered(bank.scope, t.attempt.id), NotFound),
    "attempts.end": (lambda crm, bank, t: crm.attempts.end(bank.scope, t.attempt.id, result="x"), NotFound),
    "attempts.get": (lambda crm, bank, t: crm.attempts.get(bank.scope, t.attempt.id), NotFound),
    "attempts.of_lead": (lambda crm, bank, t: crm.attempts.of_lead(bank.scope, t.lead.id), []),
    "calls.get": (lambda crm, bank, t: crm.calls.get(bank.scope, t.attempt.id), NotFound),
    "calls.of_customer": (lambda crm, bank, t: crm.calls.of_customer(bank.scope, t.customer.id), []),
    "calls.of_campaign": (lambda crm, bank, t: crm.calls.of_campaign(bank.scope, t.lead.campaign_id), []),
    "calls.answered": (lambda crm, bank, t: crm.calls.answered(bank.scope, t.lead.campaign_id, MONDAY_NOON), (0, 0)),
    "calls.robots": (lambda crm, bank, t: crm.calls.robots(bank.scope, campaign_id=t.lead.campaign_id), []),
    "calls.under_way": (lambda crm, bank, t: crm.calls.under_way(bank.scope), []),
    "calls.set_stage": (lambda crm, bank, t: crm.calls.set_stage(bank.scope, t.attempt.id, "human"), NotFound),
    "calls.record": (
        lambda crm, bank, t: crm.calls.record(bank.scope, t.attempt.id, CallResult(outcome="x")),
        NotFound,
    ),
    "calls.wrap_up": (
        lambda crm, bank, t: crm.calls.wrap_up(bank.scope, t.attempt.id, outcome="sold", grade="A"),
        NotFound,
    ),
    "journal.append": (lambda crm, bank, t: crm.journal.append(bank.scope, t.attempt.id, Event(kind="x")), NotFound),
    "journal.append_all": (lambda crm, bank, t: crm.journal.append_all(bank.scope, t.attempt.id, []), NotFound),
    "journal.of_customer": (lambda crm, bank, t: crm.journal.of_customer(bank.scope, t.customer.id, ["said"]), {}),
    "journal.read": (lambda crm, bank, t: crm.journal.read(bank.scope, t.attempt.id), []),
    "timeline.of": (lambda crm, bank, t: crm.timeline.of(bank.scope, t.customer.id), []),
    "callbacks.book": (lambda crm, bank, t: crm.callbacks.book(bank.scope, t.lead.id, SOON), NotFound),
    "callbacks.get": (lambda crm, bank, t: crm.callbacks.get(bank.scope, t.callback.id), NotFound),
    "callbacks.of_lead": (lambda crm, bank, t: crm.callbacks.of_lead(bank.scope, t.waiting.id), None),
    "callbacks.due": (lambda crm, bank, t: crm.callbacks.due(bank.scope, SOON, 9), []),
    "callbacks.booked": (lambda crm, bank, t: crm.callbacks.booked(bank.scope), []),
    "callbacks.claim": (lambda crm, bank, t: crm.callbacks.claim(bank.scope, t.callback.id, 1), NotFound),
    "callbacks.done": (lambda crm, bank, t: crm.callbacks.done(bank.scope, t.callback.id), NotFound),
    "callbacks.move": (lambda crm, bank, t: crm.callbacks.move(bank.scope, t.callback.id, SOON, "x"), NotFound),
    "callbacks.cancel": (lambda crm, bank, t: crm.callbacks.cancel(bank.scope, t.callback.id, "x"), NotFound),
    "users.create": (lambda crm, bank, t: crm.users.create(bank.scope, "bea", "correct horse", [Role.AGENT]), ...),
    "users.set_password": (
        lambda crm, bank, t: crm.users.set_password(bank.scope, "bea", "battery staple"),
        NotFound,
    ),
    "users.set_queues": (lambda crm, bank, t: crm.users.set_queues(bank.scope, "bea", ["sales"]), NotFound),
    "users.all": (lambda crm, bank, t: crm.users.all(bank.scope), []),
    "users.check": (lambda crm, bank, t: crm.users.check(bank.scope, "bea", "correct horse"), None),
    "users.audited": (lambda crm, bank, t: crm.users.audited(as_user(bank), "x"), None),
    "drafts.all": (lambda crm, bank, t: crm.drafts.all(as_user(bank)), []),
    "drafts.of": (lambda crm, bank, t: crm.drafts.of(as_user(bank), t.attempt.id), None),
    "drafts.forbids_calls": (lambda crm, bank, t: crm.drafts.forbids_calls(as_user(bank), t.attempt.id), False),
    "drafts.begin": (lambda crm, bank, t: crm.drafts.begin(as_user(bank), t.attempt.id), NotFound),
    "drafts.save": (
        lambda crm, bank, t: crm.drafts.save(as_user(bank), t.attempt.id, note="x", outcome="", etag=""),
        NotFound,
    ),
    "drafts.drop": (lambda crm, bank, t: crm.drafts.drop(as_user(bank), t.attempt.id), None),
    "importer.run": (
        lambda crm, bank, t: crm.importer.run(bank.scope, t.lead.campaign_id, b"number\n+12125550005\n"),
        NotFound,
    ),
}


async def _registered(crm: Crm, bank: Line, t: Theirs) -> bool:
    """The shop's person is a new customer of the bank, with nothing of what the shop knows."""
    registered = await crm.customers.register(bank.scope, CustomerDraft(number=t.lead.number))
    return not registered.created or registered.customer.id == t.customer.id or bool(registered.customer.name)


async def _sum(crm: Crm, bank: Line, t: Theirs) -> int:
    return sum((await crm.leads.counts(bank.scope, t.lead.campaign_id)).values())


async def test_the_bank_neither_sees_nor_changes_what_is_the_shops(
    crm: Crm, shop: Line, bank: Line, folder: Path
) -> None:
    theirs = await _everything_of(shop)
    before = _rows_of(folder, shop)
    for name in sorted(BLIND, key=_makes_something):
        attempt, wanted = BLIND[name]
        if inspect.isclass(wanted) and issubclass(wanted, Exception):
            with pytest.raises(wanted):
                await attempt(crm, bank, theirs)
        else:
            found = await attempt(crm, bank, theirs)
            assert wanted is ... or found == (wanted(bank) if callable(wanted) else wanted), name
        assert _rows_of(folder, shop) == before, name


def _makes_something(name: str) -> bool:
    """What makes rows of the bank's own comes last, so that the bank has nothing to see before."""
    return name.endswith((".add", ".add_number", ".create", ".register"))


def test_every_method_with_a_scope_is_tried() -> None:
    methods = {
        f"{room.name}.{name}"
        for room in fields(Crm)
        if inspect.isclass(room.type)
        for name, method in inspect.getmembers(room.type, inspect.iscoroutinefunction)
        if not name.startswith("_") and "scope" in inspect.signature(method).parameters
    }
    assert methods == set(BLIND)


def _rows_of(folder: Path, line: Line) -> list[object]:
    """Every row of a tenant in every database."""
    found: list[object] = []
    for path in sorted(folder.glob("*.db")):
        connection = sqlite3.connect(path)
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            if "tenant_id" in columns:
                rows = connection.execute(f"SELECT * FROM {table} WHERE tenant_id = ?", (line.tenant.id,))
                found.append((path.name, table, sorted(map(repr, rows.fetchall()))))
        connection.close()
    return found
