from datetime import UTC, datetime
from pathlib import Path

import pytest

from tmws_memory.exchange import basic_memory
from tmws_memory.exchange.record import Fault, Record

SAMPLE = Path(__file__).parent / "samples/basic-memory"


def read(folder: Path, body: str, front: str = "type: guide\npermalink: note") -> list[Record]:
    (folder / "note.md").write_text(f"---\ntitle: Note\n{front}\n---\n{body}")
    found = list(basic_memory.read(folder))
    return [record for record in found if isinstance(record, Record)]


def sample() -> list[Record]:
    return [record for record in basic_memory.read(SAMPLE) if isinstance(record, Record)]


def test_a_folder_of_basic_memory_becomes_memories() -> None:
    assert [(record.content, record.memory_type, record.tags) for record in sample()] == [
        ("Rye Bread: The crumb is done at 98 °C", "temperature", []),
        (
            "# Sourdough Starter\n\n"
            "How the starter in the kitchen is kept alive. See [[Rye Bread]] for what to do with it.\n\n"
            "## Observations\n\n"
            "- [ ] buy a second jar\n"
            "- [00:12] the timer rings\n\n"
            "## Relations\n\n"
            "- see also [[Yeast]] and the books\n"
            "- [[Weekend]]\n",
            "recipe",
            ["baking", "bread"],
        ),
        (
            "Sourdough Starter: One part starter, two parts flour, two parts water #feeding (by weight)",
            "ratio",
            ["baking", "bread", "feeding"],
        ),
        (
            "Sourdough Starter: A rubber band on the jar shows the rise #kitchen\n  and how far it has fallen again",
            "tip",
            ["baking", "bread", "kitchen"],
        ),
        ("Sourdough Starter: Rye flour wakes a sleepy starter #flour", "observation", ["baking", "bread", "flour"]),
        ("Sourdough Starter part of Rye Bread", "relation", ["baking", "bread", "rye-bread"]),
        ("Sourdough Starter is fed with Rye Flour (stone-ground)", "relation", ["baking", "bread", "rye-flour"]),
    ]


def test_the_memories_of_a_note_share_its_permalink_as_session() -> None:
    assert [record.session for record in sample()] == ["rye-bread", *["recipes/sourdough-starter"] * 6]


def test_the_parts_of_an_observation_and_of_a_relation_are_kept() -> None:
    _, _, ratio, _, _, _, relation = sample()
    assert ratio.context["category"] == "ratio"
    assert ratio.context["context"] == "by weight"
    assert ratio.context["section"] == "Observations"
    assert relation.context["relation_type"] == "is fed with"
    assert relation.context["to"] == "Rye Flour"
    assert relation.context["context"] == "stone-ground"


def test_a_note_is_as_old_as_its_front_matter_says() -> None:
    assert sample()[-1].created_at == datetime(2025, 3, 2, 7, 30, tzinfo=UTC)
    assert sample()[-1].updated_at == datetime(2025, 4, 1, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "- [x] done",
        "- [/] half done",
        "- [0:01:02 - 0:01:03] spoken",
        "- [text](https://example.org)",
        "- [[Target]]",
        "- some other thing [[Target]]",
        "- likes [[Target]] (a) and (b)",
        "- likes [[Target]] #bm:links_to",
        "> - [quoted] text",
        "[category] outside a list",
        "```\n- [code] text\n```",
    ],
)
def test_what_has_no_meaning_is_prose(tmp_path: Path, line: str) -> None:
    (record,) = read(tmp_path, line)
    assert (record.content, record.memory_type) == (f"# Note\n\n{line}", "guide")


@pytest.mark.parametrize(
    ("line", "content", "memory_type"),
    [
        ("* [Design Choice] SQLite", "Note: SQLite", "design-choice"),
        ("  + [q] nested", "Note: nested", "q"),
        ("- [場所] text", "Note: text", "observation"),
        ("- 'runs on' [[A b]] (x (y))", "Note runs on A b (x (y))", "relation"),
        ("- works_with[[A]]", "Note works with A", "relation"),
    ],
)
def test_an_item_with_a_meaning_is_a_memory(tmp_path: Path, line: str, content: str, memory_type: str) -> None:
    (record,) = read(tmp_path, line)
    assert (record.content, record.memory_type) == (content, memory_type)


def test_a_note_without_meaning_is_prose_as_a_whole(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "- [a] b\n", "type: note\nbm_parse_semantics: false")
    assert record.content == "# Note\n\n- [a] b\n"


def test_a_heading_over_other_headings_with_prose_is_kept(tmp_path: Path) -> None:
    prose, _ = read(tmp_path, "# A\n- [a] b\n## B\nprose\n")
    assert prose.content == "# A\n## B\nprose\n"


def test_a_heading_over_nothing_but_items_is_not(tmp_path: Path) -> None:
    prose, observation = read(tmp_path, "# A\nprose\n## B\n- [a] b\n")
    assert prose.content == "# A\nprose\n"
    assert observation.context["section"] == "B"


def test_a_note_without_front_matter_has_the_title_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "plain.md").write_text("- [a] b")
    (record,) = basic_memory.read(tmp_path)
    assert isinstance(record, Record)
    assert (record.content, record.session) == ("plain: b", "plain.md")


def test_an_item_that_cannot_be_stored_is_reported_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: a\n---\n\n- [a] \0\n- [a] b\n")
    fault, record = basic_memory.read(tmp_path)
    assert isinstance(fault, Fault)
    assert (fault.source, fault.line) == ("a.md", 5)
    assert isinstance(record, Record)


def test_a_note_without_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: a\n---\n")
    (fault,) = basic_memory.read(tmp_path)
    assert isinstance(fault, Fault)


def test_what_else_the_front_matter_says_is_kept_once(tmp_path: Path) -> None:
    first, second = read(tmp_path, "- [a] b\n- [a] c\n", "permalink: p\nstatus: open")
    assert first.context["front_matter"] == {"permalink": "p", "status": "open"}
    assert "front_matter" not in second.context


def test_a_small_file_does_not_become_gigabytes(tmp_path: Path) -> None:
    long = "x" * 50_000
    front = f"type: {long}\npermalink: {long}\ntags: [{long}]\nsource: https://{long}\nother: {long}"
    records = read(tmp_path, f"# {long}\n" + "- [a] b\n" * 1000, front)
    assert len(records) == 1000
    assert sum(len(repr(record)) for record in records) < 2_000_000


def test_a_long_line_of_brackets_is_read(tmp_path: Path) -> None:
    records = read(tmp_path, "- a [[" + "(" * 100_000 + "\n- [" * 20_000)
    assert sum(len(record.content) for record in records) > 100_000
