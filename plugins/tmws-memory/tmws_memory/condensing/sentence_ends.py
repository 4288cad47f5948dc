"""Finds where sentences end."""

import re

_END = re.compile(
    r"(?P<western>(?<![.!?…])[.!?…]++[\"'”’»)\]]*)(?=\s)|(?P<eastern>[。！？｡]+[」』）”’]*)",
)
_ADDRESS = re.compile(r"(?:https?|ftp|file)://[^\s<>。、！？「」（）]*[^\s<>。、！？「」（）.,;:!?'\")\]…]")
_INLINE_CODE = re.compile(r"(?<!`)(`++).+?(?<!`)\1(?!`)", re.DOTALL)
_LAST_WORD = re.compile(r"[^\s(\[\"'“„«]+$")
_NEXT_WORD = re.compile(r"[\s\"'“„«(\[]*(\S[^\s.,;:!?]*)")
_NOT_SPACE = re.compile(r"\S")
_ONE_LETTER = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\.")
_ORDINAL = re.compile(r"(?:[1-9]|[12]\d|3[01])\.")
_QUOTE_GOES_ON = re.compile(r"[」』”’）][\u3040-\u309f]")
# written before a name or a number, so that a capital or a digit after them begins no sentence
_BEFORE_A_NAME = frozenset(
    re.findall(
        r"\S+",
        "dr. mr. mrs. ms. prof. st. fig. no. nos. vol. vs. e.g. i.e. cf. approx. ca. resp. incl. "
        "z.b. d.h. u.a. bzw. vgl. nr. abs. art. str. inkl. evtl. ggf. hr. fr. sog.",
    )
)
_MONTHS = frozenset(
    re.findall(
        r"\S+",
        "januar februar märz april mai juni juli august september oktober november dezember quartal jahrhundert",
    )
)


def sentence_ends(text: str) -> list[int]:
    """Where the sentences of a paragraph end, but for the last one, which ends with the paragraph.

    A full stop ends no sentence after an abbreviation or an initial, in a number, an address or inline code, before a
    small letter, or after a German ordinal before a month. Chinese and Japanese marks end one without a space, unless
    the quotation that they close goes on as part of its sentence.

    Args:
        text: one paragraph.

    Returns:
        Positions right behind an end, rising.
    """
    closed = bytearray(len(text))
    for pattern in (_ADDRESS, _INLINE_CODE):
        for match in pattern.finditer(text):
            closed[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    last = len(text.rstrip())
    return [
        match.end()
        for match in _END.finditer(text)
        if match.end() < last
        and not closed[match.start()]
        and (_ends_western(text, match) if match["western"] else _ends_eastern(text, match))
    ]


def _ends_western(text: str, match: re.Match[str]) -> bool:
    following = _NEXT_WORD.match(text, match.end())
    if following is None or following[1][0].islower():
        return False
    if match[0][0] != "." or match[0].startswith(".."):
        return True
    word = _LAST_WORD.search(text, max(0, match.start() - 40), match.start() + 1)
    if word is None:
        return True
    last = word[0].casefold()
    if last in _BEFORE_A_NAME or _ONE_LETTER.fullmatch(last):
        return False
    if _ORDINAL.fullmatch(last):
        # a number at the beginning counts what follows
        return _NOT_SPACE.search(text, 0, word.start()) is not None and following[1].casefold() not in _MONTHS
    return True


def _ends_eastern(text: str, match: re.Match[str]) -> bool:
    return not _QUOTE_GOES_ON.match(text, match.end() - 1)
