"""Several processes start at once where there is no database: all succeed, one creates it, the seeds are there once."""

import json
import subprocess
from contextlib import ExitStack
from typing import Any

import pytest

from tests.integration.installation import Installation
from tests.integration.look import Look

# stands at the barrier when it is ready to run the command, and takes the command's own way from there
_COMMAND = """
import sys, time
import tmws_core.assembly
from tmws_core.commands import main
print("ready", flush=True)
time.sleep(float(sys.stdin.readline()))
sys.exit(main(["db", "apply", "--json"]))
"""

# stands at the barrier when it has seen that there is no database: the worst moment to be overtaken
_DECIDED = """
import json, sys, time
from tmws_core.assembly import Assembly
from tmws_core.settings import Settings
assembly = Assembly(Settings())
assert assembly.schema.plan(assembly.active).writes
print("ready", flush=True)
time.sleep(float(sys.stdin.readline()))
plan = assembly.schema.apply(assembly.active, strict=True)
print(json.dumps({**plan.as_json(), "failures": plan.failures, "unwell": {}}))
"""


def _start_at_once(installation: Installation, script: str, offsets: list[float]) -> list[dict[str, Any]]:
    """Let processes start at the same instant, each after its own offset in seconds; what each of them did."""
    with ExitStack() as stack:
        processes = [stack.enter_context(installation.start_python("-c", script)) for _ in offsets]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process, offset in zip(processes, offsets, strict=True):
            assert process.stdin is not None
            process.stdin.write(f"{offset}\n")
            process.stdin.flush()
        return [_ended(process) for process in processes]


def _ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, output + errors
    assert "Traceback" not in errors
    told: dict[str, Any] = json.loads(output)
    return told


def _assert_one_created(told: list[dict[str, Any]], look: Look) -> None:
    actions = [{step["action"] for step in one["plugins"]} for one in told]
    assert sorted(actions, key=sorted) == [{"create"}, *[{"current"}] * (len(told) - 1)]
    assert all(not one["failures"] and not one["unwell"] for one in told)
    declared = {table for one in told for step in one["plugins"] for table in step["tables"]}
    assert look.tables() == {table for table in declared if not table.startswith("tmws_")}
    assert len(look.tables()) == 42
    assert look.rows("SELECT count(*), count(DISTINCT agent_id) FROM agents") == [(9, 9)]
    assert look.rows("SELECT count(*), count(DISTINCT template_id) FROM phase_templates") == [(4, 4)]
    assert look.value("SELECT count(*) FROM agent_namespaces WHERE namespace = 'default'") == 1


@pytest.mark.parametrize("count", [2, 8])
def test_of_commands_that_start_together_one_creates(installation: Installation, at_database: Look, count: int) -> None:
    _assert_one_created(_start_at_once(installation, _COMMAND, [0.0] * count), at_database)


def test_of_processes_that_all_saw_no_database_one_creates(installation: Installation, at_database: Look) -> None:
    _assert_one_created(_start_at_once(installation, _DECIDED, [0.0] * 3), at_database)


def test_starts_that_follow_each_other_closely_meet_no_half_made_database(
    installation: Installation, look: Look
) -> None:
    _assert_one_created(_start_at_once(installation, _COMMAND, [0.0, 0.05, 0.2]), look)


def test_who_waits_longer_than_allowed_is_told_which_lock_it_was(installation: Installation) -> None:
    from filelock import FileLock

    installation.database.parent.mkdir(parents=True)
    with FileLock(f"{installation.database}.lock"):
        ended = installation.run("db", "apply", TMWS_SCHEMA_LOCK_SECONDS="0.1")
    assert ended.returncode == 75
    assert f"{installation.database}.lock" in ended.stderr
    assert not installation.database.exists()
