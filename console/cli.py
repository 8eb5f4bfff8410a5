"""The command line: `jingyin …`. Commands import what they need themselves, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from console.operate import Site, campaigns_app, leads_app, tenants_app, users_app
from kernel.errors import JingyinError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="An open telesales platform with a voice robot in it."
)
personas_app = typer.Typer(no_args_is_help=True, help="Simulated customers.")
app.add_typer(personas_app, name="personas")

app.add_typer(tenants_app, name="tenants")
app.add_typer(campaigns_app, name="campaigns")
app.add_typer(leads_app, name="leads")
app.add_typer(users_app, name="users")

_REFUSED = 2
_Https = Annotated[
    bool,
    typer.Option(
        "--https",
        help="Serve other machines too, by TLS: all addresses, or --host. Makes a certificate unless one is named.",
    ),
]
_Certificate = Annotated[Path | None, typer.Option(help="PEM file of your own certificate for --https.")]
_Key = Annotated[Path | None, typer.Option(help="PEM file of its key, without a password.")]
_Host = Annotated[str | None, typer.Option(help="IPv4 address to listen on; another than 127.0.0.1 needs --https.")]


@app.command()
def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="End when the campaign is over, also at a terminal.")
    ] = False,
    mode: Annotated[str, typer.Option(help="three_stage, one_sentence or predictive.")] = "three_stage",
    lang: Annotated[
        str, typer.Option(help="en or zh: what customers, robot and agents speak; an own persona file tells its own.")
    ] = "",
    calls: Annotated[int, typer.Option(help="How many leads are called.")] = 20,
    concurrency: Annotated[int, typer.Option(help="Calls at a time.")] = 6,
    seed: Annotated[int, typer.Option(help="Draws voices, timing and wordings.")] = 1,
    agents: Annotated[int, typer.Option(help="Simulated agents.")] = 3,
    personas: Annotated[Path | None, typer.Option(help="Another file of simulated customers.")] = None,
    json: Annotated[Path | None, typer.Option(help="One more copy of the JSON.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for recordings, page and data.")] = Path("out"),
    port: Annotated[int | None, typer.Option(help="Port of the console's API; 0 takes a free one.")] = None,
    https: _Https = False,
    certificate: _Certificate = None,
    key: _Key = None,
    host: _Host = None,
) -> None:
    """Run a campaign with simulated customers and agents, and leave recordings, a page and figures."""
    from console.demo.options import DemoOptions
    from console.demo.run import run_demo
    from simulation.personas import read_personas

    options = DemoOptions(
        mode=mode,
        lang=lang or (read_personas(personas).lang if personas else "en"),
        calls=calls,
        concurrency=concurrency,
        seed=seed,
        agents=agents,
        port=port,
        https=https,
        certificate=certificate,
        key=key,
        host=host,
        personas=personas,
        json=json,
        out=out,
        stays=not headless and sys.stdout.isatty(),
    )
    raise typer.Exit(run_demo(options, Console()))


@app.command()
def worker(
    site: Site = None,
    console: Annotated[bool, typer.Option(help="Serve the console's API too.")] = True,
    https: _Https = False,
    certificate: _Certificate = None,
    key: _Key = None,
    host: _Host = None,
) -> None:
    """Dial for the campaigns that run, until SIGTERM: then no new call, and those under way may end."""
    from console.site import reached_at, settings_of
    from console.worker import run_worker
    from kernel.log import configure_logging

    settings = reached_at(settings_of(site), https=https, host=host, certificate=certificate, key=key)
    configure_logging(level=settings.log.level.upper(), format=settings.log.format, show_pii=settings.log.show_pii)
    raise typer.Exit(run_worker(settings, console=console, say=lambda line: print(line, flush=True)))


@app.command()
def talk(
    recording: Annotated[Path, typer.Argument(help="One side of a call: a 16-bit WAV file, 8 to 48 kHz.")],
    out: Annotated[Path | None, typer.Option(help="The two-channel WAV; default NAME.talk.wav here.")] = None,
    assistant: Annotated[str, typer.Option(help="Which assistant speaks.")] = "course_en",
    side: Annotated[
        Literal["left", "right"] | None, typer.Option(help="The customer's channel of a stereo recording.")
    ] = None,
    site: Site = None,
) -> None:
    """Let the robot talk with a recording: turns, partials, intents and actions as they happen, and a two-channel WAV."""
    import asyncio
    from datetime import UTC, datetime

    from console.site import settings_of
    from dialer.wiring.recording import check_out, talk_to_recording
    from kernel.clock import LoopClock
    from kernel.folders import cache_folder
    from kernel.log import LogFormat, configure_logging
    from speech.wav import Side, read_wav

    pcm = read_wav(recording, side=Side(side) if side else None)
    configure_logging(level="WARNING", format=LogFormat.TEXT)
    written = out or Path(f"{recording.stem}.talk.wav")
    check_out(recording, written)
    outcome = asyncio.run(
        talk_to_recording(
            pcm,
            settings=settings_of(site),
            assistant=assistant,
            clock=LoopClock(),
            cache=cache_folder(),
            out=written,
            called_at=datetime.now(UTC),
            tell=lambda line: print(line, flush=True),
        )
    )
    print(f"grade {outcome.grade} · {outcome.ended.value} ({outcome.reason}) · {' '.join(outcome.summary)}")
    print(f"recording {written}")


@personas_app.command("check")
def check_personas(
    file: Annotated[Path, typer.Argument(help="A file of simulated customers.")], site: Site = None
) -> None:
    """Check a persona file, and whether a recogniser of its language has all its words."""
    import asyncio

    from console.persona_words import unheard_words
    from console.site import settings_of
    from simulation.personas import read_personas

    found = read_personas(file)
    unknown = asyncio.run(unheard_words(settings_of(site), found))
    for word, near in unknown.items():
        print(f"{file}: the recogniser does not know {word!r}" + (f"; nearest: {near}" if near else ""))
    if unknown:
        raise typer.Exit(1)
    print(f"{file}: {len(found.personas)} personas, every word is known")


@app.command()
def doctor() -> None:
    """Look whether everything is there that a platform on this machine needs."""
    from console.doctor import State, examine
    from kernel.folders import cache_folder

    console = Console()
    worst = State.OK
    colours = {State.OK: "green", State.WARN: "yellow", State.FAIL: "red"}
    for finding in examine(cache_folder()):
        remedy = f" → {finding.remedy}" if finding.remedy else ""
        console.print(f"[{colours[finding.state]}]{finding.state.value:5}[/] {finding.what}{remedy}", highlight=False)
        worst = finding.state if finding.state is State.FAIL or worst is State.OK else worst
    raise typer.Exit(1 if worst is State.FAIL else 0)


def main() -> None:
    """The `jingyin` command: errors that a person can act on are said without a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as exc:
        causes = _leaves(exc)
        if not all(isinstance(cause, JingyinError) for cause in causes):
            raise
        for cause in causes:
            print(cause, file=sys.stderr)
        raise SystemExit(_REFUSED) from None


def _leaves(exc: BaseException) -> list[BaseException]:
    """The errors themselves, out of whatever groups they are in."""
    if not isinstance(exc, BaseExceptionGroup):
        return [exc]
    return [leaf for inner in exc.exceptions for leaf in _leaves(inner)]


if __name__ == "__main__":
    main()
