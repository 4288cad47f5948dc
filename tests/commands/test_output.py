"""How values are printed for people."""

import pytest

from tmws_core.commands.output import harmless, in_a_cell, print_value


def lines(captured: pytest.CaptureFixture[str]) -> list[list[str]]:
    """The words of each printed line."""
    return [line.split() for line in captured.readouterr().out.splitlines()]


@pytest.mark.parametrize("value", [None, [], {}])
def test_nothing_is_said_to_be_nothing(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    print_value(value)
    assert lines(capsys) == [["nothing"]]


def test_text_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_value("[bold]two\nlines[/bold]")
    assert capsys.readouterr().out == "[bold]two\nlines[/bold]\n"


def test_few_fields_make_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_value([{"name": "tea", "size": 1}, {"name": "milk"}])
    assert lines(capsys) == [["name", "size"], ["tea", "1"], ["milk"]]


def test_many_fields_make_a_block_for_each_object(capsys: pytest.CaptureFixture[str]) -> None:
    print_value([{f"field{number}": number for number in range(7)}])
    assert ["field6", "6"] in lines(capsys)


def test_an_object_in_an_object_is_unfolded(capsys: pytest.CaptureFixture[str]) -> None:
    print_value([{"memory": {"content": "tea"}, "score": 0.5}])
    assert lines(capsys) == [["memory.content", "score"], ["tea", "0.5"]]


def test_a_list_of_objects_in_an_object_is_a_table_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_value({"drinks": [{"name": "tea", "size": 1}], "total": 1})
    assert lines(capsys) == [["field", "value"], ["total", "1"], [], ["drinks:"], ["name", "size"], ["tea", "1"]]


def test_texts_are_listed_with_commas() -> None:
    assert in_a_cell(["a", "b"]) == "a, b"


@pytest.mark.parametrize(
    ("character", "written"),
    [("\x1b", "\\x1b"), ("\x07", "\\x07"), ("\x9b", "\\x9b"), ("\u202e", "\\u202e"), ("\r", "\\r")],
)
def test_a_character_that_a_terminal_obeys_is_written_out(character: str, written: str) -> None:
    assert harmless(f"a{character}b") == f"a{written}b"
