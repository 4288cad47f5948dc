"""Which passwords are taken: long ones that nobody guesses first (NIST SP 800-63B-4, 3.1.1; OWASP ASVS 5.0, 6.2)."""

from functools import cache

from tmws_core.tool_errors import InvalidArguments

SHORTEST = 15
"""In characters, where the password is all that somebody shows."""
LONGEST = 1024
_SHORTEST_COMMON = 4
"""What is made of nothing but repetitions of something shorter is as easy to guess as a listed one."""


def refuse_unfit(password: str, username: str) -> None:
    """Refuse a password that is too short, too long, or among the first that anybody would try.

    Any characters may be in it, and it is taken exactly as it is: not trimmed, not cut, not normalised.

    Args:
        password: the password.
        username: whose it will be.

    Raises:
        InvalidArguments: it is refused; the text does not repeat it.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidArguments(
            f"password: it has {len(password)} characters, and must have {SHORTEST} to {LONGEST}",
            hint="take a few words that belong to nothing",
        )
    try:
        password.encode()
    except UnicodeEncodeError as error:
        raise InvalidArguments("password: it contains half of a surrogate pair, which is no character") from error
    whole = password.casefold()
    repeated = _repeated(whole)
    if len(repeated) < _SHORTEST_COMMON or {whole, repeated} & (_common() | {username.casefold()}):
        raise InvalidArguments(
            "password: it is one of those that are guessed first", hint="take a few words that belong to nothing"
        )


@cache
def _common() -> frozenset[str]:
    """The 30,000 most frequent passwords, from leaked lists that zxcvbn's authors have counted."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 10 MB that only a new password needs

    return frozenset(FREQUENCY_LISTS["passwords"])


def _repeated(text: str) -> str:
    """The shortest text of which `text` is a repetition, the last one perhaps cut off; often the text itself.

    It is found with the failure function of Knuth, Morris and Pratt (SIAM Journal on Computing 6, 1977).
    """
    borders = [0] * len(text)
    length = 0
    for place in range(1, len(text)):
        while length and text[place] != text[length]:
            length = borders[length - 1]
        length += text[place] == text[length]
        borders[place] = length
    return text[: len(text) - borders[-1]]
