"""What of a lead is said in a sentence: the slots its template speaks of, each there, each masked. Pure."""

from collections.abc import Mapping
from typing import Final

from bot.rasa.domain import SLOT_MARK
from bot.rasa.project import MappingKind, Project
from crm.masking import unmasked
from kernel.errors import JingyinError

_THE_PLATFORMS: Final = frozenset({"name", "caller_number"})  # a name may be missing, our own number is no secret


class DataMissing(JingyinError):
    """The template speaks of something that the lead does not have."""

    code = "dialer.data_missing"


class DataUnmasked(JingyinError):
    """The lead has something in full that may be said masked only. The message does not repeat it."""

    code = "dialer.data_unmasked"


def spoken_slots(project: Project) -> tuple[str, ...]:
    """The slots that responses speak of and that only the lead can fill, in the order of the domain."""
    texts = [wording.text for wordings in project.responses.values() for wording in wordings]
    marks = {mark for text in texts for mark in SLOT_MARK.findall(text)} - _THE_PLATFORMS
    return tuple(
        name
        for name, slot in project.slots.items()
        if name in marks and all(mapping.kind is MappingKind.CUSTOM for mapping in slot.mappings)
    )


def filled(project: Project, data: Mapping[str, object], *, where: str) -> dict[str, str]:
    """What the project's templates say of `data`, attributes of a lead; `where` names the lead.

    Raises:
        DataMissing, DataUnmasked: nobody may be called with this.
    """
    slots = {}
    for name in spoken_slots(project):
        value = data.get(name)
        text = "" if value is None else str(value).strip()
        if not text:
            raise DataMissing(
                f"there is no {name!r}, and the sentence says it",
                where=where,
                remedy=f"Add the attribute {name!r}, or take {{{name}}} out of the template.",
            )
        problem = unmasked(text)
        if problem is not None:
            raise DataUnmasked(
                f"{name!r} is {problem}",
                where=where,
                remedy="Only masked forms may be said: write the last four digits, such as 1234.",
            )
        slots[name] = text
    return slots
