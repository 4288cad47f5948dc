"""Types for tool arguments that every database can store as they are."""

from typing import Annotated, Any
from unicodedata import normalize

from pydantic import AfterValidator, BeforeValidator, Field


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("it contains the character NUL, which PostgreSQL cannot store; remove it")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it contains half of a surrogate pair, which is no character; remove it") from error
    return text


StorableText = Annotated[str, AfterValidator(_storable)]
"""Text that SQLite and PostgreSQL store and give back unchanged."""


def _normalised(value: Any) -> Any:  # noqa: ANN401 -- whatever is given
    return normalize("NFKC", value) if isinstance(value, str) else value


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$"), BeforeValidator(_normalised)]
"""A public name: lower-case letters, digits, and `.`, `_`, `-` inside it.

It is brought into the form NFKC of Unicode first (UAX #15), so that a name that is typed in other forms of the same
letters is the same name.
"""

_SKELETON = str.maketrans({"0": "o", "1": "l", "m": "rn", ".": "-", "_": "-"})


def look_alike(name: str) -> str:
    """The skeleton of a name: two names that a person may take for one another have the same.

    It is that of Unicode's UTS #39, section 4, for the letters of a `Slug`: `0` is taken for `o`, `1` for `l`, and `rn`
    for `m`; and `.`, `_` and `-` count as one. A case that a name may have elsewhere makes no difference.

    Args:
        name: the name.
    """
    return normalize("NFKC", name).casefold().translate(_SKELETON)
