"""Several callers ask at every door for what is not theirs, and everything that they hear is written down."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.isolation.arguments import Arguments, Generator, schema_of, variations
from tests.isolation.asking import Answer, Caller, is_refused
from tests.isolation.canaries import Canaries, kind_of, words_of
from tests.isolation.doors import Door
from tests.isolation.planting import LONG_TEXT
from tmws_core.contributions import Command, McpMethod, Route, Tool
from tmws_core.contributions.signature import JSONSchema

_PASSING = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|'(?:content-length|date)': '[^']+'"
    r"|[\d.]+(?= seconds)|retry.after\w*\W+[\d.]+"
    r'|(?<="next_cursor": ")[^"]+'  # it belongs to the question
)


@dataclass
class Matrix:
    """What was asked and heard.

    Attributes:
        canaries: what was planted.
        folder: where commands may write.
        calls: how many calls there were, by the door's kind and name.
        heard: how many canaries of their own callers have heard, by the caller's name.
        leaks: the canaries that a caller has heard and may not.
        oracles: the doors that tell what is not there from what is another's.
        unfit: the doors for which no arguments could be made.
    """

    canaries: Canaries
    folder: Path
    calls: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    oracles: list[str] = field(default_factory=list)
    unfit: set[str] = field(default_factory=set)
    _making: set[Door] = field(default_factory=set)
    _told: dict[str, set[str]] = field(default_factory=dict)

    async def visit(self, caller: Caller, door: Door) -> None:
        """Ask at a door in every variation, for what is another's and for what never was."""
        foreign = self.canaries.foreign_to(caller.principal, self.canaries.rows)
        generator = Generator(Drawing(self.canaries, foreign, kind_of(door.name)).text, self._path, {})
        schema = schema_of(door)
        generator = Generator(generator.text, self._path, schema.get("$defs", {}))
        try:
            asked = list(variations(schema, generator))
        except LookupError as error:
            self.unfit.add(f"{door.kind} {door.name}: {error}")
            return
        if faults := [fault for arguments in asked if (fault := is_refused(door, arguments))]:
            self.unfit.add(f"{door.kind} {door.name}: {faults[0]}")
            return
        body = {name: words[-1] for name, words in self.canaries.names.items() if name and words[-1] in foreign}
        for arguments in asked:
            await self._compare(caller, door, arguments, body)

    async def _compare(self, caller: Caller, door: Door, arguments: Arguments, body: dict[str, str]) -> None:
        twin, twin_body, drawn = self._like(arguments), self._like(body), self._drawn(arguments)
        heard = await self._ask(caller, door, arguments, body)
        if not drawn and door.kind != "route":
            return
        never = await self._ask(caller, door, twin, twin_body)
        if never.code == "ok" and not _reads(door):
            self._making.add(door)
        elif heard.code == "conflict" and door in self._making:
            return  # it makes what has that name, and each name is there once: that it is taken, everybody may learn
        elif _essence(heard.text) != _essence(never.text):
            told = f"{heard.text[:300]} but {never.text[:300]}"
            self.oracles.append(f"{caller.name} at {door.kind} {door.name} {arguments}: {told}")

    async def _ask(self, caller: Caller, door: Door, arguments: Arguments, body: dict[str, str]) -> Answer:
        answer = await caller.ask(door, arguments, body)
        self.calls[f"{door.kind} {door.name}"] += 1
        said = words_of(str(arguments)) | (words_of(str(body)) if door.kind == "route" else set())
        told = self._told.setdefault(caller.principal.agent_id, set())
        if answer.code == "ok" and not _reads(door):
            told |= said  # it has written them itself, and may read them again
        foreign = self.canaries.foreign_to(caller.principal, words_of(answer.text) - said - told)
        if foreign:
            rows = [self.canaries.rows[word] for word in foreign[:3]]
            self.leaks.append(f"{caller.name} at {door.kind} {door.name} {arguments}: {foreign[:3]} of {rows}")
        self.heard[caller.name] += len(words_of(answer.text) & self.canaries.rows.keys()) - len(foreign)
        return answer

    def _path(self) -> Path:
        return self.folder / self.canaries.new()

    def _drawn(self, value: object) -> set[str]:
        return {word for word in words_of(str(value)) if word in self.canaries.rows}

    def _like(self, value: Arguments) -> Arguments:
        """The same with words that nobody has ever said in the place of the canaries."""
        return {name: self._unknown(one) for name, one in value.items()}

    def _unknown(self, value: object) -> object:
        if isinstance(value, dict):
            return self._like(value)
        if isinstance(value, list):
            return [self._unknown(one) for one in value]
        if not isinstance(value, str) or value.startswith("/"):
            return f"{value}-twin" if isinstance(value, str) else value
        for word in sorted(words_of(value)):
            new = self.canaries.new()
            value = value.replace(word, new if word.startswith("xq") else f"00000000-0000-4000-8000-000000{new[2:8]}")
        return value


@dataclass
class Drawing:
    """Draws the texts of arguments from what a caller may not hear.

    Attributes:
        canaries: what was planted.
        foreign: what the caller may not hear.
        kind: what the rows of the door are.
    """

    canaries: Canaries
    foreign: list[str]
    kind: str
    _next: Counter[str] = field(default_factory=Counter)

    def text(self, name: str, schema: JSONSchema) -> str:
        """One of the canaries that are known by the argument's name, or any; each time another."""
        forbidden = set(self.foreign)
        known = [one for one in self.canaries.called(name, self.kind) if one in forbidden or words_of(one) & forbidden]
        known = [one for one in known if len(one) <= schema.get("maxLength", len(one))]
        pool = [*known, *self._places(name)] or [word for word in self.foreign if word.startswith("xq")]
        self._next[name] += 1
        word = pool[-self._next[name] % len(pool)]
        long = (
            not known
            and pool[0].startswith("xq")
            and "pattern" not in schema
            and schema.get("maxLength", 0) >= LONG_TEXT
        )
        return f"{word} in the orchard" if long else word

    def _places(self, name: str) -> list[str]:
        """Whose it is and where, which is no secret: something that others may read can stand there, too."""
        rows = [self.canaries.rows[word] for word in self.foreign]
        column = {"namespace": "namespace", "agent_id": "owner"}.get(name)
        return sorted({getattr(row, column) for row in rows}) if column else []


def _reads(door: Door) -> bool:
    declared = door.declaration
    if isinstance(declared, Tool | McpMethod):
        return declared.read_only
    return not isinstance(declared, Command | Route)


def _essence(text: str) -> str:
    """An answer without what differs between any two answers: what was asked, and moments."""
    for word in words_of(text):
        text = text.replace(word, "it")
    return _PASSING.sub("", text.replace("-twin", ""))
