"""What the shipped model makes of wordings: `python -m tests.bench.hearing [--lang zh] [--quick] [--json FILE]`.

The assistant's own examples, other wordings of the same intents (tests/bot/heldout_LANG.yml) and the simulated customers'
lines, by the simulator's voices (trained and unseen apart), A-law, white noise 20 dB below the speech: the share heard
exactly, and the share understood (the intent of what was heard is that of what was said). `text`: the other wordings as text,
without any sound, and the share whose intent is right.
"""

import argparse
import asyncio
import random
from pathlib import Path

from ruamel.yaml import YAML

from bot.assistant import Assistant, load_assistant
from kernel.folders import cache_folder
from kernel.shipped import shipped
from simulation.personas import PAUSE, read_personas
from simulation.voices import TRAINED, UNSEEN, Mouth, Speaker
from speech.asr_vosk import VoskModel
from speech.graph.build import assistant_model
from speech.han import together
from speech.recognition import Grammar
from tests.bench.demo_runs import Result, report
from tests.bench.rejection import telephone


def main() -> None:
    """The bench."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lang", default="en", choices=("en", "zh"))
    parser.add_argument("--quick", action="store_true", help="60 wordings of a kind instead of 300")
    parser.add_argument("--wrong", action="store_true", help="print what was misunderstood")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    lang = given.lang
    assistant = load_assistant(shipped(Path(f"bot/assistants/course_{lang}")), cache=cache_folder() / "nlu")
    base = shipped(Path(f"models/vosk_micro_{lang}"))
    model = VoskModel(asyncio.run(assistant_model(base, assistant.phrases, cache=cache_folder())))
    mouth, draw = Mouth(), random.Random(7)
    results = [as_text(assistant, lang)]
    for kind, texts in wordings(assistant, lang).items():
        chosen = draw.sample(sorted(texts), min(len(texts), 60 if given.quick else 300))
        for voices, name in ((TRAINED[lang], "trained"), (UNSEEN[lang], "unseen")):
            exact = understood = 0
            for text in chosen:
                heard = hear(model, mouth, text, draw.choice(voices), draw)
                exact += together(heard) == text
                meant, got = assistant.understander.parse(text).intent, assistant.understander.parse(heard).intent
                understood += meant == got
                if given.wrong and meant != got:
                    print(f"{kind} {name}: {text} ({meant}) -> {heard} ({got})")
            results += [
                Result(name=f"{kind}_{name}_exact", value=round(exact / len(chosen), 3), unit="share", n=len(chosen)),
                Result(
                    name=f"{kind}_{name}_understood",
                    value=round(understood / len(chosen), 3),
                    unit="share",
                    n=len(chosen),
                ),
            ]
    report(f"hearing_{lang}", results, given.json)


def heldout(lang: str) -> list[tuple[str, set[str]]]:
    """Wordings with the intents that are right for them."""
    texts = YAML(typ="safe").load(Path(f"tests/bot/heldout_{lang}.yml").read_text(encoding="utf-8"))
    entries = [(intent, *entry.split("|")) for intent, entries in texts.items() for entry in entries]
    return [(text, {intent, *others}) for intent, text, *others in entries]


def as_text(assistant: Assistant, lang: str) -> Result:
    """How well the classifier does on wordings it has not seen."""
    known = set(assistant.phrases.phrases)
    others = [(text, right) for text, right in heldout(lang) if text not in known]
    right = [assistant.understander.parse(text).intent in meant for text, meant in others]
    return Result(name="text", value=round(sum(right) / len(right), 3), unit="share", n=len(right))


def wordings(assistant: Assistant, lang: str) -> dict[str, set[str]]:
    """Kind -> texts."""
    people = read_personas(shipped(Path(f"simulation/personas_{lang}.yml"))).personas
    lines = {line for person in people for entry in person.entries for text in entry.say for line in text.split(PAUSE)}
    return {
        "examples": set(assistant.phrases.phrases),
        "other": {text for text, _ in heldout(lang)},
        "personas": {line.strip() for line in lines},
    }


def hear(model: VoskModel, mouth: Mouth, text: str, voice: str, draw: random.Random) -> str:
    """A text through a voice, a telephone line and the recogniser."""
    speaker = Speaker(voice=voice, rate_wpm=draw.randint(140, 185), pitch=draw.randint(35, 65), unseen=False)
    stream = model.stream(Grammar.FREE)
    pcm = telephone(mouth.say(text, speaker, draw.randrange(1 << 30)), draw)
    for at in range(0, len(pcm), 1280):
        stream.feed(pcm[at : at + 1280])
    return str(stream.finish()["text"])


if __name__ == "__main__":
    main()
