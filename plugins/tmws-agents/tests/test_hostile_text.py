"""Whatever text comes through a field, it is refused by name, or stored and given back as it was."""

import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from tmws_core.application import Application
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied

CallTool = Callable[..., Awaitable[dict[str, Any]]]

TEXTS = {
    "nul": "a\0b",
    "half a surrogate pair": "a\ud800b",
    "newline": "a\nb\r\nc",
    "terminal control": "\x1b[31mred\x1b[0m",
    "turned around": "abc\u202edef",
    "line separator": "a\u2028b",
    "quotes": "'\"; DROP TABLE agents; --",
    "template": "{task} {} {0.__class__} %s ${x} {{x}}",
    "not normal": "e\u0301 ﬁ Ａ",
    "wide": "🧐" * 50,
    "a mebibyte": "x" * 2**20,
}
# what each tool needs besides the field that gets the text
NEEDED: dict[str, dict[str, object]] = {
    "agent_activate": {"agent_id": "helper"},
    "agent_deactivate": {"agent_id": "helper"},
    "agent_get": {},
    "agent_move": {"agent_id": "helper", "namespace": "lab"},
    "agent_recommend": {"task": "x"},
    "agent_register": {"agent_id": "another", "namespace": "lab"},
    "agent_search": {},
    "agent_stats": {},
    "agent_switch": {},
    "agent_update": {"agent_id": "helper"},
    "namespace_activate": {"namespace": "lab"},
    "namespace_create": {"namespace": "another"},
    "namespace_deactivate": {"namespace": "lab"},
    "namespace_get": {},
    "namespace_list": {},
    "namespace_member_remove": {"namespace": "lab", "agent_id": "helper"},
    "namespace_member_set": {"namespace": "lab", "agent_id": "helper"},
    "namespace_update": {"namespace": "lab"},
    "persona_activate": {"name": "critic"},
    "persona_create": {"name": "another", "description": "x", "role": "auditor", "prompt": "x"},
    "persona_deactivate": {"name": "critic"},
    "persona_get": {"name": "critic"},
    "persona_list": {},
    "persona_route": {"task": "x"},
    "persona_update": {"name": "critic"},
    "team_activate": {"team_id": "crew"},
    "team_create": {"team_id": "another", "namespace": "lab"},
    "team_deactivate": {"team_id": "crew"},
    "team_get": {"team_id": "crew"},
    "team_list": {},
    "team_member_remove": {"team_id": "crew", "agent_id": "helper"},
    "team_member_set": {"team_id": "crew", "agent_id": "helper"},
    "team_update": {"team_id": "crew"},
}


@pytest.fixture
async def world(call: CallTool) -> None:
    """One of each."""
    await call("namespace_create", namespace="lab")
    await call("agent_register", agent_id="helper", namespace="lab")
    await call("team_create", team_id="crew", namespace="lab")
    await call("persona_create", name="critic", description="x", role="auditor", prompt="x")


def fields(application: Application) -> Iterator[tuple[str, str, bool]]:
    """Each tool with each of its arguments that takes any text, and whether it takes a list of them."""
    for name, needed in NEEDED.items():
        schema = application.catalogue.tools[name].tool.input_schema
        for argument, described in schema["properties"].items():
            many = described.get("type") == "array"
            if (many or described.get("type") == "string") and "enum" not in described:
                yield name, argument, many
        assert needed.keys() <= schema["properties"].keys()


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_no_tool_is_left_out(application: Application) -> None:
    tools = {name for name, offered in application.catalogue.tools.items() if offered.plugin == "agents"}
    without_text = {name for name in tools if not application.catalogue.tools[name].tool.input_schema.get("properties")}
    assert tools - without_text == set(NEEDED)


@pytest.mark.parametrize("kind", TEXTS)
async def test_text_is_refused_by_name_or_given_back(
    application: Application, call: CallTool, world: None, kind: str
) -> None:
    text = TEXTS[kind]
    for number, (tool, argument, many) in enumerate(fields(application)):
        needed = {name: f"another{number}" if value == "another" else value for name, value in NEEDED[tool].items()}
        try:
            answer = await call(tool, **needed | {argument: [text] if many else text})
        except (InvalidArguments, NotFound, PermissionDenied) as refused:
            assert refused.message
            continue
        if tool.endswith("_deactivate"):
            await call(tool.replace("_deactivate", "_activate"), **NEEDED[tool])
        kept = not application.catalogue.tools[tool].tool.read_only and not tool.endswith("_member_remove")
        assert not kept or any(text in one for one in _texts(answer)), f"{tool} did not give back its {argument}"


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        (argument, text)
        for argument in ("display_name", "capabilities")
        for text in ("a\nb", "\x1b[31m", "a\u202eb", " a")
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_a_name_to_show_is_one_line_that_changes_nothing_around_it(
    call: CallTool, argument: str, text: str
) -> None:
    with pytest.raises(InvalidArguments, match=argument):
        await call("agent_update", **{argument: [text] if argument == "capabilities" else text})


@pytest.mark.parametrize(
    ("notes", "fault"),
    [
        ({"a": "b\0"}, "NUL"),
        ({"a\0": 1}, "NUL"),
        ({"a": ["\ud800"]}, "unable to parse raw data|surrogate"),
        ({"a": "x" * 9_000}, "bytes as JSON, of 8000"),
    ],
)
async def test_notes_that_cannot_be_stored_are_refused(call: CallTool, notes: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidArguments, match=fault):
        await call("agent_update", notes=notes)


async def test_notes_that_are_nested_too_deep_are_refused(call: CallTool) -> None:
    deep: dict[str, Any] = {}
    for _ in range(30):
        deep = {"a": deep}
    with pytest.raises(InvalidArguments, match="levels deep"):
        await call("agent_update", notes=deep)


async def test_notes_come_back_as_they_were(call: CallTool) -> None:
    notes = {"line": "a\nb", "ansi": "\x1b[31m", "number": 1.5, "nothing": None, "list": [True, {"東京": "é"}]}
    assert (await call("agent_update", notes=notes))["notes"] == notes
    assert (await call("agent_get"))["notes"] == notes


def _texts(answer: object) -> list[str]:
    """Every text in an answer, at any depth."""
    found: list[str] = []
    json.dumps(answer, default=str)
    waiting = [answer]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        if isinstance(one, dict):
            waiting += one.values()
        if isinstance(one, list):
            waiting += one
    return found
