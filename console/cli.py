"""The command line: `jingyin …`. Commands import what they need themselves, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kernel.errors import JingyinError

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="An open telesales platform with a voice robot in it."
)
personas_app = typer.Typer(no_args_is_help=True, help="Simulated customers.")
app.add_typer(personas_app, name="personas")

_REFUSED = 2


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without the web app (there is none yet).")] = True,
    calls: Annotated[int, typer.Option(help="How many leads are called.")] = 20,
    concurrency: Annotated[int, typer.Option(help="Calls at a time.")] = 6,
    seed: Annotated[int, typer.Option(help="Draws voices, timing and wordings.")] = 1,
    agents: Annotated[int, typer.Option(help="Simulated agents.")] = 3,
    personas: Annotated[Path | None, typer.Option(help="Another file of simulated customers.")] = None,
    json: Annotated[Path | None, typer.Option(help="One more copy of the JSON.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for recordings, page and data.")] = Path("out"),
    port: Annotated[int | None, typer.Option(help="Port of the console's API; 0 takes a free one.")] = None,
) -> None:
    """Run a three-stage campaign with simulated customers and agents, and leave recordings, a page and figures."""
    from console.demo.options import DemoOptions
    from console.demo.run import run_demo

    options = DemoOptions(
        calls=calls,
        concurrency=concurrency,
        seed=seed,
        agents=agents,
        port=port,
        personas=personas,
        json=json,
        out=out,
    )
    raise typer.Exit(run_demo(options, Console()))


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
