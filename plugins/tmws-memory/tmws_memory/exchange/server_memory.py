"""Memories from the file of the official MCP reference server, `@modelcontextprotocol/server-memory`.

The file (`memory.jsonl`, earlier `memory.json`) has one JSON object on each line, as its `saveGraph` writes them:

    {"type":"entity","name":"Ada","entityType":"person","observations":["likes tea"]}
    {"type":"relation","from":"Ada","to":"Analytical Engine","relationType":"works_on"}

- an observation becomes one memory, `Ada: likes tea`, of the type `person`, tagged `ada`, in the session `Ada`; so each
  can be found by itself, and those of one entity help to find each other
- an entity without observations becomes one memory, `Ada (person)`
- a relation becomes one memory, `Ada works on Analytical Engine`, of the type `relation`, tagged with both, in the
  session of the entity from which it goes
- the words of the file, which may be no types or tags, are in the context as they are

What the server would pass over is a fault: a line of another type, an entity or relation without a name. So is a
name of more than 1000 characters. An observation that is no text is a fault, and the others of its entity are kept.
Fields that the server does not have are passed over.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from tmws_memory.exchange.lines import LONGEST_LINE, Line, objects
from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Fault, Reading, Record, build, shown
from tmws_memory.exchange.sample import first_lines
from tmws_memory.exchange.slug import slug, tag

# a name stands in every memory of its entity: a long one would make far more of a file than is in it
_LONGEST_NAME = 1000
Text = Annotated[str, Field(strict=True, max_length=_LONGEST_NAME)]
Title = Annotated[Text, Field(min_length=1)]


class Entity(BaseModel):
    """Something that is remembered, with what is known of it."""

    type: Literal["entity"]
    name: Title
    kind: Annotated[Text, Field(alias="entityType")]
    observations: list[Any]


class Relation(BaseModel):
    """What one entity has to do with another."""

    type: Literal["relation"]
    start: Annotated[Title, Field(alias="from")]
    end: Annotated[Title, Field(alias="to")]
    kind: Annotated[Text, Field(alias="relationType")]


_ITEM: TypeAdapter[Entity | Relation] = TypeAdapter(Annotated[Entity | Relation, Field(discriminator="type")])


def read(path: Path, *, longest: int = LONGEST_LINE, advance: Advance = ignore) -> Reading:
    """Read a file, line by line.

    Args:
        path: the file.
        longest: how many bytes a line may have.
        advance: told how many bytes were dealt with.

    Raises:
        OSError: the file cannot be opened or read.
    """
    source = shown(path.name)
    for found in objects(path, longest, advance):
        if isinstance(found, Fault):
            yield found
        else:
            yield from _records(_item(found, source), source, found.number)


def recognises(path: Path) -> bool:
    """Whether one of the first lines of a file is an entity or a relation."""
    return any(not isinstance(_item(found, ""), Fault) for found in first_lines(path))


def _item(found: Line, source: str) -> Entity | Relation | Fault:
    try:
        return _ITEM.validate_python(found.value)
    except ValidationError as error:
        reasons = (f"{'.'.join(map(str, each['loc'])) or 'the line'}: {each['msg']}" for each in error.errors())
        return Fault(source, found.number, "; ".join(reasons))


def _records(item: Entity | Relation | Fault, source: str, line: int) -> Iterator[Record | Fault]:
    if isinstance(item, Fault):
        yield item
    elif isinstance(item, Relation):
        yield _of_relation(item, source, line)
    elif not item.observations:
        yield _of_entity(item, f"{item.name} ({item.kind})" if item.kind else item.name, source, line)
    else:
        for number, observation in enumerate(item.observations, 1):
            if isinstance(observation, str):
                yield _of_entity(item, f"{item.name}: {observation}", source, line)
            else:
                yield Fault(source, line, f"observation {number} of {shown(item.name)!r} is no text; put it in quotes")


def _of_entity(entity: Entity, content: str, source: str, line: int) -> Record | Fault:
    values = {
        "content": content,
        "memory_type": slug(entity.kind) or "general",
        "tags": _tags(entity.name),
        "context": {"entity": entity.name, "entity_type": entity.kind},
        "session": entity.name,
    }
    return build(values, source, line)


def _of_relation(relation: Relation, source: str, line: int) -> Record | Fault:
    values = {
        "content": f"{relation.start} {relation.kind.replace('_', ' ')} {relation.end}",
        "memory_type": "relation",
        "tags": _tags(relation.start, relation.end),
        "context": {"from": relation.start, "relation_type": relation.kind, "to": relation.end},
        "session": relation.start,
    }
    return build(values, source, line)


def _tags(*names: str) -> list[str]:
    return list(dict.fromkeys(name for name in map(tag, names) if name))
