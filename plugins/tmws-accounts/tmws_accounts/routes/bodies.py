"""Reads the JSON of a request that may hold a secret: little of it, exactly what is expected, never repeated."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from tmws_core.tool_errors import InvalidArguments, TooLarge, ToolError

Body = TypeVar("Body", bound=BaseModel)

LARGEST_BODY_BYTES = 32 * 1024
_JSON = "application/json"


class MalformedJSON(ToolError):
    """The body is not the JSON that was expected."""

    code = "malformed_json"
    status = 400


async def body_of(request: Request, model: type[Body]) -> Body:
    """The body of a request.

    Args:
        request: the request.
        model: what its JSON object must look like.

    Raises:
        TooLarge: there is more than such a body can need.
        MalformedJSON: it is not JSON, or does not say that it is.
        InvalidArguments: something is missing, malformed or unknown; the text names it and repeats nothing.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        raise MalformedJSON("the body does not say that it is JSON", hint=f"send Content-Type: {_JSON}")
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > LARGEST_BODY_BYTES:
            raise TooLarge(f"the body has more than {LARGEST_BODY_BYTES} bytes", hint="send what is needed alone")
    try:
        return model.model_validate_json(bytes(received))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        if any(fault["type"] == "json_invalid" for fault in faults):
            raise MalformedJSON("the body is not JSON", hint="send a JSON object") from None
        told = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'body'}: {_said(fault['msg'])}" for fault in faults)
        raise InvalidArguments(told) from None


def private(answer: BaseModel, status: int = 200) -> JSONResponse:
    """An answer with a secret, which nobody may keep on the way (RFC 6749, section 5.1)."""
    headers = {"Cache-Control": "no-store", "Pragma": "no-cache"}
    return JSONResponse(answer.model_dump(mode="json"), status, headers)


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")
