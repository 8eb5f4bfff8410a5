"""Mandarin words in the phones of pocketsphinx's English model."""

import json
from pathlib import Path

import pocketsphinx

from speech.spelled import _ARPABET, spelled


def test_phrases_are_cut_into_words_and_the_words_are_spelled(tmp_path: Path):
    lexicon = tmp_path / "lexicon.txt"
    lexicon.write_text(
        "不\t-0.00\tp u\n不\t2.30\tp u tS;h yE\n是\t-0.00\ts. i.\n下午\t-0.00\tS; iA w u\n", encoding="utf-8"
    )
    phrases, dictionary = spelled(lexicon, ("不是", "下午不是", "不是", "不行", ""))
    assert phrases == ["不 是", "下午 不 是"]  # what has other words is left out
    assert sorted(dictionary) == sorted(["不 B UW", "不(2) B UW CH Y EH", "是 SH ER", "下午 SH Y AA W UW"])


def test_every_phone_of_the_mandarin_model_has_a_spelling_in_the_english_ones():
    dictionary = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8")
    english = {phone for line in dictionary.splitlines() for phone in line.split()[1:]}
    phones = set(json.loads(Path("models/vosk_micro_zh/phones.json").read_text())) - {"SIL"}
    assert phones <= set(_ARPABET)
    assert {part for sound in _ARPABET.values() for part in sound.split("_")} <= english
