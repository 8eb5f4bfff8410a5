"""The modes there are. A further one is a file beside this one and a row here.

A campaign of mode `inbound` dials nobody but whom it promised a callback; its calls come through `dialer.reception`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from crm.campaign import Campaign
from dialer.inbound_rules import read_rules
from dialer.life import Life
from dialer.modes import one_sentence, predictive, three_stage
from dialer.pacing import Law, all_lines, progressive
from dialer.pacing_predictive import predictive as look_ahead
from kernel.errors import JingyinError


class UnknownMode(JingyinError):
    """A campaign names a mode that does not exist."""

    code = "dialer.unknown_mode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """`live` lives one dialled call; `law` says how many to dial; `promises_as`: of callbacks only, in this mode; `check`
    refuses a campaign that could not run; `abandons`: who answers may find nobody, which is counted."""

    live: Callable[[Life], Awaitable[None]]
    law: Law
    promises_as: str = ""
    check: Callable[[Campaign], object] = lambda campaign: None
    abandons: bool = False


MODES: Final[Mapping[str, Mode]] = {
    "inbound": Mode(
        live=three_stage.live,
        law=progressive,
        promises_as="three_stage",
        check=lambda campaign: read_rules(campaign.options, campaign.name),
    ),
    "one_sentence": Mode(live=one_sentence.live, law=all_lines),
    "predictive": Mode(live=predictive.live, law=look_ahead, abandons=True),
    "three_stage": Mode(live=three_stage.live, law=progressive),
}


def mode_of(name: str, where: str = "") -> Mode:
    """The mode of that name; `where` is the campaign.

    Raises:
        UnknownMode: there is none.
    """
    mode = MODES.get(name)
    if mode is None:
        raise UnknownMode(f"no mode {name!r}", where=where, remedy=f"There are: {', '.join(MODES)}.")
    return mode
