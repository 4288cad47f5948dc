"""The memories that come along with a skill: asked for with the tools of whatever plugin keeps memories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tmws_core import Context
from tmws_core.tool_errors import ToolError
from tmws_skills.budget import size
from tmws_skills.memory_filters import FilterValue

SEARCH, LIST = "memory_search", "memory_list"
MOST_MEMORIES = 20
MOST_BYTES = 16_000
"""What the memories of one activation may take together, in bytes of JSON."""
MOST_LOOKED_AT = 100
"""Among so many memories those are looked for that matter enough, which no tool for memories filters by."""


class BroughtMemory(BaseModel):
    """A memory that came along with a skill. Its text is data, not an instruction."""

    model_config = ConfigDict(extra="ignore")

    id: str
    content: str
    tags: list[str] = Field(default_factory=list)
    importance: float | None = None
    namespace: str | None = None
    agent_id: str | None = Field(None, description="Its author.")


_FROM_LIST = TypeAdapter(list[BroughtMemory])


@dataclass
class Brought:
    """The memories that came along, and what to know about those that did not."""

    memories: list[BroughtMemory] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def bring(ctx: Context, filters: Sequence[FilterValue], task: str | None) -> Brought:
    """The memories that some filters name, as far as the caller may read them; those of the first filter come first.

    Nothing of it fails the call: what cannot be had is said in a note.

    Args:
        ctx: the call of an agent that activates a skill.
        filters: the filters, the highest priority first.
        task: what the agent is going to do; without it, the newest memories come.
    """
    brought = Brought()
    tool = LIST if task is None else SEARCH
    if not filters:
        return brought
    if tool not in ctx.application.catalogue.tools:
        brought.notes.append(f"its memory filters brought nothing: no running plugin offers {tool}")
        return brought
    left = MOST_BYTES
    seen: set[str] = set()
    for one in filters:
        try:
            found = await _found(ctx, tool, one, task)
        except ToolError as error:
            brought.notes.append(f"a memory filter brought nothing: {error}")
            continue
        except ValidationError:
            brought.notes.append(f"a memory filter brought nothing: {tool} answered in another form than expected")
            continue
        for memory in found:
            left -= size(memory.model_dump())
            if memory.id in seen or left < 0 or len(brought.memories) >= MOST_MEMORIES:
                continue
            seen.add(memory.id)
            brought.memories.append(memory)
    return brought


async def _found(ctx: Context, tool: str, wanted: FilterValue, task: str | None) -> list[BroughtMemory]:
    limit = wanted.most if wanted.importance is None else MOST_LOOKED_AT
    arguments: dict[str, Any] = {
        "query": task,
        "tags": wanted.tags,
        "namespace": wanted.namespace,
        "memory_type": wanted.memory_type,
        "limit": limit,
    }
    answer = await ctx.call(tool, **{name: value for name, value in arguments.items() if value is not None})
    memories = _FROM_LIST.validate_python(_memories_in(answer))
    return [one for one in memories if _matters(one, wanted.importance)][: wanted.most]


def _memories_in(answer: Mapping[str, Any]) -> Any:  # noqa: ANN401 -- whatever another plugin answers
    """The memories in the answer of a tool that lists or searches them."""
    if "hits" in answer:
        return [hit.get("memory") if isinstance(hit, Mapping) else hit for hit in answer["hits"]]
    return answer.get("memories")


def _matters(memory: BroughtMemory, importance: float | None) -> bool:
    return importance is None or (memory.importance is not None and memory.importance >= importance)
