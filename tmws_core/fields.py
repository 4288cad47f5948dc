"""Types for tool arguments that every database can store as they are."""

from typing import Annotated

from pydantic import AfterValidator, Field


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

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""A public name: lower-case letters, digits, and `.`, `_`, `-` inside it."""
