"""The root of the commands: those of the core, and one group for each installed plugin, filled when it is asked for."""

import logging
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from tmws_core.commands import config, database, doctor, plugins, serve, tools
from tmws_core.commands.failure import INTERRUPTED, Failure, fail, log_traceback
from tmws_core.commands.generated import PluginGroup
from tmws_core.commands.output import AsJSON, print_json, print_line
from tmws_core.commands.startup import start_log
from tmws_core.errors import ExitCode, TMWSError
from tmws_core.hookspecs import PROJECT_NAME

PLUGIN_PANEL = "Commands of the plugins"

logger = logging.getLogger(__name__)


class UnknownCommandError(TMWSError):
    """There is neither a command nor a plugin of that name."""

    exit_code = ExitCode.USAGE


class RootGroup(TyperGroup):
    """The commands of the core and the installed plugins."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 -- Typer keeps these types to itself
        """The command or plugin of a name.

        Raises:
            UnknownCommandError: there is none.
        """
        found = super().get_command(ctx, cmd_name)
        if found is None and not ctx.resilient_parsing:
            close = get_close_matches(cmd_name, self.commands, n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise UnknownCommandError(
                f"there is no command or plugin {cmd_name!r}{meant}; the commands are "
                f"{', '.join(self._names(of_plugins=False))}, and the installed plugins are "
                f"{', '.join(self._names(of_plugins=True))}"
            )
        return found

    def _names(self, *, of_plugins: bool) -> list[str]:
        return [name for name, one in self.commands.items() if isinstance(one, PluginGroup) is of_plugins]


def run(words: Sequence[str]) -> int:
    """Run one command and turn whatever goes wrong into an exit code.

    Args:
        words: what was typed after `tmws`.
    """
    start_log()
    options = words[: words.index("--")] if "--" in words else words
    as_json = "--json" in options
    try:
        result = get_command(build())(args=list(words), prog_name="tmws", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as error:
        return _usage(error, as_json)
    except Exception as error:
        log_traceback(error)
        return fail(Failure.of(error), as_json=as_json)
    return result if isinstance(result, int) else ExitCode.OK


def build() -> typer.Typer:
    """The commands as Typer takes them; no plugin is imported for it."""
    root = typer.Typer(name="tmws", cls=RootGroup, help="A lasting memory, skills and workflows for AI agents.")
    root.callback(invoke_without_command=True)(_root)
    root.command("serve")(serve.serve)
    root.add_typer(plugins.group, name="plugins")
    root.add_typer(database.group, name="db")
    root.command("doctor")(doctor.doctor)
    root.command("tools")(tools.tools)
    root.command("call")(tools.call)
    root.add_typer(config.group, name="config")
    taken = {one.name for one in root.registered_commands} | {one.name for one in root.registered_groups}
    for name, summary in installed():
        if name in taken:
            logger.warning("plugin %r is named like a command of tmws; call its tools with `tmws call`", name)
        else:
            group = typer.Typer(cls=PluginGroup, no_args_is_help=True, help=summary)
            group.callback()(_plugin)
            root.add_typer(group, name=name, rich_help_panel=PLUGIN_PANEL)
    return root


def installed() -> list[tuple[str, str]]:
    """The name of each installed plugin with the summary of its distribution, the core's own first."""
    found = {entry.name: _summary(entry) for entry in entry_points(group=f"{PROJECT_NAME}.plugins")}
    return sorted(found.items(), key=lambda item: (item[0] != "core", item[0]))


def _summary(entry: EntryPoint) -> str:
    if entry.dist is None or "Summary" not in entry.dist.metadata:
        return ""
    return entry.dist.metadata["Summary"]


def _root(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    as_json: AsJSON = False,
) -> None:
    if show_version:
        number = version("tmws-core")
        print_json({"version": number}) if as_json else print_line(f"tmws {number}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print_line(context.get_help())
        raise typer.Exit(ExitCode.USAGE)


def _plugin() -> None:
    """What a plugin offers."""


def _usage(error: typer.TyperException, as_json: bool) -> int:
    context = getattr(error, "ctx", None)
    hint = f"; see `{context.command_path} --help`" if context is not None else ""
    message = error.format_message().rstrip(". ")
    if not message:
        return ExitCode.USAGE
    return fail(Failure("usage", f"{message}{hint}", ExitCode.USAGE), as_json=as_json)
