"""Nods and interruptions over a prompt: `python -m tests.bench.nods [--quick] [--json FILE]`.

The simulator's voices say short words while the robot speaks: line noise 20 dB below, A-law, the real VAD, floor, player
and recogniser on virtual time. A nod is resumed when the prompt goes on and the nod became no turn; an interruption is
taken when it became one. Voices the model was not trained on are counted apart.
"""

import argparse
import asyncio
import random
from collections import Counter
from pathlib import Path

import numpy as np

from bot.assistant import Assistant, load_assistant
from kernel.clock import LoopClock
from kernel.folders import cache_folder
from kernel.shipped import shipped
from kernel.tasks import alongside
from kernel.virtual_time import VirtualTimeLoop
from media.audio import FRAME_SAMPLES
from media.leg import Dial
from media.loopback import FarEnd
from media.ticker import Ticker
from simulation.line import PhoneLine
from simulation.voices import TRAINED, UNSEEN, Clip, Mouth, Speaker
from speech.asr_vosk import VoskModel
from speech.conversation import Conversation, ConversationEvent, PartialHeard, TurnEnded, TurnKind, UtteranceOver
from speech.endpointing import Expectation
from speech.graph.build import assistant_model
from speech.player import Spoken
from speech.prompt import Prompt
from tests.bench.demo_runs import Result, report
from tests.fakes.direct import DirectRecognizer
from tests.fakes.speech import TonePrompts

_SAID = {  # nods, interruptions
    "en": (
        (
            "uh-huh",
            "yeah",
            "okay",
            "right",
            "i see",
            "yeah okay",
            "okay okay",
            "mm-hmm",
            "yes",
            "sure",
            "aha",
            "uh-huh okay",
        ),
        (
            *(
                "stop",
                "wait",
                "no thanks",
                "who is this",
                "not interested",
                "how much is it",
                "no no no",
                "hold on please",
            ),
            *("what is the price", "sorry who is calling", "do not call me again", "i am busy right now"),
        ),
    ),
    "zh": (
        ("嗯", "对", "好的", "是的", "喂", "哦", "嗯嗯", "对对", "好", "行", "知道了", "这样啊"),
        (
            *("等一下", "不需要", "你是谁", "没兴趣", "多少钱", "不用了", "别说了", "请问你是哪里", "怎么收费"),
            *("不要再打了", "我现在很忙", "你们是什么公司"),
        ),
    ),
}
_PROMPT = Prompt(key="utter_long", text=" ".join(["a long sentence that takes its time to be said to its end"] * 3))
_BEGIN_S = 2.5


def main() -> None:
    """The bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="each word by 4 voices instead of 16")
    parser.add_argument("--lang", choices=sorted(_SAID), default="en")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    assistant = load_assistant(shipped(Path(f"bot/assistants/course_{given.lang}")), cache=cache_folder() / "nlu")
    folder = asyncio.run(
        assistant_model(shipped(Path(f"models/vosk_micro_{given.lang}")), assistant.phrases, cache=cache_folder())
    )
    model, mouth, draw = VoskModel(folder), Mouth(), random.Random(given.seed)
    good: Counter[tuple[str, bool]] = Counter()
    all_of: Counter[tuple[str, bool]] = Counter()
    for kind, texts in zip(("nods_resumed", "interruptions_taken"), _SAID[given.lang], strict=True):
        for text in texts:
            for number in range(4 if given.quick else 16):
                unseen = number % 2 == 1
                voice = draw.choice((UNSEEN if unseen else TRAINED)[given.lang])
                speaker = Speaker(
                    voice=voice, rate_wpm=draw.randint(135, 190), pitch=draw.randint(35, 65), unseen=unseen
                )
                clip = mouth.say(text, speaker, draw.randrange(1 << 30))
                with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
                    taken, seen = runner.run(_over_a_prompt(assistant, model, clip, draw.randrange(1 << 30)))
                all_of[kind, unseen] += 1
                good[kind, unseen] += taken == (kind == "interruptions_taken")
                if taken != (kind == "interruptions_taken"):
                    print(f"{kind}: {text!r} by {voice}: {seen}")
    results = [
        Result(
            name=f"{kind}{'_unseen' if unseen else ''}",
            value=round(good[kind, unseen] / all_of[kind, unseen], 3),
            unit="share",
            n=all_of[kind, unseen],
        )
        for kind, unseen in sorted(all_of)
    ]
    report("nods", results, given.json)


async def _over_a_prompt(assistant: Assistant, model: VoskModel, clip: Clip, seed: int) -> tuple[bool, str]:
    """True when the words became the customer's turn; and what was heard."""
    clock = LoopClock()
    ticker = Ticker(clock)
    far = FarEnd(Dial(number="+12025550100", caller_id="", ring_timeout_s=20, call_id="1"), clock, ticker)
    events: list[ConversationEvent] = []
    conversation = Conversation(
        leg=far.leg,
        recognizer=DirectRecognizer(model),
        prompts=TonePrompts(),
        understander=assistant.understander,
        on_event=events.append,
        on_stretch=lambda stretch: None,
        on_moves=lambda started, moves, at: None,
    )
    far.answer()
    async with alongside(ticker.run(), conversation.run(), _line(far, clock, clip, seed)):
        await clock.sleep(1.2)
        await conversation.say([Spoken(prompt=_PROMPT)], Expectation())
        await clock.sleep(_BEGIN_S - 1.2 + len(clip) / 8000 + 1.6)
        stopped = any(isinstance(event, UtteranceOver) for event in events)
        turns = [event for event in events if isinstance(event, TurnEnded) and event.kind is not TurnKind.HELLO]
        far.hang_up()
        await clock.sleep(0.1)
    pieces = [f"{event.at_ms}:{event.text!r}" for event in events if isinstance(event, PartialHeard)]
    heard = (
        " ".join(pieces)
        + " -> "
        + "; ".join(f"{turn.text!r} {turn.understanding.intent} {turn.confidence:.2f} {turn.kind}" for turn in turns)
    )
    return stopped, heard


async def _line(far: FarEnd, clock: LoopClock, clip: Clip, seed: int) -> None:
    line = PhoneLine(20.0, seed)
    began_s = clock.monotonic()
    whole = np.concatenate([np.zeros(round(_BEGIN_S * 8000)), clip, np.zeros(-len(clip) % FRAME_SAMPLES)])
    tick = 0
    while not far.over:
        tick += 1
        await clock.sleep_until(began_s + 0.02 * tick)
        at = (tick - 1) * FRAME_SAMPLES
        frame = whole[at : at + FRAME_SAMPLES]
        far.send(line.carry(frame if len(frame) == FRAME_SAMPLES else np.zeros(FRAME_SAMPLES)))


if __name__ == "__main__":
    main()
