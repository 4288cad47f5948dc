"""Runs `tmws` on a home of its own, in this process or as a process, with a plugin that uses everything."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tmws_core.commands import main
from tmws_core.testing.distributions import InstallPlugin

WEATHER = '''
    import asyncio
    import sys
    from typing import Annotated, Any, Literal

    from pydantic import BaseModel, Field, SecretStr

    from tmws_core import Context, command, health_check, hookimpl, tool

    print("weather prints when it is imported")


    class WeatherSettings(BaseModel):
        token: SecretStr = Field(SecretStr("cloud-key"), description="The key of the service.")


    @tool(scope="weather:read", read_only=True, listed=True)
    async def weather_report(
        ctx: Context,
        place: Annotated[str, Field(description="Where it is looked up.")],
        days: Annotated[int, Field(ge=1, description="How far it looks.")] = 1,
        warmth: float | None = None,
        tags: list[str] = [],
        exact: bool = False,
        more: dict[str, Any] | None = None,
        unit: Literal["celsius", "kelvin"] = "celsius",
    ) -> dict[str, Any]:
        """Tell the weather of a place."""
        print("weather prints when it is called")
        return {
            "place": place, "days": days, "warmth": warmth, "tags": tags, "exact": exact, "more": more, "unit": unit
        }


    @tool(scope="weather:read", read_only=True)
    async def weather_names(ctx: Context) -> list[str]:
        """Name the kinds of weather."""
        return ["rain", "sun"]


    @tool(scope="weather:read", read_only=True)
    async def weather_wait(ctx: Context) -> str:
        """Wait for better weather."""
        print("waiting", flush=True)
        await asyncio.Event().wait()
        return "never"


    @command(scope="weather:read")
    async def shout(ctx: Context, text: str, times: int = 1) -> str:
        """Say a text loudly."""
        return text.upper() * times


    @command(scope="weather:read", failed=lambda faults: faults > 0)
    async def import_(ctx: Context, path: str) -> int:
        """Import what was measured, and count what cannot be read."""
        return 2 if path else 0


    @health_check
    async def sky(ctx: Context) -> str:
        """Whether the sky is there."""
        return "the sky is blue"


    def _this():
        return sys.modules[__name__]


    @hookimpl
    def tmws_tools():
        return _this()


    @hookimpl
    def tmws_commands():
        return _this()


    @hookimpl
    def tmws_health_checks():
        return _this()


    @hookimpl
    def tmws_settings():
        return WeatherSettings
'''


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:  # noqa: ANN401 -- any JSON
        """What was printed, as the one JSON document that it has to be."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and nothing else of the machine's settings."""
    for variable in [name for name in os.environ if name.startswith("TMWS_")]:
        monkeypatch.delenv(variable)
    folder = tmp_path / "home"
    monkeypatch.setenv("TMWS_HOME", str(folder))
    return folder


@pytest.fixture
def tmws(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""

    def run(*words: str) -> Outcome:
        capfd.readouterr()
        code = main(words)
        captured = capfd.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def process() -> Run:
    """Runs a command as a process of its own."""

    def run(*words: str, stdin: str = "") -> Outcome:
        done = subprocess.run(command(words), input=stdin, capture_output=True, text=True, timeout=60, check=False)
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def weather(install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only plugin that is loaded: one with every kind of parameter, which prints whenever it can."""
    site = install_plugin("weather", WEATHER)
    monkeypatch.setenv("TMWS_PLUGINS", "weather")
    monkeypatch.setenv("PYTHONPATH", str(site))
    return site


@pytest.fixture
def broken(install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only plugin that is loaded: one that cannot be imported."""
    site = install_plugin("broken", 'raise RuntimeError("no luck today")')
    monkeypatch.setenv("TMWS_PLUGINS", "broken")
    monkeypatch.setenv("PYTHONPATH", str(site))
    return site


def command(words: Sequence[str]) -> list[str]:
    """The command line that starts `tmws`."""
    return [sys.executable, "-m", "tmws_core", *words]
