"""Builds a model whose graph knows an assistant's words: `python -m speech.graph.build --base DIR --phrases FILE --out DIR`.

A process of its own, because it loads espeak (GPL-3) for the pronunciations. No training: the acoustic model is the base's;
its words and phrases are all kept, the assistant's are added. About 4 s; `assistant_model` does it once per set of phrases.
"""

import argparse
import asyncio
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kernel.errors import JingyinError
from speech.endpointing import PhraseSet
from speech.graph.decoding import Costs, search_graph, unused_transition, word_ids
from speech.graph.fst import Side
from speech.graph.language_model import Smoothing, bigram
from speech.graph.lexicon import Spoken, lexicon_text, pronunciations, read_lexicon
from speech.han import segmented

_VERSION: Final = 3  # of what is built: raise it when the same phrases give another graph
_ACCENTS: Final = {"en": ("en-us", "en", "en-gb-x-rp", "en-us-nyc"), "zh": ("cmn",)}
# What the Mandarin model hears of unseen voices is taken for no word too easily (docs/adr/0015).
_COSTS: Final = {"en": Costs(), "zh": Costs(unknown_begin=7.0, unknown_phone=2.6)}
_BUILD_WITHIN_S: Final = 120.0


class GraphFailed(JingyinError):
    """The recogniser's graph could not be built."""

    code = "speech.graph_failed"


async def assistant_model(base: Path, phrases: PhraseSet, *, cache: Path) -> Path:
    """The model `base` with the assistant's phrases in its graph; built on the first call for these phrases, then kept.

    A base without our own lexicon (a model of somebody else's) is returned as it is.

    Raises:
        GraphFailed: espeak does not know a word, the disk is full, ...
    """
    lexicon = base / "graph" / "lexicon.txt"
    if not lexicon.is_file() or not (base / "phones.json").is_file():
        return base
    key = hashlib.sha256(str(_VERSION).encode())
    for part in (lexicon, base / "am" / "final.mdl", _own_phrases(phrases.lang), _words_of(phrases.lang)):
        key.update(part.read_bytes() if part.is_file() else b"")
    key.update(json.dumps([phrases.lang, *phrases.phrases]).encode())
    built = cache / "graphs" / f"{base.name}-{phrases.name}-{key.hexdigest()[:16]}"
    if (built / "am" / "final.mdl").is_file():
        return built
    built.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=built.parent) as folder:
        wordings = Path(folder) / "phrases.txt"
        wordings.write_text("\n".join(phrases.phrases), encoding="utf-8")
        made = Path(folder) / "model"
        await _run(base, phrases.lang, wordings, made)
        try:
            made.rename(built)
        except OSError:
            if not (built / "am" / "final.mdl").is_file():  # another process was first: its graph is the same
                raise
    return built


def known_words(base: Path) -> frozenset[str]:
    """The words of a model's graph."""
    lines = (base / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line and line[0] not in "<[#")


async def _run(base: Path, lang: str, phrases: Path, out: Path) -> None:
    arguments = ("--base", str(base), "--lang", lang, "--phrases", str(phrases), "--out", str(out))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "speech.graph.build",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_BUILD_WITHIN_S):
            _, said = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise GraphFailed(f"not built within {_BUILD_WITHIN_S:g} s", where=str(base)) from None
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()
        raise GraphFailed(last[-1] if last else "the build ended without a word", where=str(base))


def _own_phrases(lang: str) -> Path:
    return Path(__file__).with_name(f"phrases_{lang}.txt")


def _words_of(lang: str) -> Path:
    return Path(__file__).with_name(f"words_{lang}.txt")


def _own_words(lang: str) -> list[str]:
    return [word for line in _lines(_words_of(lang)) for word in line.split()]


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _in_words(phrases: Sequence[str], known: Iterable[str]) -> list[str]:
    """Each phrase once; Chinese is cut into `known` words."""
    words = frozenset(known)
    return list(dict.fromkeys(segmented(phrase, words) for phrase in phrases))


def build(base: Path, lang: str, phrases: Iterable[str], out: Path) -> None:
    """Write the model to `out`, which must not exist.

    Raises:
        NoPronunciation, EspeakFailed, OSError.
    """
    from speech.graph.espeak import Espeak  # GPL: in this process only

    phones = tuple(json.loads((base / "phones.json").read_text(encoding="utf-8")))
    known = read_lexicon(base / "graph" / "lexicon.txt")
    whole = _in_words([*_lines(_own_phrases(lang)), *phrases], [*known, *_own_words(lang)])
    words = sorted({word for phrase in whole for word in phrase.split()} | set(known))
    new = [word for word in words if word not in known]
    espeak = Espeak()
    spoken: list[Spoken] = []
    wanted = set(new)
    for accent in _ACCENTS[lang]:
        for text in [*new, *new, *(phrase for phrase in whole if wanted & set(phrase.split()))]:
            spoken += espeak.words(text, accent)
    lexicon = {**known, **pronunciations(new, spoken, frozenset(phones) - {"SIL"}, known)}
    ids = word_ids(lexicon)
    shutil.copytree(base, out, ignore=shutil.ignore_patterns("README.md"))
    graph = out / "graph"
    (graph / "HCLr.fst").write_bytes(search_graph(lexicon, phones, ids, _COSTS[lang]).to_bytes(sorted_by=Side.OUTPUT))
    grammar = bigram([phrase.split() for phrase in whole], ids, Smoothing())
    (graph / "Gr.fst").write_bytes(grammar.to_bytes(sorted_by=Side.INPUT))
    (graph / "words.txt").write_text("".join(f"{word} {number}\n" for word, number in ids.items()), encoding="utf-8")
    (graph / "disambig_tid.int").write_text(f"{unused_transition(phones)}\n", encoding="utf-8")
    (graph / "lexicon.txt").write_text(lexicon_text(lexicon), encoding="utf-8")


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m speech.graph.build")
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--lang", default="en", choices=sorted(_ACCENTS))
    parser.add_argument("--phrases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        build(arguments.base, arguments.lang, _lines(arguments.phrases), arguments.out)
    except (JingyinError, OSError) as exc:
        print(str(exc).replace("\n", " "), file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
