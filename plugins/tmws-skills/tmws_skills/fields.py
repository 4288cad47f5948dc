"""What a text has to be like before a database is asked about it."""

from pydantic import TypeAdapter, ValidationError

from tmws_core.fields import StorableText

_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)


def is_storable(text: str) -> bool:
    """Whether every database can store a text; what cannot be stored is nowhere to be found either."""
    try:
        _TEXT.validate_python(text)
    except ValidationError:
        return False
    return True
