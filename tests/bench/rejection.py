"""What pocketsphinx takes for the assistant's phrases, and what it refuses: `python -m tests.bench.rejection [--quick] [--clean] [--bare] [--lang zh]`.

The assistant's own phrases and sentences it has nothing to do with, by the simulator's voices, A-law, white noise 20 dB below
the speech. A phrase is right, wrong (heard as another) or refused, and its intent right when what was heard, word for word or not,
means the same to the assistant; foreign speech is taken or refused. `--clean`: without noise, as a browser cleans a microphone;
`--lang zh`: Mandarin in English sounds. `--bare`: without the noise that speech.asr_pocketsphinx lays under what it hears. Also the margin per
frame below which one in twenty right phrases lies: where speech.asr_pocketsphinx refuses.
"""

import argparse
import asyncio
import random
import tempfile
from pathlib import Path

import numpy as np

from bot.assistant import Assistant, load_assistant
from kernel.folders import cache_folder
from kernel.shipped import shipped
from media.g711 import alaw_decode, alaw_encode
from simulation.voices import TRAINED, UNSEEN, Clip, Mouth, Speaker
from speech import asr_pocketsphinx
from speech.asr_pocketsphinx import PocketsphinxModel
from speech.graph.build import assistant_model
from speech.recognition import Grammar
from speech.spelled import spelled
from tests.bench.demo_runs import Result, report

_FOREIGN = (
    "the weather in paris is lovely today",
    "my dog chased two cats around the garden",
    "please submit your quarterly report by friday noon",
    "seven of clubs and the queen of hearts",
    "i was born in a small village near the river",
    "computers are useful for scientific research",
    "where did you put the blue umbrella",
    "go forward ten meters",
    "the cake needs three eggs and butter",
    "oh my goodness what a storm",
    "turn on the kitchen light",
    "football is on television tonight",
    "she sells sea shells by the sea shore",
    "good grief charlie",
    "paper and pencil",
)
_LEAD = 1600  # samples of noise before and after: 0.2 s
_SNR_DB = 20.0


def main() -> None:
    """The bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="40 phrases instead of 200")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    parser.add_argument("--clean", action="store_true", help="no noise on the line")
    parser.add_argument("--bare", action="store_true", help="no noise of the recogniser's own")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.bare:
        asr_pocketsphinx._NOISE[:] = 0.0
    snr_db = None if given.clean else _SNR_DB
    assistant = load_assistant(shipped(Path(f"bot/assistants/course_{given.lang}")), cache=cache_folder() / "nlu")
    draw = random.Random(7)
    model, mouth = _model(assistant), Mouth()
    understander = assistant.understander
    right = wrong = refused = taken = meant = 0
    margins: list[float] = []
    phrases = draw.sample(assistant.phrases.phrases, 40 if given.quick else 200)
    for text in phrases:
        heard, margin = _heard(model, _sound(mouth, text, given.lang, draw, snr_db))
        right, wrong, refused = right + (heard == text), wrong + (heard not in ("", text)), refused + (not heard)
        meant += bool(heard) and understander.parse(heard).intent == understander.parse(text).intent
        if heard == text and margin is not None:
            margins.append(margin)
    foreign = [text for text in _FOREIGN for _ in range(1 if given.quick else 4)]
    for text in foreign:
        taken += bool(_heard(model, _sound(mouth, text, "en", draw, snr_db))[0])
    n = len(phrases)
    results = [
        Result(name="right", value=round(right / n, 3), unit="share", n=n),
        Result(name="wrong", value=round(wrong / n, 3), unit="share", n=n),
        Result(name="refused", value=round(refused / n, 3), unit="share", n=n),
        Result(name="intent_right", value=round(meant / n, 3), unit="share", n=n),
        Result(name="foreign_refused", value=round(1 - taken / len(foreign), 3), unit="share", n=len(foreign)),
        Result(name="margin_p5_of_right", value=float(np.percentile(margins, 5)), unit="nat/frame", n=len(margins)),
    ]
    report("rejection", results, given.json)


def _heard(model: PocketsphinxModel, pcm: bytes) -> tuple[str, float | None]:
    stream = model.stream(Grammar.FREE)
    stream.feed(pcm)
    heard = stream.finish()
    return heard["text"], heard.get("margin")


def _model(assistant: Assistant) -> PocketsphinxModel:
    phrases = assistant.phrases
    if phrases.lang == "en":
        return PocketsphinxModel(phrases.phrases)
    base = asyncio.run(assistant_model(shipped(Path("models/vosk_micro_zh")), phrases, cache=cache_folder()))
    said, lines = spelled(base / "graph" / "lexicon.txt", phrases.phrases)
    with tempfile.TemporaryDirectory() as folder:
        dictionary = Path(folder) / "zh.dict"
        dictionary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        model = PocketsphinxModel(said, dictionary)
        model.stream(Grammar.FREE).finish()  # the dictionary is read with the first stream
    return model


def _sound(mouth: Mouth, text: str, lang: str, draw: random.Random, snr_db: float | None) -> bytes:
    rate_wpm = draw.randint(140, 185) if lang == "en" else draw.randint(180, 240)
    speaker = Speaker(voice=draw.choice(TRAINED[lang] + UNSEEN[lang]), rate_wpm=rate_wpm, pitch=50, unseen=False)
    return telephone(mouth.say(text, speaker, draw.randrange(1 << 30)), draw, snr_db)


def telephone(clip: Clip, draw: random.Random, snr_db: float | None = _SNR_DB) -> bytes:
    """Speech with 0.2 s of noise before and after, over the line; None: no noise."""
    level = 0.0 if snr_db is None else np.sqrt(np.mean(np.square(clip))) * 10 ** (-snr_db / 20)
    whole = np.random.default_rng(draw.randrange(1 << 30)).normal(0, level, len(clip) + 2 * _LEAD)
    whole[_LEAD : _LEAD + len(clip)] += clip
    return alaw_decode(alaw_encode(np.clip(whole, -32768, 32767).astype(np.int16).tobytes()))


if __name__ == "__main__":
    main()
