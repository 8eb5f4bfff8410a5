"""What is said next where no rule and no story says it: the talk's next step, or the question once more.

What is returned counts as said: it is in the tracker's history.
"""

from typing import Final

from bot.assistant import ANSWER, Assistant
from bot.grading import Meaning, is_warm
from bot.tracker import Tracker
from speech.prompt import Move

_ASKED_ENOUGH: Final = 2  # questions after which a person is offered rather than the interest asked


def moves_of(assistant: Assistant, key: str) -> tuple[Move, ...]:
    """The moves of a response."""
    return assistant.project.responses[key][0].moves


def next_steps(assistant: Assistant, tracker: Tracker) -> list[str]:
    """The next step of the talk from wherever it is, as keys of responses."""
    asked = sum(one.means == Meaning.ASKED for one in tracker.evidence)
    if tracker.slots.get("holding"):
        keys = ["utter_hold_again"]
    elif tracker.form is not None:
        return [f"utter_ask_{tracker.requested}"]
    elif not tracker.slots.get("pitched") or tracker.pitch_cut:
        keys = ["utter_pitch", assistant.question]
    elif assistant.question == ANSWER:
        keys = [ANSWER]
    elif (is_warm(tracker.evidence) or asked >= _ASKED_ENOUGH) and not tracker.slots.get("nobody_free"):
        keys = ["utter_offer_person"]
    else:
        keys = ["utter_ask_interest_again"]
    tracker.history += [f"action:{key}" for key in keys]
    return keys


def question_again(assistant: Assistant, tracker: Tracker) -> list[str]:
    """The question that was heard and not answered; where none was heard, the talk goes on."""
    last = tracker.question[-1:]
    asked = [key for key in last if key.startswith("utter_ask_") or Move.OFFER_PERSON in moves_of(assistant, key)]
    return said_again(tracker, 1) if asked else next_steps(assistant, tracker)


def said_again(tracker: Tracker, most: int) -> list[str]:
    """The last parts of the last utterance, at most so many, without its apologies, to be said again."""
    keys = [key for key in tracker.question if not key.startswith(("utter_reprompt", "utter_sorry"))]
    keys = keys[-most:]
    tracker.history += [f"action:{key}" for key in keys]
    return keys
