"""What a person picks in an MCP client: to work as a persona."""

from pydantic import TypeAdapter, ValidationError

from tmws_agents import completions
from tmws_agents.lookup import PERSONAS, find, not_found
from tmws_agents.personas import prompt_of
from tmws_core import Context, prompt
from tmws_core.fields import StorableText
from tmws_core.tool_errors import InvalidArguments

LONGEST_TASK = 10_000
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)


@prompt(scope="agents:read", rate_limit="120/minute", completions={"name": completions.persona})
async def persona(ctx: Context, name: str, task: str = "") -> str:
    """Work on a task as a persona: its prompt with the task in it."""
    _refuse_unfit(task)
    found = await ctx.transaction(lambda session: find(session, PERSONAS, ctx.principal, name))
    if not found.is_active:
        raise not_found(PERSONAS, name)
    return prompt_of(found, task)


def _refuse_unfit(task: str) -> None:
    try:
        _TEXT.validate_python(task)
    except ValidationError as error:
        raise InvalidArguments(f"task: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error
    if len(task) > LONGEST_TASK:
        raise InvalidArguments(f"task: it has {len(task)} characters, of {LONGEST_TASK}", hint="make it shorter")
