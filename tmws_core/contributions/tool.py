"""A tool: one typed async function from which the MCP tool, the HTTP endpoint and the command are made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, TypeAdapter

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Limited
from tmws_core.contributions.signature import JSONSchema, arguments_model, lean, lean_arguments, result_adapter


@dataclass(frozen=True, kw_only=True)
class Tool(Limited):
    """What `@tool` said of a function.

    Attributes:
        read_only: it changes nothing; its transaction is a reading one.
        destructive: it may remove or overwrite something.
        idempotent: to repeat it with the same arguments changes nothing more.
        open_world: it reaches beyond this server.
        listed: it belongs to the few that a client sees at once; the rest are found with `tool_search`.
    """

    read_only: bool = False
    destructive: bool = False
    idempotent: bool = False
    open_world: bool = False
    listed: bool = False

    @cached_property
    def arguments(self) -> type[BaseModel]:
        """The model that validates the arguments."""
        return arguments_model(self.function)

    @cached_property
    def result(self) -> TypeAdapter[Any]:
        """The adapter that turns the result into JSON."""
        return result_adapter(self.function)

    @cached_property
    def input_schema(self) -> JSONSchema:
        """The JSON Schema of the arguments; its root is an object."""
        schema: JSONSchema = lean_arguments(self.arguments.model_json_schema())
        schema.pop("description", None)
        return schema

    @cached_property
    def wraps_result(self) -> bool:
        """Whether the result is put under the key `result`, because MCP wants an object and it is none."""
        return bool(self._result_schema.get("type") != "object")

    @cached_property
    def output_schema(self) -> JSONSchema:
        """The JSON Schema of the structured result; its root is an object."""
        schema = dict(self._result_schema)
        if not self.wraps_result:
            return schema
        definitions = schema.pop("$defs", None)
        wrapped: JSONSchema = {"type": "object", "properties": {"result": schema}, "required": ["result"]}
        return wrapped | ({"$defs": definitions} if definitions else {})

    @cached_property
    def brief_output_schema(self) -> JSONSchema:
        """The output schema down to the names of what always comes back, for lists that have to be short."""
        return {"type": "object", "required": list(self.output_schema.get("required", ()))}

    @cached_property
    def _result_schema(self) -> JSONSchema:
        schema: JSONSchema = lean(self.result.json_schema(mode="serialization"))
        reference = str(schema.get("$ref", ""))
        if reference.startswith("#/$defs/"):  # a recursive model: its root stands among the definitions
            return {**schema["$defs"][reference.removeprefix("#/$defs/")], "$defs": schema["$defs"]}
        return schema

    def structured(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 -- whatever the tool returns
        """The result as the JSON object that `output_schema` describes."""
        dumped = self.result.dump_python(value, mode="json")
        return {"result": dumped} if self.wraps_result else dumped


def tool(
    *,
    scope: str = "",
    read_only: bool = False,
    destructive: bool = False,
    idempotent: bool = False,
    open_world: bool = False,
    listed: bool = False,
    rate_limit: str | None = None,
) -> Callable[[F], F]:
    """Declare an async function as a tool; its name is the tool's name, its docstring the tool's description.

    The first parameter is the `Context`. The others are the tool's arguments: their annotations become its JSON
    Schema. See `Tool` for the arguments of the decorator.
    """

    def decorate(function: F) -> F:
        declaration = Tool(
            function=function,
            scope=scope,
            read_only=read_only,
            destructive=destructive,
            idempotent=idempotent,
            open_world=open_world,
            listed=listed,
            rate_limit=rate_limit,
        )
        return leave(function, declaration)

    return decorate
