"""Settings: from an argument, else from `TMWS_*`, else from `config.toml`, else the default.

The core has fields of its own; each plugin may contribute a section. Nothing that is written can be misspelt in
silence: a variable or key that nobody declared is an error.
"""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict

from tmws_core.errors import ConfigurationError, Conflict
from tmws_core.fields import Slug

PREFIX = "TMWS_"

FALL_BACKS: Mapping[str, Sequence[str]] = {
    "agent_id": ("MCP_AGENT_ID", "CLAUDE_AGENT_ID", "OPENAI_AGENT_ID", "ANTHROPIC_AGENT_ID"),
}
"""Variables of others that stand in for a setting of the core which neither `TMWS_*` nor the file names, in order."""

Section = TypeVar("Section", bound=BaseModel)
Origin = Literal["argument", "environment", "file", "default"]


def _split(value: Any) -> Any:  # noqa: ANN401 -- whatever the source holds
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Names = Annotated[frozenset[str], NoDecode, BeforeValidator(_split)]


class CoreSettings(BaseModel):
    """The settings of the core itself."""

    home: Path = Field(Path("~/.tmws"), description="The folder of everything that the server keeps.")
    database_url: str = Field("", description="The database; empty is the SQLite file data/tmws.db in the home folder.")
    sqlite_synchronous: Literal["FULL", "NORMAL"] = Field(
        "FULL", description="FULL puts an acknowledged write on the disk; NORMAL may lose the last ones at a power cut."
    )
    schema_lock_seconds: float = Field(30.0, gt=0, description="How long to wait for another process's migration.")
    agent_id: Slug = Field("local-agent", description="Whose name a local client's calls carry.")
    agent_namespace: str = Field("local", description="The namespace of a local client that names no other.")
    api_host: str = Field(
        "127.0.0.1", description="The address that the HTTP server binds; other machines need authentication."
    )
    api_port: int = Field(8000, ge=0, le=65535, description="The port that the HTTP server binds; 0 is any free one.")
    api_allowed_hosts: Names = Field(
        frozenset(), description="Other names by which clients call the HTTP server, such as that of a proxy before it."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least that is logged.")
    profile: Literal["default", "full"] = Field("default", description="Which tools a client sees at once.")
    rate_limit: str = Field(
        "100/second", description="How often one caller may call tools, resources, prompts and routes, all together."
    )
    tool_seconds: float = Field(30.0, gt=0, description="How long one tool call may take.")
    model_seconds: float = Field(120.0, gt=0, description="How long to wait for an answer of a client's model.")
    plugins: Names | None = Field(None, description="The only plugins to load, by name; without it all installed ones.")
    blocked_plugins: Names = Field(frozenset(), description="Plugins that are not loaded, by name.")
    safe_mode: bool = Field(False, description="Start with the core alone, whatever is installed.")
    strict: bool = Field(False, description="End the start when any plugin fails, instead of going on without it.")
    plugin_import_seconds: float = Field(10.0, gt=0, description="How long the import of one plugin may take.")


@dataclass(frozen=True)
class Entry:
    """One setting as `tmws config` shows it."""

    key: str
    variable: str
    value: Any
    origin: Origin
    description: str


class Settings:
    """All settings of one application.

    Attributes:
        core: the core's own fields.
        file: the settings file that was looked for.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, **arguments: Any) -> None:
        """Read the core's settings; the plugins' sections follow with `fill`.

        Args:
            environment: instead of the process's environment.
            arguments: fields of `CoreSettings` that win over everything else.

        Raises:
            ConfigurationError: a value is malformed, or the settings file cannot be read.
        """
        source = os.environ if environment is None else environment
        self._environment = {key.upper(): value for key, value in source.items() if value}
        self._arguments = {key: value for key, value in arguments.items() if value is not None}
        home = self._arguments.get("home") or self._environment.get(f"{PREFIX}HOME") or "~/.tmws"
        self.file = Path(self._environment.get(f"{PREFIX}CONFIG") or Path(home) / "config.toml").expanduser()
        self._file = _read(self.file)
        self.core = self._read_section(CoreSettings, "", self._arguments)
        self._sections: dict[str, BaseModel] = {}

    @property
    def home(self) -> Path:
        """The folder of everything that the server keeps, with `~` resolved."""
        return self.core.home.expanduser()

    @property
    def database_url(self) -> str:
        """The URL of the database; SQLite's default file when none is set."""
        return self.core.database_url or f"sqlite+aiosqlite:///{self.home / 'data' / 'tmws.db'}"

    def fill(self, sections: Mapping[str, type[BaseModel]], inactive: Iterable[str] = ()) -> None:
        """Read the plugins' sections, then refuse what nobody declared.

        Args:
            sections: the model of each plugin that contributes one, by the plugin's name.
            inactive: names of plugins that are installed and not running; their keys are left alone.

        Raises:
            ConfigurationError: a value is malformed, or a variable or key is unknown.
            Conflict: two sections would be read from the same variable.
        """
        owners: dict[str, str] = {f"{PREFIX}CONFIG": "core"}
        models: dict[str, type[BaseModel]] = {"": CoreSettings, **sections}
        for name, model in models.items():
            for field in model.model_fields:
                variable = variable_name(name, field)
                if variable in owners:
                    raise Conflict(f"setting {variable} is claimed by {owners[variable]} and by {name}; rename one")
                owners[variable] = name or "core"
        filled = {name: self._read_section(model, name, {}) for name, model in sections.items()}
        self._refuse_unknown(owners, sections, tuple(inactive))
        self._sections = filled

    def section(self, model: type[Section]) -> Section:
        """The filled section of a plugin.

        Raises:
            LookupError: no running plugin contributed that model with `tmws_settings`.
        """
        for filled in self._sections.values():
            if isinstance(filled, model):
                return filled
        raise LookupError(f"no running plugin contributed {model.__name__} with tmws_settings")

    def entries(self) -> list[Entry]:
        """Every setting with its value and where the value comes from."""
        found = []
        for name, filled in {"": self.core, **self._sections}.items():
            for field, info in type(filled).model_fields.items():
                key = f"{name}.{field}" if name else field
                origin = self._origin(name, field)
                found.append(
                    Entry(key, self._variable(name, field), getattr(filled, field), origin, info.description or "")
                )
        return found

    def _origin(self, name: str, field: str) -> Origin:
        if not name and field in self._arguments:
            return "argument"
        if variable_name(name, field) in self._environment:
            return "environment"
        if field in self._table(name):
            return "file"
        return "environment" if self._variable(name, field) in self._environment else "default"

    def _variable(self, name: str, field: str) -> str:
        """The variable that a field is read from, which is another's when that one stands in."""
        own = variable_name(name, field)
        if name or own in self._environment or field in self._arguments or field in self._table(name):
            return own
        return next((one for one in FALL_BACKS.get(field, ()) if one in self._environment), own)

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self._file.get(name, {}) if name else self._file
        if not isinstance(table, dict):
            raise ConfigurationError(f"{self.file}: [{name}] must be a table of settings")
        return table

    def _read_section(self, model: type[Section], name: str, arguments: Mapping[str, Any]) -> Section:
        reader = type(
            model.__name__,
            (model, BaseSettings),
            {"model_config": SettingsConfigDict(env_prefix=variable_name(name, ""))},
        )
        source = EnvSettingsSource(reader, env_prefix=variable_name(name, ""), env_ignore_empty=True)
        source.env_vars = {key.lower(): value for key, value in self._environment.items()}
        table = {key: value for key, value in self._table(name).items() if key in model.model_fields}
        variables = {field: self._variable(name, field) for field in (FALL_BACKS if not name else ())}
        others = {field: self._environment[one] for field, one in variables.items() if one in self._environment}
        try:
            return model.model_validate({**others, **table, **source(), **arguments})
        except (ValidationError, ValueError) as error:
            raise ConfigurationError(_explain(error, name, partial(self._variable, name))) from error

    def _refuse_unknown(
        self, known: Mapping[str, str], sections: Mapping[str, type[BaseModel]], inactive: tuple[str, ...]
    ) -> None:
        ignored = tuple(variable_name(name, "") for name in inactive)
        for variable in self._environment:
            if variable.startswith(PREFIX) and variable not in known and not variable.startswith(ignored):
                raise ConfigurationError(
                    f"{variable} is set, but no such setting exists; see `tmws config` for those that do, or unset it"
                )
        for key, value in self._file.items():
            keys = [f"{key}.{part}" for part in value] if isinstance(value, dict) and key in sections else [key]
            for full in keys:
                name, _, field = full.rpartition(".")
                if full not in inactive and variable_name(name, field) not in known:
                    raise ConfigurationError(
                        f"{self.file}: {full} is set, but no such setting exists; see `tmws config` for those that do"
                    )


def variable_name(name: str, field: str) -> str:
    """The environment variable of a field.

    Args:
        name: the plugin's name; empty for the core.
        field: the field of its settings.
    """
    prefix = f"{PREFIX}{name}_" if name else PREFIX
    return f"{prefix}{field}".upper().replace("-", "_")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read as TOML: {error}") from error


def _explain(error: ValueError, name: str, variable: Callable[[str], str]) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    faults = (
        f"{variable(str(fault['loc'][0]))} ({'.'.join(map(str, (name, *fault['loc']))).lstrip('.')}): {fault['msg']}"
        for fault in error.errors()
    )
    return "malformed setting: " + "; ".join(faults)
