"""What words tell about turns in English, whatever is being sold: not learnt, because no examples show it."""

from typing import Final

from bot.nlu.turn_words import TurnWords


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A sentence that ends with one of these goes on, unless an example ends so.
DANGLING: Final = _words(
    "a an the my your our his her their this these to of in on at for with from by about and or but because if when than"
    " as so that is are am was were be been do does did don't not can could would will should must may might have has had"
    " i you we they he she who which what how why where let get give need want like take make tell send call talk speak"
    " put um uh er well very too more really just maybe also half next until after before between another every"
    " i'm it's that's"
)
# After one of these more comes for certain.
TRAILING: Final = _words("a an the my your our his her and but because or if so uh um er")
# Words that begin an answer and are not the answer: they are passed over when it is looked up among the examples.
OPENERS: Final = _words("yes yeah yep no okay ok sure well so and but oh sorry hello hi please wait then um uh right")
# Words of politeness that may follow any answer.
CLOSERS: Final = ("thank you very much", "thank you", "thanks", "please", "sorry", "then")
# "Uh-huh": I am listening, go on. Said alone, they claim no turn while the robot speaks.
BACKCHANNELS: Final = frozenset(
    [
        *("uh-huh", "uh huh", "mm-hmm", "mhm", "hm", "mm", "yeah", "yes", "okay", "ok", "right", "sure", "i see", "ah"),
        *("oh", "oh okay", "all right", "alright", "fine", "good", "great", "correct", "of course", "that is right"),
        *("i understand", "okay i see", "yes i see", "oh i see", "yes i understand", "okay i understand", "go on"),
        *("yes go on", "okay go on", "i am listening", "uh-huh uh-huh", "yeah yeah", "yes yes", "okay okay", "really"),
        *("right right", "yeah okay", "okay yeah", "yes okay", "okay yes", "uh-huh yes", "uh-huh okay", "yeah right"),
        *("yeah sure", "uh-huh right", "okay right", "sure okay", "okay sure", "okay good", "i know", "oh right"),
    ]
)
NUMBERS: Final = _words("zero one two three four five six seven eight nine ten twenty thirty hundred")
QUESTIONS: Final = _words("who what why when where how which is are do does did can could may")
# Questions that may end in any word: "who am i speaking to", "what company is this".
WH_WORDS: Final = _words("who what where when why which")

ENGLISH: Final = TurnWords(
    openers=OPENERS,
    closers=frozenset(CLOSERS),
    final_closers=frozenset({"please"}),
    dangling=DANGLING,
    trailing=TRAILING,
    backchannels=BACKCHANNELS,
    numbers=NUMBERS,
    questions=QUESTIONS,
    wh_words=WH_WORDS,
)
