"""The folder of a demo's results: made empty, looked after while the demo runs, and what is in it when it was stopped."""

import os
import shutil
from pathlib import Path

from kernel.errors import JingyinError

JSON, PAGE, CALLS, LOG = "demo.json", "report.html", "calls", "platform.log"


class NoPlaceForResults(JingyinError):
    """The folder for the demo's results, or the file of --json, cannot be made or written."""

    code = "console.no_place_for_results"


class ResultsGone(JingyinError):
    """The folder of the results was taken away while the demo ran."""

    code = "console.results_gone"


def check_copy(copy: Path | None, out: Path) -> None:
    """Refuse, before anything starts, a place where one more copy of the JSON cannot be written.

    Raises:
        NoPlaceForResults: its folder is missing, it is a folder, or neither may be written.
    """
    if copy is None or copy.absolute().parent == out:
        return
    folder = copy.absolute().parent
    if not folder.is_dir():
        wrong = "there is no such folder"
    elif copy.is_dir():
        wrong = "it is a folder"
    elif not os.access(copy if copy.exists() else folder, os.W_OK):
        wrong = "it may not be written"
    else:
        return
    raise NoPlaceForResults(
        f"the JSON cannot be written there: {wrong}",
        where=str(copy),
        remedy="Name a file in a folder that is there with --json.",
    )


def fresh(out: Path) -> None:
    """An empty place for this run's results; what an earlier demo left there goes.

    Raises:
        NoPlaceForResults: nothing can be written there.
    """
    try:
        for name in (CALLS, "data"):
            shutil.rmtree(out / name, ignore_errors=True)
        for name in (JSON, PAGE):
            (out / name).unlink(missing_ok=True)
        (out / CALLS).mkdir(parents=True)
    except OSError as exc:
        raise NoPlaceForResults(
            f"nothing can be written there ({exc.strerror})", where=str(out), remedy="Name another folder with --out."
        ) from None


def check_there(out: Path) -> None:
    """Look whether the folder still is.

    Raises:
        ResultsGone: no.
    """
    if not (out / CALLS).is_dir():
        raise ResultsGone(
            "the folder of the results was removed while the demo ran, and its recordings and data with it",
            where=str(out),
            remedy="Run the demo again, and leave the folder alone until it ends; --out names another.",
        )


def left_in(out: Path) -> str:
    """What somebody finds who stopped the demo."""
    if (out / JSON).is_file():
        return f"stopped · recordings {out / CALLS} · page {out / PAGE} · JSON {out / JSON}"
    if not (out / CALLS).is_dir():
        return "stopped before anything was written"
    wavs = len(list((out / CALLS).glob("*.wav")))
    recordings = f"{wavs} recording{'' if wavs == 1 else 's'} of calls that were over in {out / CALLS}"
    return f"stopped before the campaign's end: no figures, no page · {recordings} · log {out / LOG}"
