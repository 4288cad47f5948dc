"""One process at a time changes a schema."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tmws_core.errors import DatabaseBusy, DatabaseNotCreated
from tmws_core.schema.engine import database_urls, prepare_file, schema_engine
from tmws_core.schema.lock import schema_lock

_HOLD = """
import sys
from tmws_core.schema.engine import database_urls, schema_engine
from tmws_core.schema.lock import schema_lock

with schema_lock(schema_engine(database_urls(sys.argv[1])[0]), 5):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def url(database_url: str) -> str:
    """A database whose folder is there."""
    prepare_file(database_urls(database_url)[0])
    return database_url


@pytest.fixture
def holder(url: str) -> "subprocess.Popen[str]":
    """Another process, which holds the lock until its input ends."""
    command = [sys.executable, "-c", _HOLD, url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lock_that_another_process_holds_is_told(url: str, holder: "subprocess.Popen[str]") -> None:
    engine = schema_engine(database_urls(url)[0])
    said = r"another process has held .* for 0\.1 s; .* TMWS_SCHEMA_LOCK_SECONDS"
    with pytest.raises(DatabaseBusy, match=said), schema_lock(engine, 0.1):
        pytest.fail("two hold one lock")
    holder.communicate()


def test_a_lock_is_waited_for(url: str, holder: "subprocess.Popen[str]") -> None:
    engine = schema_engine(database_urls(url)[0])
    held = threading.Event()

    def wait() -> None:
        with schema_lock(engine, 30):
            held.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not held.is_set()
    holder.communicate()
    waiting.join()
    assert held.is_set()


def test_the_lock_of_a_process_that_is_killed_is_free(url: str, holder: "subprocess.Popen[str]") -> None:
    holder.kill()
    holder.communicate()
    with schema_lock(schema_engine(database_urls(url)[0]), 5):
        pass


def test_a_lock_is_free_again_after_an_error(url: str) -> None:
    engine = schema_engine(database_urls(url)[0])
    with pytest.raises(LookupError), schema_lock(engine, 1):
        raise LookupError
    with schema_lock(engine, 1):
        pass


def test_a_lock_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "tmws.db.lock").mkdir()
    engine = schema_engine(database_urls(f"sqlite:///{tmp_path / 'tmws.db'}")[0])
    said = r"tmws\.db\.lock cannot be written: .*; SQLite needs to write"
    with pytest.raises(DatabaseNotCreated, match=said), schema_lock(engine, 1):
        pytest.fail("a folder is no lock")
