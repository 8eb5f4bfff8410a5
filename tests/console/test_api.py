"""Who may do what in the console, and that nobody sees what is not theirs."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from console.api.access import PUBLIC, RIGHTS
from console.api.pace import Limiter
from console.api.refusals import UNEXPECTED
from kernel.tenant import Role
from tests.console.conftest import NUMBER, PASSWORD, USERS, Console

COMMANDS = ("POST", "PUT", "DELETE")


def _routes(console: Console) -> set[tuple[str, str]]:
    paths = console.app.openapi()["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def _filled(path: str, shop) -> str:
    ids = {"campaign_id": shop.campaign.id, "customer_id": shop.lead.customer_id, "call_id": shop.lead.id}
    return re.sub(r"{(\w+)}", lambda match: str(ids.get(match[1], "0")), path)


async def test_every_route_has_a_right_and_every_right_a_route(console: Console):
    assert _routes(console) == set(RIGHTS)


async def test_without_a_session_only_public_routes_answer(console: Console):
    async with console.browser() as nobody:
        for (method, path), allowed in RIGHTS.items():
            answer = await nobody.request(method, _filled(path, console.shop), json={} if method == "POST" else None)
            assert (answer.status_code == 401) == (allowed != PUBLIC), (
                method,
                path,
                answer.text,
            )


@pytest.mark.parametrize("name", USERS)
async def test_a_role_may_what_the_table_says_and_no_more(console: Console, name: str):
    roles = set(USERS[name])
    async with console.browser(name) as someone:
        for (method, path), allowed in RIGHTS.items():
            if allowed == PUBLIC or path == "/api/logout":
                continue
            answer = await someone.request(method, _filled(path, console.shop), json={} if method in COMMANDS else None)
            refused = answer.status_code == 403
            assert refused == (not roles & allowed), (method, path, answer.text)
            if refused:
                assert answer.json()["code"] == "kernel.forbidden"


# Written out here once more: the table itself cannot tell a right too many from one that is meant.
SUPERVISORS_ONLY = {
    "GET /api/board",
    "GET /api/calls",
    "GET /api/calls/{call_id}/journal",
    "GET /api/agents",
    "POST /api/campaigns/{campaign_id}/action",
    "POST /api/campaigns/stop-all",
    "POST /api/customers/{customer_id}/reveal",
    "POST /api/calls/{call_id}/monitor",
    "DELETE /api/calls/{call_id}/monitor",
    "POST /api/calls/{call_id}/take-over",
}
DESIGNERS = re.compile(r"/api/(talk.*|me|logout|campaigns|campaigns/{campaign_id})")  # besides what is public
PUBLIC_ROUTES = {"POST /api/login", "GET /api/demo-users", "GET /api/health", "GET /api/metrics"}


def test_the_rights_are_those_that_are_meant():
    public = {f"{method} {path}" for (method, path), allowed in RIGHTS.items() if not allowed}
    assert public == PUBLIC_ROUTES
    for (method, path), allowed in RIGHTS.items():
        name = f"{method} {path}"
        if name not in public:
            assert {Role.SUPERVISOR, Role.ADMIN} <= allowed, name
            assert (Role.AGENT in allowed) == (name not in SUPERVISORS_ONLY), name
            designers = bool(DESIGNERS.fullmatch(path)) and name not in SUPERVISORS_ONLY
            assert (Role.DESIGNER in allowed) == designers, name


@pytest.mark.parametrize("session", [False, True])
async def test_a_body_larger_than_any_of_ours_is_refused_unread(console: Console, session: bool):
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"[" * 1000

    async with console.browser("sue" if session else None) as someone:
        for path in ("/api/talk", "/api/login"):
            large = await someone.post(path, content=b"[" + b"[]," * 50_000 + b"1]")
            assert (large.status_code, large.json()["code"]) == (413, "console.too_large"), path
            assert large.headers["x-content-type-options"] == "nosniff"
            chunked = await someone.post(path, content=endless())
            assert (chunked.status_code, chunked.json()["code"]) == (411, "console.too_large"), path
        assert read == 0
        deep = await someone.post("/api/talk", content=b"[" * 30_000, headers={"Content-Type": "application/json"})
        assert deep.json()["code"] in ("console.malformed", "console.not_logged_in")


async def test_a_key_belongs_to_one_command(console: Console):
    path = f"/api/customers/{console.shop.lead.customer_id}/reveal"
    key = {"Idempotency-Key": "one"}
    async with console.browser("sue") as sue:
        wrong = await sue.post(path, json={}, headers=key)
        assert wrong.status_code == 422
        first = await sue.post(path, json={"reason": "they asked"}, headers=key)
        assert first.status_code == 200, "a command that was malformed did nothing, and may be mended"
        other = await sue.post(path, json={"reason": "curious"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "console.key_reused")
        elsewhere = await sue.post("/api/campaigns/stop-all", headers=key)
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "console.key_reused")
        again = await sue.post(path, json={"reason": "they asked"}, headers=key)
        assert again.json() == first.json()
        long = await sue.post(path, json={"reason": "they asked"}, headers={"Idempotency-Key": "k" * 101})
        assert (long.status_code, long.json()["code"]) == (422, "console.malformed")


async def test_a_command_without_the_sessions_token_is_refused(console: Console):
    async with console.browser("sue") as sue:
        path = f"/api/campaigns/{console.shop.campaign.id}/action"
        for token in ("", "another"):
            answer = await sue.post(path, json={"action": "start"}, headers={"X-CSRF-Token": token})
            assert (answer.status_code, answer.json()["code"]) == (403, "console.wrong_token")
        assert (await sue.post(path, json={"action": "start"})).json()["state"] == "running"


async def test_a_number_that_no_database_holds_is_no_id(console: Console):
    async with console.browser("sue") as sue:
        paths = [path for method, path in RIGHTS if method == "GET" and "_id}" in path and "{talk_id}" not in path]
        assert len(paths) >= 7
        for path in paths:
            for name in ("campaign_id", "customer_id", "call_id"):
                path = path.replace(f"{{{name}}}", str(10**23))
            answer = await sue.get(path.replace("{index}", "0"))
            assert (answer.status_code, answer.json()["code"]) == (422, "console.malformed"), path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("PATCH", "/api/login", 405),
        ("GET", "/assets/nothing.js", 404),
        ("GET", f"/assets/{'x' * 3000}", 404),
        ("GET", "/assets/%00", 404),
    ],
)
async def test_a_path_that_is_not_there_is_answered_as_a_problem(console: Console, method, path, status):
    async with console.browser("sue") as sue:
        answer = await sue.request(method, path)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, "console.no_such_route")
    assert told["request_id"] == answer.headers["x-request-id"]


async def test_an_error_nobody_foresaw_is_answered_with_its_request_and_logged(console: Console, caplog):
    async def broken() -> None:
        raise RuntimeError("13800138000 is nobody's business")

    console.app.add_api_route("/api/broken/{number}", broken, methods=["POST"])
    before = UNEXPECTED._value.get()  # prometheus_client has no other way
    async with console.browser("sue") as sue:
        for key in ("k", "k"):  # it is not kept under its key: the second try is one
            answer = await sue.post("/api/broken/13800138000", headers={"Idempotency-Key": key})
            told = answer.json()
            assert (answer.status_code, told["code"]) == (500, "console.unexpected")
            assert "13800138000" not in answer.text
            assert told["request_id"] == answer.headers["x-request-id"]
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert UNEXPECTED._value.get() == before + 2
    last = caplog.records[-1]
    assert last.facts["request"] == told["request_id"]
    assert last.facts["route"] == "/api/broken/{number}"


async def test_another_tenants_things_are_not_found(console: Console):
    async with console.browser("sue") as sue:
        seen = 0
        for method, path in RIGHTS:
            if "{campaign_id}" in path or "{customer_id}" in path or "{call_id}" in path:
                bodies = {"action": {"action": "start"}, "monitor": {"mode": "listen"}}
                body = bodies.get(path.rsplit("/", 1)[1], {"reason": "because"})
                answer = await sue.request(
                    method, _filled(path, console.other), json=body if method in COMMANDS else None
                )
                assert answer.status_code == 404, (method, path, answer.text)
                seen += 1
        assert seen >= 7
        lists = [await sue.get(path) for path in ("/api/board", "/api/campaigns", "/api/agents")]
        assert all(str(console.other.campaign.id) not in answer.text for answer in lists)
    campaign = await console.platform.crm.campaigns.get(console.other.scope, console.other.campaign.id)
    assert campaign.state == "draft"


async def test_no_answer_holds_a_number_or_a_full_name(console: Console):
    async with console.browser("ada") as ada:
        for method, path in RIGHTS:
            if method == "GET":
                answer = await ada.get(_filled(path, console.shop))
                assert NUMBER[2:] not in re.sub(r"\D", "", answer.text), path
                assert "Wilhelmina" not in answer.text, path


async def test_a_number_is_revealed_to_who_may_with_a_reason_and_audited(console: Console):
    path = f"/api/customers/{console.shop.lead.customer_id}/reveal"
    async with console.browser("sue") as sue, console.browser("ann") as ann:
        assert (await ann.post(path, json={"reason": "curious"})).status_code == 403
        assert (await sue.post(path, json={})).status_code == 422
        answer = await sue.post(path, json={"reason": "asked to be called from another line"})
        assert answer.json()["number"] == NUMBER
    from sqlalchemy import select

    from crm.storage.platform_tables import audit

    async with console.platform.crm.storage.platform.read() as connection:
        [row] = (await connection.execute(select(audit))).all()
    assert (row.what, row.about_id) == ("reveal", console.shop.lead.customer_id)
    assert row.reason.startswith("asked")


async def test_the_same_key_runs_a_command_once_also_at_the_same_moment(console: Console):
    path = f"/api/campaigns/{console.shop.campaign.id}/action"
    async with console.browser("sue") as sue:
        key = {"Idempotency-Key": "one"}
        answers = await asyncio.gather(*(sue.post(path, json={"action": "start"}, headers=key) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {200}  # a second start would be a 409
        assert len({answer.text for answer in answers}) == 1
        assert (await sue.post(path, json={"action": "start"}, headers={"Idempotency-Key": "two"})).status_code == 409


async def test_the_answer_to_a_login_is_nobody_elses(console: Console):
    who, key = {"tenant": "shop", "name": "sue"}, {"Idempotency-Key": "one"}
    async with console.browser() as sue, console.browser() as other, console.browser("ann") as ann:
        right = await sue.post("/api/login", json={**who, "password": PASSWORD}, headers=key)
        assert right.status_code == 200
        for someone in (other, ann, sue):
            wrong = await someone.post("/api/login", json={**who, "password": "wrong password"}, headers=key)
            assert wrong.status_code == 401
            assert "set-cookie" not in wrong.headers
        assert (await other.get("/api/me")).status_code == 401


@pytest.mark.parametrize("token", ["the session's", "another"])
async def test_an_ended_session_gets_no_earlier_answer(console: Console, token: str):
    path, key = f"/api/customers/{console.shop.lead.customer_id}/reveal", {"Idempotency-Key": "one"}
    async with console.browser("sue") as sue:
        assert (await sue.post(path, json={"reason": "asked to"}, headers=key)).json()["number"] == NUMBER
        if token == "another":
            answer = await sue.post(path, json={"reason": "asked to"}, headers={**key, "X-CSRF-Token": token})
            assert (answer.status_code, answer.json()["code"]) == (403, "console.wrong_token")
        await console.platform.crm.users.set_password(console.shop.scope, "sue", "battery staple")
        answer = await sue.post(path, json={"reason": "asked to"}, headers=key)
    assert answer.status_code == 401
    assert NUMBER not in answer.text


async def test_a_command_refused_before_it_began_may_be_tried_again_with_its_key(console: Console):
    path, key = f"/api/campaigns/{console.shop.campaign.id}/action", {"Idempotency-Key": "one"}
    async with console.browser("sue") as sue:
        used, console.app.state.commands = console.app.state.commands, Limiter(lambda: 0.0, burst=0, every_s=1e9)
        assert (await sue.post(path, json={"action": "start"}, headers=key)).status_code == 429
        console.app.state.commands = used
        assert (await sue.post(path, json={"action": "start"}, headers=key)).json()["state"] == "running"


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(console: Console):
    async with console.browser() as nobody:
        answers = [
            await nobody.post("/api/login", json={"tenant": tenant, "name": name, "password": "wrong password"})
            for tenant, name in (("shop", "ann"), ("shop", "nobody"), ("none", "ann"))
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.json()["message"] for answer in answers}) == 1


async def test_who_mistypes_is_told_how_long_to_wait_and_a_colleague_at_the_same_address_logs_in(console: Console):
    who = {"tenant": "shop", "name": "ann", "password": "wrong password"}
    async with console.browser() as office:
        answers = [await office.post("/api/login", json=who) for _ in range(12)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 7
        assert answers[-1].json()["code"] == "console.too_many_tries"
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        right = await office.post("/api/login", json={**who, "password": PASSWORD})
        assert right.status_code == 429  # also with the right password: a guesser must not learn that it was
        assert (await office.post("/api/login", json={**who, "name": "sue", "password": PASSWORD})).status_code == 200


async def test_logging_out_ends_the_session_everywhere(console: Console):
    async with console.browser("ann") as ann:
        cookie = ann.cookies["jingyin_session"]
        assert (await ann.post("/api/logout")).status_code == 204
        ann.cookies.set("jingyin_session", cookie)
        assert (await ann.get("/api/me")).status_code == 401


async def test_a_new_password_ends_all_sessions(console: Console):
    async with console.browser("ann") as ann:
        await console.platform.crm.users.set_password(console.shop.scope, "ann", "battery staple")
        assert (await ann.get("/api/me")).status_code == 401
        old = {"tenant": "shop", "name": "ann", "password": PASSWORD}
        assert (await ann.post("/api/login", json=old)).status_code == 401


async def test_the_cookie_and_every_answer_are_guarded(console: Console):
    async with console.browser() as someone:
        answer = await someone.post("/api/login", json={"tenant": "shop", "name": "ann", "password": PASSWORD})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        for path in ("/api/me", "/api/nothing", "/board"):
            headers = (await someone.get(path)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
        assert (await someone.get("/api/me", headers={"Host": "evil.example"})).status_code == 421


def test_roles_are_all_known():
    assert {role for allowed in RIGHTS.values() for role in allowed} <= set(Role)
