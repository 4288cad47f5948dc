"""What an identifier of a memory looks like."""

import re

_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_identifier(text: str) -> bool:
    """Whether a text can be the identifier of a memory; any other is not even asked for."""
    return _IDENTIFIER.fullmatch(text) is not None
