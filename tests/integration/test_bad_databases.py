"""A database that cannot be used ends the start with an exit code and a sentence that names it; no byte is changed."""

import sqlite3
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import copy

import pytest

from tests.integration.conftest import InstallLedger
from tests.integration.installation import Installation
from tests.integration.look import Look
from tmws_core.errors import ExitCode

COMMANDS = (("db", "apply"), ("serve", "--stdio"))

# gives up what lets root pass over permissions: CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7)), which
# prctl's PR_CAPBSET_DROP (24) takes from the program that is executed next
_WITHOUT_PRIVILEGES = """
import ctypes, os, sys
if os.geteuid() == 0:
    for capability in (1, 2):
        assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def _files(folder: Path) -> dict[str, str]:
    """Every file of a folder with the hash of its bytes."""
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _assert_refused(
    ended: subprocess.CompletedProcess[str], code: ExitCode, *words: object, command: object = ""
) -> None:
    assert ended.returncode == code, f"{command}: {ended.stdout}{ended.stderr}"
    assert "Traceback" not in ended.stderr
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("tmws: ")
    for word in words:
        assert str(word) in last


def _text(_sound: bytes) -> bytes:
    return b"This is a shopping list, and no database: bread, butter, honey.\n" * 20


def _half_a_header(sound: bytes) -> bytes:
    return sound[:50]


def _cut_off(sound: bytes) -> bytes:
    return sound[: len(sound) // 2]


def _overwritten(sound: bytes) -> bytes:
    return sound[:100] + b"\xff" * (len(sound) - 100)


@pytest.mark.parametrize("damage", [_text, _half_a_header, _cut_off, _overwritten])
def test_a_file_that_is_no_sound_database_is_named_and_left_alone(
    established: Installation, damage: Callable[[bytes], bytes]
) -> None:
    established.database.write_bytes(damage(established.database.read_bytes()))
    before = _files(established.home)
    for command in COMMANDS:
        ended = established.run(*command)
        _assert_refused(ended, ExitCode.INPUT_OUTPUT, established.database, "restore a backup", command=command)
        assert _files(established.home) == before


@pytest.mark.parametrize("command", ["plan", "check"])
def test_a_command_that_only_reads_refuses_it_too(established: Installation, command: str) -> None:
    established.database.write_bytes(_text(b""))
    before = _files(established.home)
    _assert_refused(established.run("db", command), ExitCode.INPUT_OUTPUT, established.database)
    assert _files(established.home) == before


def test_a_folder_in_place_of_the_file_is_named(installation: Installation) -> None:
    installation.database.mkdir(parents=True)
    _assert_refused(installation.run("db", "apply"), ExitCode.INPUT_OUTPUT, installation.database)


def test_a_folder_that_cannot_be_made_is_named(installation: Installation) -> None:
    installation.home.mkdir()
    (installation.home / "data").write_text("a file where the folder should be")
    _assert_refused(installation.run("db", "apply"), ExitCode.CANNOT_CREATE, installation.home / "data", "TMWS_HOME")


class _Unprivileged(Installation):
    """Its commands may do no more than the permissions of files say, also when root runs the tests."""

    def start_python(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        return super().start_python("-c", _WITHOUT_PRIVILEGES, *words, **variables)


@pytest.fixture
def unprivileged(tmp_path: Path) -> Installation:
    """An installation to whose commands the permissions of files apply."""
    return _Unprivileged(tmp_path)


def test_a_home_that_may_not_be_written_is_named(unprivileged: Installation) -> None:
    unprivileged.folder.chmod(0o555)
    _assert_refused(unprivileged.run("db", "apply"), ExitCode.CANNOT_CREATE, unprivileged.home, "Permission denied")


def test_a_data_folder_that_may_not_be_written_is_named(unprivileged: Installation) -> None:
    unprivileged.database.parent.mkdir(parents=True)
    unprivileged.database.parent.chmod(0o555)
    _assert_refused(unprivileged.run("db", "apply"), ExitCode.CANNOT_CREATE, unprivileged.database, "write")
    assert _files(unprivileged.home) == {}


def test_a_database_that_may_not_be_written_is_named_and_left_alone(
    unprivileged: Installation, sqlite_template: Path
) -> None:
    unprivileged.database.parent.mkdir(parents=True)
    copy(sqlite_template, unprivileged.database)
    unprivileged.database.chmod(0o444)
    unprivileged.database.parent.chmod(0o555)
    before = _files(unprivileged.home)
    for command in COMMANDS:
        ended = unprivileged.run(*command)
        _assert_refused(ended, ExitCode.INPUT_OUTPUT, unprivileged.database, "read-only", command=command)
    assert _files(unprivileged.home) == before


class TestNewerThanTheCode:
    @pytest.fixture
    def downgraded(self, installation: Installation, install_ledger: InstallLedger) -> Installation:
        """Version 2 of a plugin has been at work, and version 1 is installed over it."""
        install_ledger(2)
        installation.ask("db", "apply")
        install_ledger(1)
        connection = sqlite3.connect(installation.database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return installation

    @pytest.mark.parametrize("command", [("db", "apply"), ("serve", "--stdio")])
    def test_a_strict_start_ends_and_changes_nothing(self, downgraded: Installation, command: tuple[str, ...]) -> None:
        before = _files(downgraded.home)
        ended = downgraded.run(*command, TMWS_STRICT="true")
        _assert_refused(ended, ExitCode.CONFIGURATION, "'ledger'", "newer", "ledger_0002", "ledger_0001", "2.0")
        assert _files(downgraded.home) == before

    def test_another_start_goes_on_without_that_plugin_alone(self, downgraded: Installation, look: Look) -> None:
        before = look.everything()
        downgraded.run("db", "apply")
        status = downgraded.ask("call", "server_status")
        assert {one["name"] for one in status["plugins"] if one["status"] != "active"} == {"ledger"}
        assert "newer" in next(one["reason"] for one in status["plugins"] if one["name"] == "ledger")
        assert look.everything() == before


def test_a_database_that_lost_a_table_refuses_its_plugin_and_those_that_need_it(
    established: Installation, look: Look
) -> None:
    connection = sqlite3.connect(established.database)
    connection.execute("DROP TABLE personas")
    connection.close()
    before = look.everything()
    ended = established.run("db", "apply", TMWS_PLUGINS="agents,memory,usage", TMWS_STRICT="true")
    _assert_refused(ended, ExitCode.CONFIGURATION, "'agents'", "table personas is missing")
    assert look.everything() == before
