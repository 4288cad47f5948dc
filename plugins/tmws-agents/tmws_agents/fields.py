"""The types of what is written about agents, namespaces, teams and personas, each described once."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, FiniteFloat, TypeAdapter, ValidationError

from tmws_agents.models import persona, team
from tmws_agents.models.agent import SHORTEST_NAME
from tmws_core.fields import Slug, StorableText

MOST_WORDS = 50
MOST_BYTES_OF_NOTES = 8_000
LONGEST_TEMPLATE = 20_000
MOST_BYTES_OF_A_TEMPLATE = 40_000
"""A prompt has to fit into one answer, whatever its characters."""
MOST_MEMBERS = 200
"""How many members a team, and administrators or members a namespace, can have."""
_DEEPEST = 20
# control characters, line separators, and what turns the direction of a text around (Unicode TR 9 and 36)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)
_NUMBER: TypeAdapter[float] = TypeAdapter(FiniteFloat)


def _one_line(text: str) -> str:
    found = _UNPRINTABLE.search(text)
    if found is not None:
        raise ValueError(f"it contains the control character U+{ord(found[0]):04X}; remove it")
    if text != text.strip():
        raise ValueError("it begins or ends with a space; remove it")
    return text


def _each_once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _storable(notes: dict[str, Any]) -> dict[str, Any]:
    try:
        for part in _parts(notes, _DEEPEST):
            if isinstance(part, str):
                _TEXT.validate_python(part)
            if isinstance(part, float):
                _NUMBER.validate_python(part)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error
    size = len(json.dumps(notes, ensure_ascii=False).encode())
    if size > MOST_BYTES_OF_NOTES:
        raise ValueError(f"it has {size} bytes as JSON, of {MOST_BYTES_OF_NOTES}; make it shorter")
    return notes


def _not_too_large(template: str) -> str:
    size = len(json.dumps(template, ensure_ascii=False).encode())
    if size > MOST_BYTES_OF_A_TEMPLATE:
        raise ValueError(f"it has {size} bytes as JSON, of {MOST_BYTES_OF_A_TEMPLATE}; make it shorter")
    return template


def _parts(value: Any, levels: int) -> Iterator[Any]:  # noqa: ANN401 -- any JSON
    """Every key and every value that is not a container, at any depth."""
    if not isinstance(value, dict | list):
        yield value
        return
    if not levels:
        raise ValueError(f"it is nested more than {_DEEPEST} levels deep; make it flatter")
    for part in [*value, *value.values()] if isinstance(value, dict) else value:
        yield from _parts(part, levels - 1)


OneLine = Annotated[StorableText, AfterValidator(_one_line)]
"""Text in one line, which no reader takes for two, and which does not change how what follows is shown."""

NewAgentId = Annotated[
    Slug,
    Field(
        min_length=SHORTEST_NAME,
        description="The public name: 3 to 64 lower-case letters, digits, and '.', '_' or '-' inside it.",
    ),
]
AgentId = Annotated[str, Field(max_length=200, description="The public name of an agent.")]
AnyAgentId = Annotated[AgentId | None, Field(description="The public name of an agent; without it, yourself.")]
NamespaceName = Annotated[str, Field(max_length=200, description="The name of a namespace.")]
AnyNamespace = Annotated[NamespaceName | None, Field(description="A namespace; without it, the one you call from.")]
NewName = Annotated[
    Slug, Field(description="Its name: up to 64 lower-case letters, digits, and '.', '_' or '-' inside it.")
]
TeamId = Annotated[str, Field(max_length=200, description="The name of a team.")]
PersonaName = Annotated[str, Field(max_length=200, description="The name of a persona.")]

DisplayName = Annotated[OneLine, Field(min_length=1, max_length=200, description="How it is shown to people.")]
Description = Annotated[StorableText, Field(max_length=2_000, description="What it is for.")]
Word = Annotated[OneLine, Field(min_length=1, max_length=64)]
Capabilities = Annotated[
    list[Word],
    Field(max_length=MOST_WORDS, description="What it can do, a word each, such as testing or security."),
    AfterValidator(_each_once),
]
AgentType = Annotated[Slug, Field(description="What kind of agent it is, such as developer or auditor.")]
Notes = Annotated[dict[str, Any], Field(description="Free notes, as a JSON object."), AfterValidator(_storable)]
AccessLevel = Annotated[
    Literal["private", "team", "public", "system"],
    Field(
        description="Who sees it: administrators of its namespace; its namespace; everybody; everybody, and the "
        "operator alone changes it."
    ),
]
Trust = Annotated[float, Field(strict=True, ge=0, le=1, description="How far it must be trusted at least, 0 to 1.")]
Quota = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]

Role = Annotated[Slug, Field(description="What a member does in the team, such as reviewer.")]
TeamType = Annotated[
    team.TeamType,
    Field(description="collaborative: among equals; hierarchical: under a leader; specialized: each with a role."),
]
MostMembers = Annotated[
    int, Field(strict=True, ge=1, le=MOST_MEMBERS, description="How many members the team has room for.")
]

PersonaRole = Annotated[persona.Role, Field(description="Which part it takes in common work.")]
Tier = Annotated[persona.Tier, Field(description="Its rank.")]
Template = Annotated[
    StorableText,
    Field(
        min_length=1,
        max_length=LONGEST_TEMPLATE,
        description="The prompt; {task} in it stands for the task, which else follows it.",
    ),
    AfterValidator(_not_too_large),
]
Triggers = Annotated[
    list[Word],
    Field(max_length=MOST_WORDS, description="Words and phrases of a task that call for it; no patterns."),
    AfterValidator(_each_once),
]
Specialties = Annotated[
    list[Word], Field(max_length=MOST_WORDS, description="What it is best at."), AfterValidator(_each_once)
]
Emoji = Annotated[OneLine, Field(min_length=1, max_length=16, description="A sign to show beside its name.")]
PersonaVersion = Annotated[OneLine, Field(min_length=1, max_length=64, description="The version of its prompt.")]
TaskText = Annotated[
    StorableText, Field(min_length=1, max_length=10_000, description="What is to be done, in plain words.")
]

Limit = Annotated[int, Field(strict=True, ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Field(max_length=1_000, description="next_cursor of the page before.")]
SearchText = Annotated[
    StorableText, Field(min_length=1, max_length=200, description="A part of the name, in whatever case.")
]
FilterNamespace = Annotated[StorableText | None, Field(max_length=200, description="Only those of this namespace.")]
FilterType = Annotated[StorableText | None, Field(max_length=200, description="Only agents of this kind.")]
