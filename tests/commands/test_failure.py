"""What a command says when something goes wrong, and how it ends."""

from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tmws_core.commands.failure import Failure
from tmws_core.errors import ConfigurationError, DatabaseBusy
from tmws_core.tool_errors import InvalidArguments, NotFound, ToolError


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (DatabaseBusy("held"), "database_busy", 75),
        (ConfigurationError("odd"), "configuration", 78),
        (NotFound("gone"), "not_found", 1),
        (InvalidArguments("wrong"), "invalid_arguments", 64),
        (ToolError("failed"), "failed", 1),
        (KeyError("bug"), "internal_error", 70),
        (KeyboardInterrupt(), "interrupted", 130),
    ],
)
def test_every_error_has_a_code_and_an_exit_code(error: BaseException, code: str, exit_code: int) -> None:
    failure = Failure.of(error)
    assert (failure.code, failure.exit_code) == (code, exit_code)


def test_a_hint_for_programs_stands_apart() -> None:
    shown = Failure.of(NotFound("there is no tea", hint="boil some")).as_json()
    assert shown == {"error": {"code": "not_found", "message": "there is no tea", "hint": "boil some"}}


def test_the_place_of_an_error_is_in_the_log_for_those_who_ask(
    process: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    (home / "config.toml").write_text("not = = toml")
    monkeypatch.setenv("TMWS_LOG_LEVEL", "DEBUG")
    assert "Traceback" in process("plugins").err
