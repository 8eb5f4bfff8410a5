"""What words tell about turns in Mandarin, whatever is being sold: not learnt, because no examples show it.

A word is a character here, and a phrase its characters joined by blanks.
"""

from typing import Final

from bot.nlu.turn_words import TurnWords
from speech.han import apart


def _phrases(text: str) -> frozenset[str]:
    return frozenset(apart(phrase) for phrase in text.split())


MANDARIN: Final = TurnWords(
    openers=_phrases(
        "好 好的 好啊 好吧 好呀 对 对对 对啊 是的 是啊 是呀 嗯 嗯嗯 喂 哦 啊 那 行 行啊 呃 额 哎 噢 诶 你好 您好 不好意思 对不起 没事"
        " 抱歉 其实 谢谢 谢谢你 谢谢您"
    ),
    closers=_phrases(
        "谢谢 谢谢你 谢谢您 多谢 麻烦你 麻烦您 辛苦了 啊 呀 吧 哦 哈 呢 啦 嘛 好吧 好吗 好不好 不好意思 抱歉"
    ),
    final_closers=frozenset({"谢", "啊"}),
    dangling=frozenset(
        "我你您他她它们在给和跟与把被让叫想要会能可很太就也都再还又有没不是那这个从到因为但所如果一打先等每比最更只请帮什怎哪几多第"
    ),
    trailing=_phrases(
        "那个 这个 就是 就是说 然后 因为 但是 可是 不过 所以 如果 要是 而且 还有 或者 和 跟 把 我想 我是想 我觉得 我想说 的话 呃 额"
        " 我的 你的 你们的 我们 你们 关于 比如 比如说 不好意思 对不起 抱歉 能不能 可不可以 是不是 有没有 我想要 我想问"
    ),
    backchannels=_phrases(
        "嗯 嗯嗯 对 对对 对对对 对的 对啊 好 好的 好好 好好好 好的好的 是 是的 是啊 是是 喂 喂喂 哦 哦哦 哦好 哦好的 哦是吗 啊 噢"
        " 嗯好 嗯好的 嗯对 嗯是的 嗯是 对是的 是的是的 行 行行 可以 知道 知道了 我知道 我知道了 明白 明白了 了解 了解了 这样啊 是吗"
        " 是这样 没错 好吧 好啊 你说 您说 请说 请讲 你讲 嗯你说 你继续 继续 哦明白 哦明白了 哦知道了 嗯明白 嗯知道 原来如此 哦这样 哦这样啊"
        " 不错 挺好 挺好的 在听 我在听 嗯在听 哦对 好对"
    ),
    numbers=frozenset("零一二三四五六七八九十两百幺"),
    nods=frozenset("嗯哦啊噢"),
    particles=frozenset("吧啊呀啦吗呢嘛了"),
    asking_endings=frozenset("吗么呢谁"),
    short=3,
    long=6,
)
