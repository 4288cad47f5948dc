"""What the active plugins offer is found by name, by words, and in a list that fits a client's context."""

from collections.abc import Iterable

import pytest

from tmws_core.catalogue import LISTED_BYTES, LISTED_TOOLS, Catalogue, OfferedTool
from tmws_core.contributions import Tool
from tmws_core.plugin_record import Contributions, PluginRecord
from tmws_core.principal import Principal
from tmws_core.tool_errors import NotFound

EVERYBODY = Principal("ada", "local", frozenset({"*"}))


def _tool(name: str, description: str = "", *, scope: str = "notes:read", listed: bool = False) -> Tool:
    async def function(context: object) -> int:
        return 1

    function.__name__, function.__doc__ = name, description
    return Tool(function=function, scope=scope, listed=listed)


def _catalogue(*tools: Tool) -> Catalogue:
    contributions = Contributions(tools=tools)
    return Catalogue([PluginRecord("notes", "tmws-notes", "1.0", "notes", contributions=contributions)])


def _names(offered: Iterable[OfferedTool]) -> list[str]:
    return [one.tool.name for one in offered]


def test_a_tool_is_found_by_its_name() -> None:
    offered = _catalogue(_tool("notes_add")).tool("notes_add")
    assert (offered.plugin, offered.method) == ("notes", "add")


def test_a_tool_that_nobody_offers_is_told_with_the_way_to_find_one() -> None:
    with pytest.raises(NotFound, match="there is no tool 'notes_ad'; find the right name with tool_search"):
        _catalogue(_tool("notes_add")).tool("notes_ad")


def test_the_full_profile_lists_all_tools() -> None:
    catalogue = _catalogue(_tool("one", listed=True), _tool("two"))
    assert _names(catalogue.listed(EVERYBODY, "full")) == ["one", "two"]


def test_the_default_profile_lists_those_declared_as_listed() -> None:
    catalogue = _catalogue(_tool("one", listed=True), _tool("two"))
    assert _names(catalogue.listed(EVERYBODY, "default")) == ["one"]


@pytest.mark.parametrize("profile", ["default", "full"])
def test_a_tool_that_the_principal_may_not_call_is_not_listed(profile: str) -> None:
    catalogue = _catalogue(_tool("one", listed=True), _tool("two", scope="notes:write", listed=True))
    reader = Principal("bob", "local", frozenset({"notes:read"}))
    assert _names(catalogue.listed(reader, profile)) == ["one"]


def test_the_default_profile_is_short() -> None:
    catalogue = _catalogue(*(_tool(f"tool_{number}", listed=True) for number in range(LISTED_TOOLS + 5)))
    assert len(catalogue.listed(EVERYBODY, "default")) == LISTED_TOOLS


def test_the_default_profile_is_small() -> None:
    catalogue = _catalogue(*(_tool(f"tool_{number}", "word " * 500, listed=True) for number in range(10)))
    listed = catalogue.listed(EVERYBODY, "default")
    assert 0 < sum(one.size for one in listed) <= LISTED_BYTES
    assert len(listed) < 10


def test_what_is_shown_besides_comes_last_and_once() -> None:
    catalogue = _catalogue(_tool("one"), _tool("two", listed=True), _tool("three"), _tool("four"))
    assert _names(catalogue.listed(EVERYBODY, "default", {"two", "three", "one"})) == ["two", "one", "three"]


def test_what_the_principal_may_not_call_is_not_shown_besides() -> None:
    catalogue = _catalogue(_tool("one", scope="notes:write"))
    reader = Principal("bob", "local", frozenset({"notes:read"}))
    assert catalogue.listed(reader, "default", {"one"}) == []


def test_a_search_finds_the_most_words_first() -> None:
    catalogue = _catalogue(_tool("a", "Find old notes."), _tool("b", "Find old blue notes."), _tool("c", "Other."))
    assert _names(catalogue.search(EVERYBODY, "blue old find", 10)) == ["b", "a"]


def test_a_search_sees_the_name_and_the_plugin() -> None:
    catalogue = _catalogue(_tool("shelve_it", "Put away."))
    assert _names(catalogue.search(EVERYBODY, "shelve", 10)) == ["shelve_it"]
    assert _names(catalogue.search(EVERYBODY, "NOTES", 10)) == ["shelve_it"]


def test_the_beginning_of_a_longer_word_is_enough() -> None:
    catalogue = _catalogue(_tool("a", "Consolidation of memories."))
    assert _names(catalogue.search(EVERYBODY, "consolid", 10)) == ["a"]
    assert _names(catalogue.search(EVERYBODY, "con", 10)) == []


def test_an_empty_search_finds_all_by_name() -> None:
    assert _names(_catalogue(_tool("b"), _tool("a")).search(EVERYBODY, "", 10)) == ["a", "b"]


def test_a_search_finds_no_more_than_asked_for() -> None:
    assert _names(_catalogue(_tool("b"), _tool("a")).search(EVERYBODY, "", 1)) == ["a"]


def test_a_search_does_not_find_what_the_principal_may_not_call() -> None:
    assert _catalogue(_tool("a")).search(Principal("bob", "local"), "", 10) == []
