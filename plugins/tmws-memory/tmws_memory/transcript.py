"""What a line of a conversation tells about itself: who speaks, and whether it asks something."""

import re

# perhaps a moment in brackets, then a name and a colon
_SPEAKER = re.compile(r"(?:\[[^\]\n]{0,100}\]\s*)?(\w[\w .'-]{0,39}):\s")
_QUESTION_MARKS = ("?", "\uff1f", "\u061f")


def speaker(content: str) -> str | None:
    """Who speaks, in lower case, when a text begins like a line of a transcript: `[May 8] Ann: I went …`."""
    found = _SPEAKER.match(content)
    return found[1].lower() if found else None


def asks(content: str) -> bool:
    """Whether a text ends with a question."""
    return content.rstrip().endswith(_QUESTION_MARKS)
