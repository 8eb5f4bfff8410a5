"""Commands that prepare work for workers: tenants, campaigns, leads. They open the databases, do one thing and close them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kernel.errors import JingyinError

if TYPE_CHECKING:  # the databases are imported when a command needs them: `jingyin --help` and `talk` do not
    from crm.campaign import Campaign
    from crm.room import Crm
    from kernel.settings import Settings
    from kernel.tenant import Scope

T = TypeVar("T")
Site = Annotated[Path | None, typer.Option(help="A site file: `platform:` as in config.yml.")]
TenantName = Annotated[str, typer.Option("--tenant", help="The tenant's name.")]

_Queues = Annotated[list[str], typer.Option("--queue", help="A queue they serve; may be given again.")]

tenants_app = typer.Typer(no_args_is_help=True, help="Business lines.")
campaigns_app = typer.Typer(no_args_is_help=True, help="Campaigns: create, start, pause, stop.")
users_app = typer.Typer(no_args_is_help=True, help="Who may log in to the web app.")
leads_app = typer.Typer(no_args_is_help=True, help="Whom campaigns call.")

_TIMES = ["%H:%M"]


class UnknownAssistant(JingyinError):
    """A campaign is to be served by an assistant that the settings do not name."""

    code = "console.unknown_assistant"


@tenants_app.command("create")
def create_tenant(
    name: str,
    zone: Annotated[str, typer.Option(help="Its time zone, e.g. Europe/Berlin.")] = "UTC",
    lang: Annotated[str, typer.Option(help="Its language.")] = "en",
    site: Site = None,
) -> None:
    """A new tenant."""
    from crm.zone import zone as known_zone

    known_zone(zone)
    tenant = _with_crm(site, lambda crm, _: crm.tenants.create(name, zone=zone, lang=lang))
    print(f"tenant {name!r} created, id {tenant.id}")


@tenants_app.command("list")
def list_tenants(site: Site = None) -> None:
    """All tenants."""
    for tenant in _with_crm(site, lambda crm, _: crm.tenants.all()):
        print(f"{tenant.name}\t{tenant.zone}\tid {tenant.id}")


@campaigns_app.command("create")
def create_campaign(
    name: str,
    tenant: TenantName,
    assistant: Annotated[str, typer.Option(help="Which assistant talks.")] = "course_en",
    mode: Annotated[str, typer.Option(help="three_stage, one_sentence, predictive or inbound.")] = "three_stage",
    options: Annotated[str, typer.Option(help="More of the mode's own, a JSON object (docs/how-to).")] = "{}",
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=_TIMES, help="Calls from this time, on the customer's clock.")
    ] = None,
    ends: Annotated[
        datetime | None, typer.Option("--to", formats=_TIMES, help="No call begins at or after it.")
    ] = None,
    without_agents: Annotated[
        bool, typer.Option(help="Call also while nobody is signed in: who wants a person gets a callback.")
    ] = True,
    site: Site = None,
) -> None:
    """A new campaign, not started. Without --from and --to the tenant's and the platform's windows hold alone."""
    from crm.quota.window import Window
    from dialer.campaign import State
    from dialer.modes.table import mode_of

    try:
        more = json.loads(options)
    except ValueError:
        more = None
    if not isinstance(more, dict):
        raise typer.BadParameter("--options wants a JSON object")
    mode_of(mode, name)
    if (begins is None) != (ends is None):
        raise typer.BadParameter("--from and --to go together")
    window = Window(start=begins.time(), end=ends.time()) if begins and ends else None

    async def create(crm: "Crm", settings: "Settings") -> "Campaign":
        if assistant not in settings.assistants:
            raise UnknownAssistant(
                f"no assistant {assistant!r}",
                where="platform.assistants",
                remedy=f"There are: {', '.join(settings.assistants)}.",
            )
        return await crm.campaigns.create(
            await _scope(crm, tenant),
            name,
            assistant=assistant,
            state=State.DRAFT.value,
            mode=mode,
            window=window,
            options={"without_agents": without_agents, **more},
        )

    print(f"campaign {name!r} created, id {_with_crm(site, create).id}; start it with: jingyin campaigns start")


@campaigns_app.command("list")
def list_campaigns(tenant: TenantName, site: Site = None) -> None:
    """The tenant's campaigns with their leads by state."""

    async def read(crm: "Crm", _: "Settings") -> list[str]:
        scope = await _scope(crm, tenant)
        lines = []
        for campaign in await crm.campaigns.all(scope):
            counts = await crm.leads.counts(scope, campaign.id)
            leads = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count) or "no leads"
            lines.append(f"{campaign.name}\t{campaign.state}\t{campaign.assistant}\t{leads}")
        return lines

    print("\n".join(_with_crm(site, read)) or "no campaigns")


@campaigns_app.command("start")
def start_campaign(name: str, tenant: TenantName, site: Site = None) -> None:
    """Workers begin to call."""
    _move(site, tenant, name, "start")


@campaigns_app.command("pause")
def pause_campaign(name: str, tenant: TenantName, site: Site = None) -> None:
    """No new call; calls under way go on."""
    _move(site, tenant, name, "pause")


@campaigns_app.command("stop")
def stop_campaign(name: str, tenant: TenantName, site: Site = None) -> None:
    """No new call until it is started again."""
    _move(site, tenant, name, "stop")


@users_app.command("create")
def create_user(
    name: str,
    tenant: TenantName,
    role: Annotated[list[str], typer.Option(help="agent, supervisor, designer or admin; may be given again.")],
    display_name: Annotated[str, typer.Option(help="As others see them.")] = "",
    queue: _Queues = [],  # noqa: B006  # typer's way to a list; it is not changed
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when not given.")
    ] = "",
    site: Site = None,
) -> None:
    """Somebody who may log in to the web app."""
    from kernel.tenant import Role

    unknown = [one for one in role if one not in set(Role)]
    if unknown:
        raise typer.BadParameter(f"unknown role {unknown[0]!r}; there are: {', '.join(Role)}")

    async def create(crm: "Crm", _: "Settings") -> None:
        scope = await _scope(crm, tenant)
        roles = [Role(one) for one in role]
        await crm.users.create(scope, name, password, roles, display_name=display_name, queues=queue)

    _with_crm(site, create)
    print(f"user {name!r} created")


@users_app.command("set-password")
def set_password(
    name: str,
    tenant: TenantName,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
    site: Site = None,
) -> None:
    """A new password; every session of the user ends."""

    async def change(crm: "Crm", _: "Settings") -> None:
        await crm.users.set_password(await _scope(crm, tenant), name, password)

    _with_crm(site, change)
    print(f"user {name!r} has a new password")


@users_app.command("set-queues")
def set_queues(name: str, tenant: TenantName, queue: _Queues = [], site: Site = None) -> None:  # noqa: B006
    """The queues they serve from their next shift on; without --queue the default one."""

    async def change(crm: "Crm", _: "Settings") -> None:
        await crm.users.set_queues(await _scope(crm, tenant), name, queue)

    _with_crm(site, change)
    print(f"user {name!r} serves {', '.join(sorted(set(queue))) or 'the default queue'} from their next shift on")


@users_app.command("list")
def list_users(tenant: TenantName, site: Site = None) -> None:
    """The tenant's users."""

    async def read(crm: "Crm", _: "Settings") -> list[str]:
        found = await crm.users.all(await _scope(crm, tenant))
        return [
            f"{user.name}\t{', '.join(sorted(user.roles))}\t{user.display_name}\t{', '.join(sorted(user.queues))}".rstrip()
            for user in found
        ]

    print("\n".join(_with_crm(site, read)) or "no users")


@leads_app.command("import")
def import_leads(
    file: Annotated[Path, typer.Argument(help="A CSV file with a column of numbers (docs/how-to/run-a-campaign.md).")],
    tenant: TenantName,
    campaign: Annotated[str, typer.Option(help="The campaign's name.")],
    preview: Annotated[bool, typer.Option(help="Read only, and tell what would be imported.")] = False,
    all_or_nothing: Annotated[bool, typer.Option(help="Import nothing when a row is wrong.")] = False,
    site: Site = None,
) -> None:
    """Import customers, and leads for a campaign. Exit code 1 when rows were left out."""
    try:
        data = file.read_bytes()
    except OSError as exc:
        raise typer.BadParameter(f"{file}: {exc.strerror}") from None

    async def run(crm: "Crm", _: "Settings") -> tuple[str, bool]:
        scope = await _scope(crm, tenant)
        found = await _campaign(crm, scope, campaign)
        report = await crm.importer.run(
            scope, found.id, data, name=file.name, preview=preview, all_or_nothing=all_or_nothing
        )
        lines = [f"{file.name}:{error}" for error in report.errors]
        lines += [
            f"{file.name}:{twin.line}: the same number as line {twin.first_line}, left out"
            for twin in report.duplicates
        ]
        done = f"{report.leads} leads, {report.created} of them new customers"
        if report.repeated:
            done += "; this very file was imported before"
        if not report.written and not report.repeated:
            done = "nothing imported" if not preview else "a preview: nothing imported"
        lines.append(f"{report.rows} good rows, {len(report.errors)} wrong, {len(report.duplicates)} twice: {done}")
        return "\n".join(lines), bool(report.errors)

    told, wrong = _with_crm(site, run)
    print(told)
    if wrong:
        raise typer.Exit(1)


def _move(site: Path | None, tenant: str, name: str, event: str) -> None:
    from dialer.campaign import Event, move

    async def run(crm: "Crm", _: "Settings") -> str:
        scope = await _scope(crm, tenant)
        return (await move(crm, scope, (await _campaign(crm, scope, name)).id, Event(event))).value

    print(f"campaign {name!r} is {_with_crm(site, run)}")


async def _scope(crm: "Crm", tenant: str) -> "Scope":
    from console.tenants import named_tenant
    from kernel.tenant import Scope

    return Scope(tenant_id=(await named_tenant(crm, tenant)).id)


async def _campaign(crm: "Crm", scope: "Scope", name: str) -> "Campaign":
    from crm.errors import NotFound

    found = await crm.campaigns.named(scope, name)
    if found is None:
        raise NotFound("campaign", name)
    return found


def _with_crm(site: Path | None, work: Callable[["Crm", "Settings"], Awaitable[T]]) -> T:
    """Open the databases of the settings for one piece of work."""
    from console.site import settings_of
    from crm.room import open_crm
    from kernel.clock import LoopClock
    from kernel.log import LogFormat, configure_logging

    configure_logging(level="WARNING", format=LogFormat.TEXT)
    settings = settings_of(site)

    async def run() -> T:
        async with open_crm(settings, LoopClock()) as crm:
            return await work(crm, settings)

    return asyncio.run(run())
