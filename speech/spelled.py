"""Mandarin in the phones of the US-English model that pocketsphinx brings: syllables spelled in ARPAbet.

No model of Mandarin need be had for it, and it is heard accordingly: of phrases the model's users say about half are heard right
(tests/bench/rejection.py --lang zh). The sounds of the words are those of our own Mandarin model's lexicon, phone by phone; an
unaspirated stop is the English voiced one, and tones are not told apart.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from speech.han import segmented

_ARPABET: Final = dict(
    pair.split("=")
    for pair in [
        "@=AH",
        "A=AA",
        "Au=AW",
        "N=NG",
        "S;=SH",
        "X=HH",
        "a=AA",
        "ai=AY",
        "ei=EY",
        "f=F",
        "i=IY",
        "i.=ER",
        "iA=Y_AA",
        "iE=Y_EH",
        "i[=IH",
        "iou=Y_OW",
        "j=Y",
        "k=G",
        "kh=K",
        "l=L",
        "m=M",
        "n=N",
        "o=AO",
        "o-=AH",
        "ong=UH_NG",
        "ou=OW",
        "p=B",
        "ph=P",
        "s=S",
        "s.=SH",
        "t=D",
        "tS;=JH",
        "tS;h=CH",
        "th=T",
        "ts=Z",
        "ts.=JH",
        "ts.h=CH",
        "tsh=T_S",
        "u=UW",
        "ua=W_AA",
        "uei=W_EY",
        "uo=W_AO",
        "w=W",
        "y=Y_UW",
        "y&=Y_AE",
        "yE=Y_EH",
        "z.=R",
    ]
)


def spelled(lexicon: Path, phrases: Sequence[str]) -> tuple[list[str], list[str]]:
    """The phrases in words joined by blanks, and the lines of a dictionary for them.

    `lexicon` is a model's `graph/lexicon.txt`: word, cost, phones, by tabs. Phrases with other words are left out.
    """
    sounds: dict[str, list[str]] = {}
    for line in lexicon.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.split("\t")
        sounds.setdefault(word, []).append(" ".join(_ARPABET[phone] for phone in phones.split()).replace("_", " "))
    known = frozenset(sounds)
    whole = [words for words in dict.fromkeys(segmented(phrase, known) for phrase in phrases) if words]
    whole = [words for words in whole if known.issuperset(words.split())]
    used = sorted({word for words in whole for word in words.split()})
    lines = [
        f"{word}{f'({number})' if number > 1 else ''} {sound}"
        for word in used
        for number, sound in enumerate(dict.fromkeys(sounds[word]), start=1)
    ]
    return whole, lines
