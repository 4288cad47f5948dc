"""Calls tools and plugins' commands from the command line, as the local principal."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tmws_core.commands.output import print_json, print_value
from tmws_core.commands.progress import progress_bar
from tmws_core.commands.startup import run_opened
from tmws_core.errors import ExitCode

if TYPE_CHECKING:
    from tmws_core.application import Application
    from tmws_core.contributions import Command, Tool
    from tmws_core.pipeline import Call

SURFACE = "cli"


def call_tool(application: "Application", tool: "Tool", arguments: dict[str, Any], *, as_json: bool) -> int:
    """Call a tool and print its result.

    Args:
        application: the application, not yet opened.
        tool: the tool.
        arguments: its arguments, not yet validated.
        as_json: print the structured result, as the tool's output schema describes it.

    Returns:
        The exit code.

    Raises:
        ToolError: whatever the tool answers with.
    """
    result = _run(application, lambda call: application.pipeline.call_tool(call, tool.name, arguments))
    if as_json:
        print_json(result)
    else:
        print_value(result["result"] if tool.wraps_result else result)
    return ExitCode.OK


def run_command(application: "Application", command: "Command", arguments: dict[str, Any], *, as_json: bool) -> int:
    """Run a plugin's command and print what it returns.

    Args:
        application: the application, not yet opened.
        command: the command.
        arguments: its arguments, not yet validated.
        as_json: print what it returns as a document, below the key `result`.

    Returns:
        The exit code: `FAILED` when the command says so of what it returned.

    Raises:
        ToolError: the arguments do not fit, or whatever the command answers with.
    """
    from tmws_core.contributions.signature import result_adapter

    validated = _validated(command, arguments)

    def work(call: "Call") -> Awaitable[Any]:
        return application.pipeline.run(
            call,
            command.name,
            command.scope,
            lambda context: command.function(context, **validated),
            read_only=False,
            limited=False,
            kind="command",
        )

    returned = _run(application, work)
    result = result_adapter(command.function).dump_python(returned, mode="json")
    if as_json:
        print_json({"result": result})
    else:
        print_value(result)
    return ExitCode.FAILED if command.failed is not None and command.failed(returned) else ExitCode.OK


def _validated(command: "Command", arguments: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    from tmws_core.contributions.signature import arguments_model
    from tmws_core.tool_errors import InvalidArguments

    try:
        model = arguments_model(command.function).model_validate(arguments)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InvalidArguments(f"{command.name}: {told}") from error
    return {name: getattr(model, name) for name in type(model).model_fields}


def _run(application: "Application", work: "Callable[[Call], Awaitable[Any]]") -> Any:  # noqa: ANN401 -- any result
    async def shown() -> Any:  # noqa: ANN401 -- as above
        from tmws_core.pipeline import Call

        # the bar goes before the application does: both divert standard output, and have to undo it in turn
        with progress_bar() as report:
            return await work(Call(application.local_principal, SURFACE, report))

    return run_opened(application, shown)
