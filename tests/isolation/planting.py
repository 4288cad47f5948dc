"""Fills a namespace through every tool that writes, with canaries in all texts."""

import json
from pathlib import Path
from typing import Any

from tests.isolation.arguments import Arguments, Generator
from tests.isolation.asking import Caller
from tests.isolation.canaries import REACH, Canaries, Row, kind_of, words_of
from tests.isolation.doors import Door
from tmws_core.contributions import Tool
from tmws_core.contributions.signature import JSONSchema
from tmws_core.principal import Principal

LONG_TEXT = 65


class Planter:
    """An owner who calls every tool that writes, first those that make something, then those that overwrite it."""

    def __init__(self, canaries: Canaries, caller: Caller, folder: Path) -> None:
        self._canaries, self._caller, self._folder = canaries, caller, folder

    async def plant(self, doors: list[Door]) -> None:
        """Call each writing tool, those that make something with each of their access levels."""
        tools = [(door, door.declaration) for door in doors if isinstance(door.declaration, Tool)]
        for destructive in (False, True):
            for door, tool in tools:
                if not tool.read_only and tool.destructive is destructive:
                    await self._plant(door, tool.input_schema, with_levels=not destructive)

    async def _plant(self, door: Door, schema: JSONSchema, *, with_levels: bool) -> None:
        properties: dict[str, JSONSchema] = schema.get("properties", {})
        level = next(
            (name for name, one in properties.items() if set(one.get("enum", ())) >= {"private", "public"}), ""
        )
        for choice in properties[level]["enum"] if level and with_levels else [None]:
            arguments = self._arguments(schema)
            if choice is not None:
                arguments[level] = choice
            await self._store(
                door, arguments, schema, str(choice or properties.get(level, {}).get("default") or "team")
            )

    def _arguments(self, schema: JSONSchema) -> Arguments:
        """All that is needed, and every text besides; a namespace that may be left out is the owner's own."""
        generator = Generator(self._text, lambda: self._folder / self._canaries.new(), schema.get("$defs", {}))
        required, given = schema.get("required", ()), {}
        for name, one in schema.get("properties", {}).items():
            if name in required or (one.get("type") in ("string", "array", "object") and "enum" not in one):
                given[name] = generator.value(name, one)
        given = {name: value for name, value in given.items() if name in required or name != "namespace"}
        for memory in given.get("memories", ()):
            memory.pop("namespace", None)
        return given

    def _text(self, name: str, schema: JSONSchema) -> str:
        """A row of the owner's where one is meant, and else a new word, with something that others say, too."""
        known = self._own(name) if "pattern" not in schema else []
        if known:
            return known[-1]
        word = self._canaries.new()
        long = "pattern" not in schema and schema.get("maxLength", LONG_TEXT) >= LONG_TEXT
        return f"{word} lies in the orchard" if long else word

    def _own(self, name: str) -> list[str]:
        if not name.rstrip("s").endswith(("_id", "owner", "leader")):
            return []
        owner = self._caller.principal.agent_id
        own = [word for word in self._canaries.called(name) if self._canaries.rows[word].owner == owner]
        return sorted(own, key=lambda word: -self._canaries.rows[word].reach)  # the narrowest last

    async def _store(self, door: Door, arguments: Arguments, schema: JSONSchema, level: str) -> None:
        """Call, and leave out what the answer finds fault with as long as it finds any."""
        while True:
            answer = await self._caller.ask(door, arguments)
            faulty = [
                name
                for name, value in arguments.items()
                if name not in schema.get("required", ())
                and (_said(value) & words_of(answer.text) or name in answer.text)
            ]
            if answer.code == "ok" or not faulty:
                break
            del arguments[faulty[0]]
        if answer.code == "ok":
            self._keep(kind_of(door.name), arguments, json.loads(answer.text), REACH[level])

    def _keep(self, kind: str, arguments: Arguments, answer: object, reach: int) -> None:
        """One row of all that was said; with what it belongs to, it reaches as far as the widest of them."""
        principal: Principal = self._caller.principal
        referred = [self._canaries.rows[word] for word in _said(arguments) if word in self._canaries.rows]
        levelled = any(value in REACH for value in arguments.values() if isinstance(value, str))
        reaches = [row.reach for row in referred]
        widest = max([reach, *reaches] if levelled or not reaches else reaches)
        row = Row(principal.agent_id, principal.namespace, widest)
        for one in referred:
            one.reach = widest
        self._canaries.keep(row, arguments, kind=kind)
        self._canaries.keep(row, answer, kind=kind)


def _said(value: Any) -> set[str]:  # noqa: ANN401 -- any JSON
    return words_of(str(value))
