"""What the robot says, and which step of the conversation saying it is."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Move(StrEnum):
    """A step of a telesales conversation. A closed list: stories, reports and simulated customers speak of these."""

    GREETING = "greeting"
    IDENTITY = "identity"
    NOTICE = "notice"
    PITCH = "pitch"
    ASK_INTEREST = "ask_interest"
    ANSWER_PRICE = "answer_price"
    ANSWER_WHO = "answer_who"
    ANSWER_SOURCE = "answer_source"
    ANSWER_ROBOT = "answer_robot"
    ANSWER_OTHER = "answer_other"
    HANDLE_OBJECTION = "handle_objection"
    ASK_CALLBACK_TIME = "ask_callback_time"
    CONFIRM_CALLBACK = "confirm_callback"
    CONFIRM_OPT_OUT = "confirm_opt_out"
    OFFER_PERSON = "offer_person"
    HOLD_LINE = "hold_line"
    REPROMPT = "reprompt"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One thing to say: a response of the assistant with its slots filled in.

    `key` names the response (`utter_pitch`); `text` is what is said, as written for people; `moves` may be several.
    `recording`, where given, is a WAV file, or a directory of pieces for a template with slots. `template` is the text
    before the slots were filled (`{name}` marks), needed to splice recorded pieces; equal to `text` without slots.
    """

    key: str
    text: str
    moves: tuple[Move, ...] = ()
    template: str = ""
    slots: tuple[tuple[str, str], ...] = ()
    recording: Path | None = None
    must_be_heard: bool = False  # identity and notice: an interrupted remainder is said later, the law wants it said
