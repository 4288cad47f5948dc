"""What a person sees who types `tmws audit …`."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Path:
    """A home folder with a database of all tables."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tmws.db").write_bytes(sqlite_template.read_bytes())
    return tmp_path


def tmws(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TMWS_")}
    environment = {**inherited, "TMWS_HOME": str(home), "TMWS_PLUGINS": "audit"}
    command = [sys.executable, "-m", "tmws_core", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_verify_ends_with_one_and_names_the_row_that_was_edited_in_the_file(home: Path) -> None:
    for _ in range(2):
        assert tmws(home, "audit", "query").returncode == 0
    assert tmws(home, "audit", "checkpoint").returncode == 0
    before = tmws(home, "audit", "verify", "--json")
    assert (before.returncode, json.loads(before.stdout)["result"]["intact"]) == (0, True)
    with closing(sqlite3.connect(home / "data" / "tmws.db")) as connection, connection:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            connection.execute("UPDATE api_audit_log SET agent_id = 'mallory' WHERE sequence = 1")
        connection.execute("DROP TRIGGER tmws_audit_guard_calls_update")
        connection.execute("UPDATE api_audit_log SET agent_id = 'mallory' WHERE sequence = 1")
    after = tmws(home, "audit", "verify", "--json")
    faults = json.loads(after.stdout)["result"]["faults"]
    assert after.returncode == 1
    assert [(fault["verdict"], fault["sequence"]) for fault in faults] == [("altered", 1), ("unguarded", None)]


def test_a_key_of_the_wrong_mode_ends_a_checkpoint_with_78_and_says_what_to_do(home: Path) -> None:
    tmws(home, "audit", "checkpoint")
    (home / "audit" / "signing.key").chmod(0o644)
    tmws(home, "audit", "query")
    ended = tmws(home, "audit", "checkpoint")
    assert ended.returncode == 78
    assert "has the mode 0644" in ended.stderr
    assert "chmod 600" in ended.stderr
