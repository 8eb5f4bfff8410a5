"""Forms: which slot is asked for, and what a customer's turn fills.

Slots are filled by their mappings, as in Rasa: from an entity, from an intent, from the text; with the conditions of the
mapping. A slot that a time entity may fill takes spoken times only, and remembers the moment that was meant. A later turn
corrects it part by part ("no at three" keeps the day); one that refuses it ("not tomorrow") empties it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.callback_time import as_spoken, refuses_time, spoken_time
from bot.nlu.pipeline import Parse
from bot.rasa.project import Form, MappingKind, Slot, SlotMapping
from bot.tracker import Tracker
from speech.han import has_han

_NO: Final = {"en": "no", "zh": "不对"}  # between what was said and what corrects it


def missing_slot(form: Form, tracker: Tracker) -> str | None:
    """The first slot the form still has to ask for."""
    return next((slot for slot in form.required_slots if tracker.slots.get(slot) is None), None)


def fill_slots(tracker: Tracker, slots: Mapping[str, Slot], parse: Parse, *, time_entity: str, now: datetime) -> None:
    """Fill what the customer's turn tells. Times are read as said at `now` (aware, in the customer's zone)."""
    for name in [name for name in tracker.times if refuses_time(parse.text)]:
        tracker.slots[name] = None
        del tracker.times[name], tracker.said[name]
    for slot in slots.values():
        for mapping in slot.mappings:
            if not _applies(mapping, parse.intent, tracker):
                continue
            value = _value(mapping, parse)
            if value is None:
                continue
            if any(one.entity == time_entity for one in slot.mappings):
                asked = tracker.form is not None and tracker.requested == slot.name
                said = spoken_time(str(value), now, asked=asked, before=tracker.said.get(slot.name, ""))
                if said is None or not (said.precise or asked):
                    continue  # "later" is no answer unless we asked when
                tracker.times[slot.name] = said.at
                lang = "zh" if has_han(str(value)) else "en"
                before = tracker.said.get(slot.name)
                tracker.said[slot.name] = f"{before} {_NO[lang]} {value}" if before else str(value)
                value = as_spoken(said.at, now, lang)
            tracker.slots[slot.name] = value
            break


def _applies(mapping: SlotMapping, intent: str, tracker: Tracker) -> bool:
    if mapping.intents and intent not in mapping.intents:
        return False
    if intent in mapping.not_intents:
        return False
    if mapping.loop and mapping.loop != tracker.form:
        return False
    return not mapping.requested or mapping.requested == tracker.requested


def _value(mapping: SlotMapping, parse: Parse) -> object:
    match mapping.kind:
        case MappingKind.ENTITY:
            found = [entity.value for entity in parse.entities if entity.name == mapping.entity]
            return mapping.value if found and mapping.value is not None else next(iter(found), None)
        case MappingKind.INTENT:
            return mapping.value
        case MappingKind.TEXT:
            return parse.text or None
        case MappingKind.CUSTOM:
            return None
