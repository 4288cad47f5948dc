"""What a tool gets of the world: who calls, one session, settings, progress, and a way to the other tools."""

import logging
import math
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from tmws_core.call import Call
from tmws_core.client_model import AskModel, Question, no_model
from tmws_core.clock import Clock
from tmws_core.connection import Connection
from tmws_core.list_changes import LISTS, ListChange, ListName
from tmws_core.principal import Principal
from tmws_core.progress import ReportProgress, no_progress
from tmws_core.tool_errors import ToolError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

    from tmws_core.host import Host
    from tmws_core.lifespan_state import State
    from tmws_core.unit_of_work import UnitOfWork

__all__ = ["Context", "ReportProgress", "no_progress"]

Settings = TypeVar("Settings", bound=BaseModel)
Result = TypeVar("Result")


class Context:
    """The first argument of every tool, resource, prompt, route, command and health check.

    Attributes:
        principal: who calls.
        client: the caller's IP address over HTTP, else None.
        logger: a logger named after the tool; it never writes to a protocol stream.
    """

    def __init__(
        self,
        application: "Host",
        principal: Principal,
        unit_of_work: "UnitOfWork",
        *,
        name: str,
        report_progress: ReportProgress = no_progress,
        ask_model: AskModel = no_model,
        clock: Clock | None = None,
        continued: bool = False,
        client: str | None = None,
        connection: Connection | None = None,
    ) -> None:
        self.principal = principal
        self.logger = logging.getLogger(f"tmws.{name}")
        self._application = application
        self._unit_of_work = unit_of_work
        self._name = name
        self._report_progress = report_progress
        self._ask_model = ask_model
        self._clock = clock or Clock(math.inf)
        self._continued = continued
        self.client = client
        self._connection = connection

    @property
    def session(self) -> "AsyncSession":
        """The session of this call, in one transaction.

        It is committed when the tool returns and rolled back when the tool raises. A writing transaction on SQLite
        takes the database's one write lock with its first statement: do slow things, such as a network call, first.
        """
        return self._unit_of_work.session

    async def transaction(
        self, work: "Callable[[Session], Result]", tell: "Callable[[Result], None] | None" = None
    ) -> "Result":
        """Run work in one transaction with an ordinary, synchronous session: the quickest way to the database.

        On SQLite the whole work takes one hop to a thread, and the write lock is held no longer than the database needs
        it. It is committed when the work returns, and rolled back when the work raises or the call is cancelled; each
        one is a transaction of its own, unless the call has used `session` already or is part of another tool's call:
        then it belongs to that transaction.

        Args:
            work: takes the session; it must not wait for anything else, and what it returns must be loaded.
            tell: takes what the work returns while the transaction is still open; a witness can write down what it
                publishes in the same transaction.
        """
        if tell is None:
            return await self._unit_of_work.transaction(work)

        def told(session: "Session") -> "Result":
            result = work(session)
            tell(result)
            return result

        return await self._unit_of_work.transaction(told)

    def settings(self, section: type[Settings]) -> Settings:
        """The filled section of the settings that a plugin contributed with `tmws_settings`."""
        return self._application.settings.section(section)

    def state(self, kind: "type[State]") -> "State":
        """What a plugin's `tmws_lifespan` has yielded, found by its class.

        Raises:
            LookupError: no running plugin has yielded an object of that class.
        """
        return self._application.state(kind)

    @property
    def application(self) -> "Host":
        """The application that serves this call."""
        return self._application

    async def progress(self, done: float, total: float | None = None, message: str | None = None) -> None:
        """Tell the caller how far the work is.

        Args:
            done: how much is done, in any unit; it must grow from call to call.
            total: how much there is in the same unit, when it is known.
            message: what is being done.
        """
        await self._report_progress(done, total, message)

    async def ask_model(self, text: str, *, system: str = "", most_tokens: int = 1000) -> str | None:
        """Ask the language model of the client that calls this tool over MCP.

        The time that the answer takes does not count for the tool. In MCP 2026-07-28 the tool ends here, its client
        calls it again with the answer, and it runs from its beginning: what it does before it asks must be the same
        each time, and must not matter when it is done twice.

        Args:
            text: the question.
            system: how the model should behave.
            most_tokens: how long the answer may be.

        Returns:
            The answer; None when the client has no model, when it refuses or fails, and on every other door.

        Raises:
            RuntimeError: a transaction of this call is open, which others would have to wait for as long.
        """
        return await self._ask(Question(text, system, most_tokens))

    def act_as(self, principal: Principal) -> None:
        """Have this connection act for another agent, or for its own again, from its next call on.

        It counts when this call has succeeded. Whether the agent may do that is for the tool to find out.

        Args:
            principal: the other agent, with this connection's own agent as its `actor`; or that agent itself.

        Raises:
            ToolError: nothing stays of this client between its calls.
            ValueError: the principal names another actor than this connection's own agent.
        """
        if self._connection is None:
            raise ToolError(
                "over HTTP and on the command line nothing is remembered from one call to the next",
                hint="connect with that agent's own key, or set TMWS_AGENT_ID for a command",
            )
        self._connection.refuse_unrelated(principal)
        self._unit_of_work.next_principal = principal

    async def call(self, tool: str, /, **arguments: Any) -> Any:  # noqa: ANN401 -- whatever the tool returns
        """Call another tool as the same principal; a writing call joins this call's transaction.

        Raises:
            ToolError: whatever the other tool answers with.
        """
        call = Call(
            self.principal,
            "tool",
            ask_model=self._ask,
            continued=self._continued,
            client=self.client,
            connection=self._connection,
        )
        return await self._application.call_within(call, self._unit_of_work, tool, arguments)

    def publish(self, event: str, /, **details: Any) -> None:
        """Tell the observers what happened; they hear it after the transaction is committed.

        Args:
            event: the name, such as `memory.stored`.
            details: what observers may want to know, as JSON.
        """
        self._unit_of_work.publish(event, details)

    def list_changed(self, *lists: ListName, agents: Collection[str] = (), everybody: bool = False) -> None:
        """Tell clients that lists of theirs are others now; they hear it when this call has succeeded.

        The clients of the agent in whose name this call is made hear it in any case, on all their connections to this
        process. Tell the others of what they may see alone: that something changed is a message, too.

        Args:
            lists: which of `tools`, `prompts` and `resources`.
            agents: other agents whose clients hear it, too.
            everybody: whether all clients hear it.

        Raises:
            ValueError: there is no list of that name.
        """
        if not lists or not set(LISTS).issuperset(lists):
            raise ValueError(f"the lists are {', '.join(LISTS)}; this call names {', '.join(lists) or 'none'}")
        told = None if everybody else frozenset((self.principal.agent_id, *agents))
        self._unit_of_work.list_changes.append(ListChange(frozenset(lists), told))

    async def _ask(self, question: Question) -> str | None:
        """Ask on behalf of this call, or of another that it makes."""
        if self._unit_of_work.in_transaction:
            raise RuntimeError(
                f"{self._name} asks the client's model while its database transaction is open; ask before the session "
                "is used for the first time"
            )
        with self._clock.stopped():
            return await self._ask_model(question)
