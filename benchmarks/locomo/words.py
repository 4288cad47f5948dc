"""The words of a question, for the simpler ways to search."""

import re

_WORD = re.compile(r"[^\W_]+")
_PRONOUNS = (
    "i me my mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself it "
    "its itself they them their theirs themselves this that these those who whom whose which what"
)
_VERBS = "am is are was were be been being do does did have has had will would shall should can could may might must"
_OTHERS = (
    "a an the of in on at by for with about from to into onto over under up down off out through during between as and "
    "or but if then than so because while nor not no when where why how there here s t d ll m re ve"
)
FUNCTION_WORDS = frozenset(f"{_PRONOUNS} {_VERBS} {_OTHERS}".split())


def words(text: str) -> list[str]:
    """The words of a text in lower case, in their order."""
    return _WORD.findall(text.lower())


def content_words(question: str) -> list[str]:
    """The words that say something, each once; all of them when none does."""
    every = list(dict.fromkeys(words(question)))
    return [word for word in every if word not in FUNCTION_WORDS] or every
