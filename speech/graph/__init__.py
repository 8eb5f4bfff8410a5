"""The decoding graph of our small Vosk models, rebuilt for the phrases of an assistant: lexicon, language model, FSTs.

`cache` is what others use; `build` runs in a process of its own, because the pronunciations come from espeak (GPL).
"""
