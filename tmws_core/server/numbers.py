"""Refuses the numbers that JSON does not have."""

import json
from typing import Any

from tmws_core.tool_errors import InvalidArguments


def refuse_not_finite(arguments: dict[str, Any]) -> None:
    """Refuse NaN and the infinities, which many parsers read although JSON has no such numbers (RFC 8259, section 6).

    Raises:
        InvalidArguments: there is such a number among the arguments.
    """
    try:
        json.dumps(arguments, allow_nan=False)
    except ValueError as error:
        raise InvalidArguments(
            "an argument is NaN or infinite, and JSON has no such number", hint="send a finite number or null"
        ) from error
    except RecursionError as error:
        raise InvalidArguments("the arguments are nested too deeply", hint="send flatter arguments") from error
