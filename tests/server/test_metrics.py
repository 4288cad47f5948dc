from prometheus_client.parser import text_string_to_metric_families

from .conftest import Served


async def samples(served: Served) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = (await served.client.get("/metrics")).text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def calls(tool: str, outcome: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return "tmws_tool_calls_total", frozenset({("tool", tool), ("surface", "http"), ("outcome", outcome)})


async def test_calls_are_counted_by_their_outcome(served: Served) -> None:
    await served.call("add", left=1, right=2)
    await served.call("add", left=1, right=2)
    await served.call("add", left="one", right=2)
    found = await samples(served)
    assert found[calls("example_add", "ok")] == 2
    assert found[calls("example_add", "invalid_arguments")] == 1


async def test_the_duration_of_calls_is_measured(served: Served) -> None:
    await served.call("add", left=1, right=2)
    found = await samples(served)
    assert found["tmws_tool_call_seconds_count", frozenset({("tool", "example_add")})] == 1


async def test_a_name_that_no_tool_has_becomes_no_label(served: Served) -> None:
    await served.client.post("/api/v1/core/tool_call", json={"name": "made_up", "arguments": {}})
    assert not [labels for name, labels in await samples(served) if ("tool", "made_up") in labels]


async def test_plugins_are_counted_by_their_status(served: Served) -> None:
    found = await samples(served)
    assert found["tmws_plugins", frozenset({("status", "active")})] == len(served.application.assembly.active)


async def test_two_servers_count_apart(served: Served) -> None:
    names = [listener.name for listener in served.application.listeners]
    assert names.count("core:metrics") == 1
