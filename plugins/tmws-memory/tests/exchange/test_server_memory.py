import json
from pathlib import Path

import pytest

from tmws_memory.exchange import server_memory
from tmws_memory.exchange.record import Fault, Record

SAMPLE = Path(__file__).parent / "samples/server-memory/memory.jsonl"


def read(path: Path, *lines: object) -> list[Record | Fault]:
    file = path / "memory.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return list(server_memory.read(file))


def entity(*observations: object, kind: object = "person", name: object = "Ada") -> dict[str, object]:
    return {"type": "entity", "name": name, "entityType": kind, "observations": list(observations)}


def test_a_file_of_the_server_becomes_memories() -> None:
    found = [record for record in server_memory.read(SAMPLE) if isinstance(record, Record)]
    assert [(record.content, record.memory_type, record.tags, record.session) for record in found] == [
        ("Marta_Oliveira: Speaks fluent Portuguese", "person", ["marta_oliveira"], "Marta_Oliveira"),
        ("Marta_Oliveira: Prefers reviews in the morning", "person", ["marta_oliveira"], "Marta_Oliveira"),
        ("Harbour Ledger: Runs on PostgreSQL 16", "software-project", ["harbour-ledger"], "Harbour Ledger"),
        ("東京オフィス (場所)", "general", ["東京オフィス"], "東京オフィス"),
        (
            "Marta_Oliveira works on Harbour Ledger",
            "relation",
            ["marta_oliveira", "harbour-ledger"],
            "Marta_Oliveira",
        ),
    ]


def test_the_words_of_the_file_are_kept() -> None:
    *entities, relation = (record for record in server_memory.read(SAMPLE) if isinstance(record, Record))
    assert entities[-1].context == {"entity": "東京オフィス", "entity_type": "場所"}
    assert relation.context == {"from": "Marta_Oliveira", "relation_type": "works_on", "to": "Harbour Ledger"}


def test_no_observation_is_lost_when_another_cannot_be_stored(tmp_path: Path) -> None:
    first, second, third, fourth = read(tmp_path, entity("one", "\0", 5, "two"))
    assert isinstance(first, Record)
    assert isinstance(fourth, Record)
    assert (first.content, fourth.content) == ("Ada: one", "Ada: two")
    assert isinstance(second, Fault)
    assert "NUL" in second.reason
    assert third == Fault("memory.jsonl", 1, "observation 3 of 'Ada' is no text; put it in quotes")


@pytest.mark.parametrize(
    "line",
    [
        {"type": "note", "name": "Ada"},
        {"name": "Ada"},
        entity("one", name=""),
        entity("one", name=None),
        entity("one", name="x" * 1001),
        entity("one", kind=5),
        {"type": "entity", "name": "Ada", "entityType": "person", "observations": "one"},
        {"type": "relation", "from": "Ada", "to": "Engine"},
        {"type": "relation", "from": "Ada", "to": "\ud800", "relationType": "knows"},
    ],
)
def test_a_line_that_is_neither_entity_nor_relation_is_reported_and_the_rest_goes_on(
    tmp_path: Path, line: dict[str, object]
) -> None:
    first, second = read(tmp_path, line, entity("one"))
    assert isinstance(first, Fault)
    assert (first.source, first.line) == ("memory.jsonl", 1)
    assert isinstance(second, Record)


def test_what_other_servers_add_to_an_entity_is_passed_over(tmp_path: Path) -> None:
    (found,) = read(tmp_path, {**entity("one"), "createdAt": "2026-01-31"})
    assert isinstance(found, Record)


def test_ten_thousand_observations_are_ten_thousand_memories(tmp_path: Path) -> None:
    found = read(tmp_path, entity(*map(str, range(10_000))))
    assert [record.content for record in found if isinstance(record, Record)] == [f"Ada: {i}" for i in range(10_000)]


def test_reading_twice_gives_the_same_memories() -> None:
    assert list(server_memory.read(SAMPLE)) == list(server_memory.read(SAMPLE))
