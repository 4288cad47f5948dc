"""Counts what the server does, for Prometheus."""

from collections import Counter as Tally
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tmws_core.application import Application
from tmws_core.events import Event, Listener
from tmws_core.pipeline import authorise
from tmws_core.plugin_record import Status
from tmws_core.server.caller import established

SCOPE = "server:read"
UNKNOWN_TOOL = "unknown"
COUNTED = "tool.called"


class Metrics(Listener):
    """Hears of every tool call, and answers `/metrics` with the counts.

    It counts at once and not from its queue: that takes microseconds, and nothing is missed.
    """

    def __init__(self, application: Application) -> None:
        super().__init__("core:metrics", _nothing_else, [COUNTED])
        self._application = application
        self._registry = CollectorRegistry()
        self._registry.register(_State(application))
        self._calls = Counter(
            "tmws_tool_calls",
            "Calls of tools, by their outcome: ok, or the code of the error.",
            ["tool", "surface", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tmws_tool_call_seconds", "How long calls of tools took.", ["tool"], registry=self._registry
        )

    @property
    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/metrics", self.answer, methods=["GET"])]

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Listen to the application for as long as the context lasts."""
        self._application.listeners.append(self)
        try:
            yield
        finally:
            self._application.listeners.remove(self)

    def offer(self, event: Event) -> None:
        """Count a call; a name that no tool has is not kept, or a caller could fill the memory with names."""
        if event.name != COUNTED:
            return
        details = event.details
        tool = details["tool"] if details["tool"] in self._application.catalogue.tools else UNKNOWN_TOOL
        self._calls.labels(tool, details["surface"], details["outcome"]).inc()
        self._seconds.labels(tool).observe(details["milliseconds"] / 1000)

    async def answer(self, request: Request) -> Response:
        """Answer in Prometheus's text format.

        Raises:
            PermissionDenied: the caller may not even ask how the server is doing.
        """
        authorise(established(request.scope).principal, SCOPE, "/metrics")
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _State(Collector):
    """What is read from the application when somebody asks."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The plugins by their status, and the events that each observer missed."""
        plugins = GaugeMetricFamily("tmws_plugins", "Installed plugins by their status.", labels=["status"])
        found = Tally(record.status for record in self._application.assembly.records)
        for status in Status:
            plugins.add_metric([status.value], found[status])
        yield plugins
        missed = GaugeMetricFamily("tmws_events_missed", "Events that an observer did not get.", labels=["observer"])
        for listener in self._application.listeners:
            missed.add_metric([listener.name], listener.missed)
        yield missed


async def _nothing_else(_event: Event) -> None:
    """The queue of a `Listener` stays empty here."""
