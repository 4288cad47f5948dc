"""`tmws <plugin>`: the commands that are made from tools and commands."""

from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tmws_core.testing.distributions import InstallPlugin


def test_help_of_a_plugin_lists_its_tools_and_commands(tmws: Run, weather: Path) -> None:
    shown = tmws("weather", "--help").out
    assert [word for word in ("report", "names", "wait", "shout") if f" {word} " not in shown] == []
    assert "Tell the weather of a place." in shown


def test_help_of_a_command_tells_what_each_parameter_is(tmws: Run, weather: Path) -> None:
    shown = " ".join(tmws("weather", "report", "--help").out.split())
    assert "Where it is looked up" in shown
    assert "How far it looks" in shown
    assert "one of celsius, kelvin" in shown


def test_required_text_is_given_by_its_place(tmws: Run, weather: Path) -> None:
    assert tmws("weather", "report", "Ulm", "--json").document["place"] == "Ulm"


def test_what_is_not_given_keeps_the_tools_default(tmws: Run, weather: Path) -> None:
    shown = tmws("weather", "report", "Ulm", "--json").document
    assert (shown["days"], shown["exact"], shown["unit"], shown["tags"]) == (1, False, "celsius", [])


def test_options_have_the_types_of_the_parameters(tmws: Run, weather: Path) -> None:
    given = ["--days", "2", "--warmth", "0.5", "--tags", "a", "--tags", "b", "--exact", "--unit", "kelvin"]
    shown = tmws("weather", "report", "Ulm", *given, "--json").document
    assert shown == {
        "place": "Ulm",
        "days": 2,
        "warmth": 0.5,
        "tags": ["a", "b"],
        "exact": True,
        "more": None,
        "unit": "kelvin",
    }


def test_a_flag_can_be_denied(tmws: Run, weather: Path) -> None:
    assert tmws("weather", "report", "Ulm", "--no-exact", "--json").document["exact"] is False


def test_an_object_is_given_as_json(tmws: Run, weather: Path) -> None:
    shown = tmws("weather", "report", "Ulm", "--more", '{"a": [1]}', "--json").document
    assert shown["more"] == {"a": [1]}


def test_an_object_that_is_no_json_is_refused(tmws: Run, weather: Path) -> None:
    outcome = tmws("weather", "report", "Ulm", "--more", "{", "--json")
    assert outcome.code == 64
    assert outcome.document["error"]["code"] == "invalid_arguments"


def test_an_option_of_the_wrong_type_is_refused(tmws: Run, weather: Path) -> None:
    outcome = tmws("weather", "report", "Ulm", "--days", "many")
    assert outcome.code == 64
    assert "--days" in outcome.err


def test_a_value_out_of_range_is_refused_by_the_tool(tmws: Run, weather: Path) -> None:
    outcome = tmws("weather", "report", "Ulm", "--days", "0")
    assert outcome.code == 64
    assert "weather_report: days" in outcome.err


def test_a_missing_argument_is_refused(tmws: Run, weather: Path) -> None:
    outcome = tmws("weather", "report")
    assert outcome.code == 64
    assert "place" in outcome.err


def test_a_plugins_own_command_prints_what_it_returns(tmws: Run, weather: Path) -> None:
    assert tmws("weather", "shout", "rain", "--times", "2").out == "RAINRAIN\n"


def test_a_plugins_own_command_as_json(tmws: Run, weather: Path) -> None:
    assert tmws("weather", "shout", "rain", "--json").document == {"result": "RAIN"}


def test_a_command_that_says_so_of_its_result_fails(tmws: Run, weather: Path) -> None:
    outcome = tmws("weather", "import", "rain.csv", "--json")
    assert (outcome.code, outcome.document) == (1, {"result": 2})


def test_a_command_that_found_nothing_wrong_does_not_fail(tmws: Run, weather: Path) -> None:
    outcome = tmws("weather", "import", "")
    assert (outcome.code, outcome.out) == (0, "0\n")


def test_a_broken_plugin_says_why_it_has_no_commands(tmws: Run, broken: Path) -> None:
    outcome = tmws("broken", "anything", "--json")
    assert outcome.code == 78
    assert "no luck today" in outcome.document["error"]["message"]


def test_the_cores_own_tools_are_commands_too(tmws: Run, weather: Path) -> None:
    assert tmws("core", "tool-search", "--query", "weather names", "--json").document["result"]


def test_a_plugins_own_command_may_take_longer_than_a_tool(
    tmws: Run, install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_plugin("patient", _PATIENT)
    monkeypatch.setenv("TMWS_PLUGINS", "patient")
    monkeypatch.setenv("TMWS_TOOL_SECONDS", "0.01")
    assert tmws("patient", "sit").out == "still there\n"


_PATIENT = """
    import asyncio
    import sys

    from tmws_core import Context, command, hookimpl


    @command(scope="patient:read")
    async def sit(ctx: Context) -> str:
        await asyncio.sleep(0.1)
        return "still there"


    @hookimpl
    def tmws_commands():
        return sys.modules[__name__]
"""
