"""The language model of whoever calls, as far as a tool may ask it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """What a model is asked.

    Attributes:
        text: the question.
        system: how the model should behave; it may be empty.
        most_tokens: how long the answer may be.
    """

    text: str
    system: str
    most_tokens: int


AskModel = Callable[[Question], Awaitable[str | None]]
"""Asks the model of the caller's client; None when there is none, or when it did not answer."""


async def no_model(_question: Question) -> None:
    """Ask nobody: the caller offers no model."""


class AnswerAwaitedError(BaseException):
    """The call ends here, unfinished: its client is asked, and calls again with the answer.

    It is no `Exception`, so that a tool which goes on after any error of its own does not go on after this.
    """
