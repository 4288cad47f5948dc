"""The model of an MCP client, asked in both eras of the protocol.

Up to 2025-11-25 the server asks with a request of its own, `sampling/createMessage`, and waits. Since 2026-07-28 there
are no such requests: the call ends with an input-required result, and the client calls again with the answers (MCP
2026-07-28, basic/patterns/mrtr).
"""

import hashlib
import json
import logging
from typing import Any

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.shared.message import ServerMessageMetadata
from mcp.types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from tmws_core.client_model import AnswerAwaitedError, AskModel, Question, no_model

logger = logging.getLogger(__name__)

Request = ServerRequestContext[Any, Any]


class Rounds:
    """The questions of one call that a client of 2026-07-28 repeats until all are answered.

    A question is known by its words and by how often they were asked before, so the call may ask the same things in
    the same order each time, or some of them at once.

    Attributes:
        continued: whether this is not the first round.
    """

    def __init__(self, params: types.InputResponseRequestParams) -> None:
        """Take the answers of the earlier rounds and of this one.

        Args:
            params: the request; its state is what `result` gave, verified on the way.
        """
        self.continued = params.request_state is not None
        state = json.loads(params.request_state) if params.request_state is not None else {}
        self._answers: dict[str, str | None] = state.get("answers", {})
        responses = params.input_responses or {}
        for key in state.get("asked", ()):
            self._answers[key] = _answer_in(responses.get(key))
        self._open: dict[str, types.CreateMessageRequest] = {}
        self._times: dict[str, int] = {}

    async def ask(self, question: Question) -> str | None:
        """Give the answer.

        Raises:
            AnswerAwaitedError: it is not there yet.
        """
        request = _request(question)
        key = self._key_of(request)
        if key in self._answers:
            return self._answers[key]
        self._open[key] = request
        raise AnswerAwaitedError

    def result(self) -> types.InputRequiredResult:
        """What the call ends with when an answer is awaited; the state is to be sealed before it goes out."""
        requests: dict[str, types.InputRequest] = dict(self._open)
        state = json.dumps({"answers": self._answers, "asked": list(self._open)})
        return types.InputRequiredResult(input_requests=requests, request_state=state)

    def _key_of(self, request: types.CreateMessageRequest) -> str:
        digest = hashlib.sha256(request.model_dump_json(by_alias=True).encode()).hexdigest()[:32]
        self._times[digest] = self._times.get(digest, 0) + 1
        return f"{digest}-{self._times[digest]}"


def model_of(request: Request, rounds: Rounds, seconds: float) -> AskModel:
    """The way to ask the model of the client that sent a request.

    Args:
        request: the request.
        rounds: the questions of this call.
        seconds: how long an answer may take, where the server waits for it.
    """
    capabilities = request.session.client_capabilities
    if capabilities is None or capabilities.sampling is None:
        return no_model
    if request.protocol_version in MODERN_PROTOCOL_VERSIONS:
        return rounds.ask

    async def ask(question: Question) -> str | None:
        try:
            response = await request.session.send_request(
                _request(question),
                types.CreateMessageResult,
                request_read_timeout_seconds=seconds,
                metadata=ServerMessageMetadata(related_request_id=request.request_id),
            )
        except (MCPError, ValidationError) as error:
            logger.warning("the client's model gave no answer: %s", error)
            return None
        return _answer_in(response)

    return ask


def _request(question: Question) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=types.TextContent(text=question.text))
    return types.CreateMessageRequest(
        params=types.CreateMessageRequestParams(
            messages=[message], system_prompt=question.system or None, max_tokens=question.most_tokens
        )
    )


def _answer_in(response: types.InputResponse | None) -> str | None:
    """The text of an answer; a client that answers with something else has not answered."""
    content = getattr(response, "content", None)
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, types.TextContent):
            return part.text
    logger.warning("the client's model gave no text: %s", type(response).__name__)
    return None
