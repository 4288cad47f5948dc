"""What an identifier of a memory looks like."""

import re
from typing import Annotated

from pydantic import AfterValidator

_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_identifier(text: str) -> bool:
    """Whether a text can be the identifier of a memory; any other is not even asked for."""
    return _IDENTIFIER.fullmatch(text) is not None


def _identifier(text: str) -> str:
    if not is_identifier(text):
        raise ValueError("it is no identifier of a memory; give one as an answer has it")
    return text


Identifier = Annotated[str, AfterValidator(_identifier)]
"""A text that can be the identifier of a memory."""
