"""A prompt's arguments are those of its function."""

from tmws_core.contributions.prompt import Prompt


async def _function(ctx: object, topic: str, tone: str = "calm") -> str:
    return f"{topic} {tone}"


def test_an_argument_without_a_default_is_required() -> None:
    assert Prompt(function=_function, scope="notes:read").arguments == {"topic": True, "tone": False}
