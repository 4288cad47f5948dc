"""`tmws tools` and `tmws call`."""

from pathlib import Path

from tests.commands.conftest import Run


def test_every_tool_is_listed_without_a_database(tmws: Run, weather: Path, home: Path) -> None:
    outcome = tmws("tools")
    assert outcome.code == 0
    names = [line.split()[0] for line in outcome.out.splitlines()]
    assert [name for name in names if name.startswith("weather")] == ["weather_report", "weather_names", "weather_wait"]
    assert "tool_search" in names
    assert not home.exists()


def test_tools_as_json_tell_what_a_client_sees_at_once(tmws: Run, weather: Path) -> None:
    tools = {tool["name"]: tool for tool in tmws("tools", "--json").document["tools"]}
    assert tools["weather_report"]["listed"] is True
    assert tools["weather_names"]["listed"] is False
    assert tools["weather_report"]["scope"] == "weather:read"


def test_a_search_finds_by_words_of_the_description(tmws: Run, weather: Path) -> None:
    found = tmws("tools", "--search", "better weather", "--json").document["tools"]
    assert found[0]["name"] == "weather_wait"


def test_a_call_leaves_text_as_it_is_and_reads_the_rest_as_json(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_report", "place=12", "days=3", 'tags=["wet"]', "exact=true", "--json")
    assert outcome.code == 0
    assert outcome.document == {
        "place": "12",
        "days": 3,
        "warmth": None,
        "tags": ["wet"],
        "exact": True,
        "more": None,
        "unit": "celsius",
    }


def test_a_call_takes_all_arguments_as_one_object(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_report", "days=4", "--arguments", '{"place": "Ulm", "days": 3}', "--json")
    assert (outcome.document["place"], outcome.document["days"]) == ("Ulm", 4)


def test_a_call_reads_an_object_from_standard_input(process: Run, weather: Path) -> None:
    outcome = process("call", "weather_report", "-", "--json", stdin='{"place": "Ulm", "more": {"deep": [1]}}')
    assert outcome.document["more"] == {"deep": [1]}


def test_a_call_shows_people_the_fields(tmws: Run, weather: Path) -> None:
    rows = [line.split() for line in tmws("call", "weather_report", "place=Ulm").out.splitlines()]
    assert ["place", "Ulm"] in rows


def test_a_list_is_shown_to_people_without_its_wrapping(tmws: Run, weather: Path) -> None:
    assert tmws("call", "weather_names").out == "rain\nsun\n"


def test_text_that_would_steer_the_terminal_is_written_out(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_report", "place=\x1b[2Jgone")
    assert "\x1b" not in outcome.out
    assert "\\x1b[2Jgone" in outcome.out


def test_an_unknown_tool_is_an_error(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_change", "--json")
    assert outcome.code == 1
    assert outcome.document["error"]["code"] == "not_found"


def test_an_argument_that_the_tool_does_not_know_is_refused(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_report", "place=Ulm", "colour=red", "--json")
    assert outcome.code == 64
    assert outcome.document["error"]["details"]["faults"][0]["argument"] == "colour"


def test_a_value_that_is_no_json_is_refused_with_an_example(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_report", "place=Ulm", "tags=wet")
    assert outcome.code == 64
    assert """tags='["a", "b"]'""" in outcome.err


def test_an_argument_without_a_key_is_refused(tmws: Run, weather: Path) -> None:
    outcome = tmws("call", "weather_report", "Ulm")
    assert outcome.code == 64
    assert "key=value" in outcome.err


def test_arguments_that_are_no_object_are_refused(tmws: Run, weather: Path) -> None:
    assert tmws("call", "weather_report", "--arguments", "[1]").code == 64


def test_nothing_but_the_document_is_on_standard_output(process: Run, weather: Path) -> None:
    outcome = process("call", "weather_report", "place=Ulm", "--json")
    assert outcome.document["place"] == "Ulm"
    assert "weather prints when it is imported" in outcome.err
    assert "weather prints when it is called" in outcome.err
