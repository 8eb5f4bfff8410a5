"""What a person reads before taking over: at most three lines."""

from typing import Final

from bot.grading import Meaning
from bot.tracker import Tracker

_SENTENCES: Final = {
    Meaning.OPT_OUT: "wants no more calls",
    Meaning.WANTS_PERSON: "wants to speak to a person",
    Meaning.INTERESTED: "is interested",
    Meaning.ASKED: "asked questions",
    Meaning.CALLBACK: "wants to be called later",
    Meaning.UNDECIDED: "is not sure yet",
    Meaning.OBJECTED: "has an objection",
    Meaning.REFUSED: "declined",
    Meaning.WRONG_PERSON: "is not the person we wanted",
}
_TOPICS: Final = ("ask_", "too_", "no_need", "think_", "distrust")


def summary(tracker: Tracker) -> tuple[str, ...]:
    """What the customer wants, what they spoke of and what was promised, and their last telling words."""
    meanings = list(dict.fromkeys(Meaning(one.means) for one in tracker.evidence))
    wants = [_SENTENCES[means] for means in meanings if means in _SENTENCES]
    if not wants:
        return ("Nothing was learnt.",) if not tracker.intents else ("Spoke, but did not say what they want.",)
    lines = [f"The customer {_listed(wants)}."]
    topics = [one.removeprefix("ask_").replace("_", " ") for one in tracker.intents if one.startswith(_TOPICS)]
    facts = [f"Spoke of: {', '.join(dict.fromkeys(topics))}."] if topics else []
    if tracker.callback_at is not None:
        facts.append(f"Callback promised {tracker.slots.get('callback_time')}.")
    if facts:
        lines.append(" ".join(facts))
    words = [f'"{one.text}"' for one in tracker.evidence if one.text]
    lines.append(f"Said: {', '.join(dict.fromkeys(words[-3:]))}")
    return tuple(lines)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
