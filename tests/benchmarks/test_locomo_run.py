"""The runner asks every system, keeps what was held out apart from what was tuned on, and says what it cannot do."""

import json
from pathlib import Path

import pytest

from benchmarks.locomo.__main__ import main
from benchmarks.locomo.dataset import read
from benchmarks.locomo.run import every_system, run, summaries


async def test_every_system_finds_the_turn_with_the_questions_own_words(locomo_file: Path) -> None:
    (conversation, _) = read(locomo_file)
    async with every_system() as systems:
        for system in systems:
            await system.learn(conversation, lambda: None)
            assert "D10:2" in (await system.find("Where does the kitten sleep?"))[:2], system.name


async def test_each_turn_learnt_and_each_question_answered_is_told(locomo_file: Path) -> None:
    steps: list[None] = []
    async with every_system() as systems:
        await run(systems, read(locomo_file), lambda: steps.append(None))
        assert len(steps) == len(systems) * (7 + 4)


async def test_a_system_knows_one_conversation_at_a_time(locomo_file: Path) -> None:
    first, second = read(locomo_file)
    async with every_system() as systems:
        for system in systems:
            await system.learn(first, lambda: None)
            await system.learn(second, lambda: None)
            assert set(await system.find("lighthouse kitten bread violin")) <= {"D1:1", "D1:2"}, system.name


async def test_conversations_that_were_held_out_are_summed_up_apart(locomo_file: Path) -> None:
    async with every_system() as systems:
        found = summaries(await run(systems, read(locomo_file), lambda: None))
        questions = {group: found[group][systems[-1].name]["all"].questions for group in found}
    assert questions == {"tuned": 3, "held out": 1, "together": 4}


async def test_a_category_without_questions_has_no_summary(locomo_file: Path) -> None:
    async with every_system() as systems:
        found = summaries(await run(systems, read(locomo_file), lambda: None))
        assert list(found["held out"][systems[-1].name]) == ["all", "adversarial"]


def test_the_figures_are_written_as_json(locomo_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(locomo_file), "--conversations", "conv-43", "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert results["held out"]["tmws"]["all"]["recall_at_5"] == 1


def test_a_conversation_that_is_not_in_the_file_is_named(locomo_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(locomo_file), "--conversations", "conv-26,conv-99"]) == 2
    assert "no conversation conv-99" in capsys.readouterr().err
