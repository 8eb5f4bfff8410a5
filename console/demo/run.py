"""Runs the demo: platform, exchange and agents up, a campaign dialled, everything down, the results written."""

import asyncio
import json
import os
import resource
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from console.api import pages
from console.board import LiveBoard
from console.demo.children import child
from console.demo.modes import ModeDemo, demo_of
from console.demo.options import DemoOptions
from console.demo.people import USERS_VARIABLE, People, build_people
from console.demo.progress import Ears, Progress, as_table, listening, plain
from console.demo.results import JSON, LOG, PAGE, NoPlaceForResults, check_copy, check_there, fresh, left_in
from console.demo.rows import Json, Told, read_reports, row_of
from console.demo.summary import Accounts, summarise
from console.demo.world import MOST_CALLS, World, build_world, number_of
from console.live import LiveHub
from console.persona_words import unheard_words
from console.report.page import write_page
from console.serving import listen, serve
from console.site import reached_at
from crm.attempt import State as AttemptState
from dialer.campaign import Event, move
from dialer.wiring.platform import Platform, open_platform
from kernel.clock import LoopClock
from kernel.errors import JingyinError
from kernel.folders import cache_folder, state_folder
from kernel.log import LogFormat, configure_logging
from kernel.settings import Settings, load_settings
from kernel.shipped import shipped
from simulation.personas import read_personas

_POLL_S: Final = 0.5
_LONGEST_CALL_S: Final = 400.0
_AGENTS_WITHIN_S: Final = 15.0


class TooManyCalls(JingyinError):
    """The demo has not so many numbers that belong to nobody."""

    code = "console.too_many_calls"


class DemoTooLong(JingyinError):
    """The campaign did not come to its end in time."""

    code = "console.demo_too_long"


def run_demo(options: DemoOptions, console: Console) -> int:
    """Run to the end; the exit code: 0, or 1 if a call broke or hung.

    Raises:
        JingyinError: the demo could not be run; nothing is left running.
    """
    import uvloop  # here: only a running platform needs it

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_demo(options, console))
    except KeyboardInterrupt:
        plain(console)(left_in(options.out.absolute()))
        raise


async def _demo(options: DemoOptions, console: Console) -> int:
    if not 1 <= options.calls <= MOST_CALLS:
        raise TooManyCalls(f"--calls {options.calls}", remedy=f"Ask for 1 to {MOST_CALLS}.")
    options.check()
    demo = demo_of(options.mode, options.lang)
    personas = options.personas or shipped(demo.personas)
    out = options.out.absolute()
    check_copy(options.json, out)
    fresh(out)
    results: list[Json] = []

    async def done(result: Json) -> None:
        results.append(result)
        await _write(result, options, out, console)

    try:
        with (out / LOG).open("w", encoding="utf-8") as words:
            configure_logging(level="INFO", format=LogFormat.JSON, stream=words)
            settings = demo_settings(options, out)
            await _warn_of_words(options, settings, demo, console)
            await _campaign(options, settings, personas, out, console, done)
    except Exception:
        check_there(out)  # whatever failed: without its folder everything does
        raise
    [result] = results
    return 1 if result["summary"]["broken"] or result["summary"]["hung"] else 0


async def _write(result: Json, options: DemoOptions, out: Path, console: Console) -> None:
    """The JSON, the page, then the copy: what fails last costs nothing that was there before it.

    Raises:
        NoPlaceForResults: the copy cannot be written any more.
    """
    text = json.dumps(result, indent=1)
    (out / JSON).write_text(text, encoding="utf-8")
    await asyncio.to_thread(write_page, result, out / "calls", out / PAGE)
    _show(result, out, console)
    if options.json is not None:
        try:
            options.json.write_text(text, encoding="utf-8")
        except OSError as exc:
            raise NoPlaceForResults(
                f"the copy cannot be written ({exc.strerror})",
                where=str(options.json),
                remedy=f"Copy {out / JSON}.",
            ) from None


async def _warn_of_words(options: DemoOptions, settings: Settings, demo: ModeDemo, console: Console) -> None:
    """One line with the words of an own persona file that nobody will hear; the demo goes on."""
    if options.personas is None:
        return
    found = read_personas(options.personas)
    unheard = await unheard_words(settings, found, assistant=settings.assistants[demo.assistant])
    if unheard:
        console.print(
            f"warning: {options.personas}: the recogniser does not know {', '.join(unheard)}"
            " (jingyin personas check tells the nearest words)",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def demo_settings(options: DemoOptions, out: Path) -> Settings:
    """The shipped settings, on a data folder of the demo's own, with calling windows of 24 h."""
    config = shipped(Path("config.yml"))
    overrides = {
        "JINGYIN_STORAGE__DIRECTORY": str(out / "data"),
        "JINGYIN_QUOTA__WINDOW_FROM": "00:00",
        "JINGYIN_QUOTA__WINDOW_TO": "00:00",
        "JINGYIN_DIALER__MAX_CALLS": str(options.concurrency),
        "JINGYIN_LANG": options.lang,
    }
    if options.port is not None:
        overrides["JINGYIN_CONSOLE__PORT"] = str(options.port)
    given = {name: value for name, value in os.environ.items() if name.startswith("JINGYIN_")}
    settings = reached_at(
        load_settings(config, env={**given, **overrides}),
        https=options.https,
        host=options.host,
        certificate=options.certificate,
        key=options.key,
    )
    demo = demo_of(options.mode, options.lang)
    return settings.model_copy(update={"assistants": {demo.assistant: shipped(demo.folder), **settings.assistants}})


async def _campaign(
    options: DemoOptions,
    settings: Settings,
    personas: Path,
    out: Path,
    console: Console,
    done: Callable[[Json], Awaitable[None]],
) -> None:
    """Everything up, the campaign dialled, `done` told its result, everything down."""
    clock, demo = LoopClock(), demo_of(options.mode, options.lang)
    calls = out / "calls"
    numbers = out / "numbers.json"
    numbers.write_text(json.dumps([number_of(index) for index in range(options.calls)]), encoding="utf-8")
    listening = listen(settings, clock, kept_in=state_folder() / "tls")
    hub = LiveHub(clock)
    live = LiveBoard(hub, clock)
    ears = Ears(live.told)
    seed = str(options.seed)
    told = f"calling windows of platform and tenants: 24 h · seed {seed} · console on port {listening.port}"
    console.print(told, soft_wrap=True)  # one line: programs read the port of it
    for line in listening.told():
        plain(console)(line)
    exchange_arguments = ["--personas", str(personas), "--numbers", str(numbers), "--seed", seed, "--out", str(calls)]
    with listening:
        async with (
            child("simulation.exchange", exchange_arguments, out / "exchange.log") as exchange,
            open_platform(
                settings,
                clock,
                exchange=("127.0.0.1", int(exchange["port"])),
                cache=cache_folder(),
                live=ears.told,
                told=live.paced,
                assistants=(demo.assistant,),
            ) as platform,
        ):
            live.attach(platform)
            world = await build_world(
                platform.crm, clock, calls=options.calls, mode=options.mode, lang=options.lang, demo=demo
            )
            people = await build_people(
                platform.crm, world.scope, world.tenant, agents=options.agents, lang=options.lang
            )
            async with serve(platform, hub, live, listening, demo_users=people.shown) as url:
                agent_arguments = ["--api", url, "--tenant", world.tenant, "--seed", seed, "--out", str(calls)]
                if listening.certificate is not None:
                    agent_arguments += ["--ca", str(listening.certificate.certificate)]
                agent_arguments += ["--lang", options.lang]
                _invite(console, url, people, stays=options.stays)
                async with child(
                    "simulation.agents", agent_arguments, out / "agents.log", env={USERS_VARIABLE: people.simulated}
                ):
                    await _agents_ready(platform, options.agents)
                    before = cpu_seconds(platform)
                    await move(platform.crm, world.scope, world.campaign.id, Event.START)
                    await _follow(platform, world, options, out, console, ears)
                    used = cpu_seconds(platform)
                    await move(platform.crm, world.scope, world.campaign.id, Event.STOP)
                    cpu_s = used - before if used is not None and before is not None else None
                    await done(await _result(platform, world, calls, cpu_s, demo))
                    if options.stays:
                        console.print(f"the console stays at {url} until Ctrl-C", soft_wrap=True)
                        with suppress(asyncio.CancelledError):
                            await asyncio.Event().wait()


def _invite(console: Console, url: str, people: People, *, stays: bool) -> None:
    """Where the web app is, and whom to log in as."""
    if not pages.built():
        console.print("the web app is not built (make setup builds it; it needs Node 20)")
        return
    if stays:
        console.print(f"web app: [bold]{url}[/]  log in as one of")
        for user in people.shown:
            console.print(f"  {user.name:12} {user.password}", highlight=False)


async def _agents_ready(platform: Platform, count: int) -> None:
    async with asyncio.timeout(_AGENTS_WITHIN_S):
        while sum(agent.available for agent in platform.desk.agents.values()) < count:
            await asyncio.sleep(0.1)


async def _follow(
    platform: Platform, world: World, options: DemoOptions, out: Path, console: Console, ears: Ears
) -> None:
    """Show progress until every lead was tried and no call is under way: at a terminal a table, elsewhere lines.

    Raises:
        DemoTooLong, ResultsGone.
    """
    now = asyncio.get_running_loop().time
    deadline = now() + _LONGEST_CALL_S * (1 + options.calls / options.concurrency)
    lines = Progress(plain(console), calls=options.calls, began_s=now())
    table = Live(console=console, refresh_per_second=2, transient=True) if console.is_terminal else None
    ears.also = None if table else listening(lines, platform)
    with table or nullcontext():
        while True:
            tried = await _tried(platform, world)
            running = len(platform.loop.running)
            over = tried == options.calls and not running
            waits = _why_it_waits(platform, world, options)
            if table:
                table.update(as_table(platform, tried, options.calls, waits=waits))
            else:
                lines.look(now(), tried, running, last=over, waits=waits)
            if over:
                return
            check_there(out)
            if now() > deadline:
                why = f": {waits}" if waits else ""
                raise DemoTooLong(f"{tried} of {options.calls} leads were called{why}", remedy="See platform.log.")
            await asyncio.sleep(_POLL_S)


def _why_it_waits(platform: Platform, world: World, options: DemoOptions) -> str:
    desk, tenant = platform.desk, world.scope.tenant_id
    if not options.needs_agents or desk.free(tenant) or desk.soon_free(tenant) or desk.talking(tenant):
        return ""
    return "no agent is ready, and nobody is dialled before one is"


async def _tried(platform: Platform, world: World) -> int:
    tally = platform.loop.tallies.get(world.campaign.id)
    return min(len(world.lead_ids), tally.dialled if tally else 0)


async def _result(platform: Platform, world: World, folder: Path, cpu_s: float | None, demo: ModeDemo) -> Json:
    crm = platform.crm
    parties, agents = await asyncio.to_thread(read_reports, folder)
    rows = []
    for number, lead_id in enumerate(world.lead_ids):
        attempts = await crm.attempts.of_lead(world.scope, lead_id)
        attempt = attempts[-1] if attempts else None
        call = await crm.calls.get(world.scope, attempt.id) if attempt else None
        journal = await crm.journal.read(world.scope, attempt.id) if attempt else []
        told = Told(
            attempt=attempt,
            call=call,
            journal=journal,
            party=parties.get(world.numbers[number]),
            agent=agents.get(str(attempt.id)) if attempt else None,
        )
        rows.append(row_of(number, told, "calls"))
    denials = await crm.quota.denials(world.scope)
    never_rung = [lead for lead in world.denied.values() if not await crm.attempts.of_lead(world.scope, lead)]
    accounts = Accounts(
        denials=len({denial.lead_id for denial in denials} & set(never_rung)),
        opt_outs_suppressed=len(await crm.opt_outs.of_tenant(world.scope)),
        callbacks=len(await crm.callbacks.booked(world.scope, campaign_id=world.campaign.id)),
        cpu_s=cpu_s,
    )
    summary = await asyncio.to_thread(
        summarise, rows, folder, accounts, robot_first=demo.robot_first, fetches=demo.fetches
    )
    open_attempts = [a for a in await crm.attempts.open_of() if a.state is not AttemptState.ENDED]
    summary["broken"] += len(open_attempts)
    cost = {
        "ticks": platform.ticker.ticks,
        "late_ticks": platform.ticker.late,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    return {"rows": rows, "summary": summary, "cost": cost, "denied": [_denial(denial) for denial in denials]}


def _denial(denial: Any) -> Json:  # Any: a Denial
    return {
        "lead_id": str(denial.lead_id),
        "rules": [reason.rule for reason in denial.reasons],
        "retry_at": denial.retry_at.isoformat() if denial.retry_at else None,
    }


def cpu_seconds(platform: Platform) -> float | None:
    """CPU time so far of this process, the recognisers and the synthesisers, by the operating system; None elsewhere."""
    own = os.times()
    total = own.user + own.system
    engines = [pid for speech in platform.speeches.values() for pid in (speech.recognizer.pid, speech.synthesizer.pid)]
    for pid in engines:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            return None
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _show(result: Mapping[str, Any], out: Path, console: Console) -> None:
    table = Table(title="The demo in figures", show_header=False)
    for name, value in result["summary"].items():
        shown = (
            f"p50 {value['p50']}  p95 {value['p95']}  n {value['n']}"
            if isinstance(value, dict) and "p50" in value
            else value
        )
        table.add_row(name.replace("_", " "), str(shown))
    console.print(table)
    paths = f"recordings {out / 'calls'} · page {out / PAGE} · JSON {out / JSON}"
    console.print(paths, soft_wrap=True)
