"""An observer hears what happened, and whatever it does hurts nobody."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tmws_core.events import WAITING_EVENTS, Event, Listener
from tmws_core.principal import Principal

ADA = Principal("ada", "local")


def _event(name: str = "note.stored") -> Event:
    return Event(name, ADA, {})


async def _heard(wanted: tuple[str, ...], *names: str) -> list[str]:
    heard: list[str] = []

    async def function(event: Event) -> None:
        heard.append(event.name)

    listener = Listener("test", function, wanted)
    for name in names:
        listener.offer(_event(name))
    await listener.close()
    return heard


async def test_events_are_heard_in_their_order() -> None:
    assert await _heard(("*",), "a", "b", "a") == ["a", "b", "a"]


async def test_an_observer_hears_only_the_event_that_it_asked_for() -> None:
    assert await _heard(("a",), "a", "b", "a") == ["a", "a"]


async def test_an_observer_hears_several_events() -> None:
    assert await _heard(("a", "c"), "a", "b", "c") == ["a", "c"]


async def test_an_observer_hears_all_events_that_begin_alike() -> None:
    assert await _heard(("a.*",), "a.one", "ab", "a", "b.a.one", "a.two") == ["a.one", "a.two"]


async def test_an_observer_that_hears_nothing_is_closed_too() -> None:
    assert await _heard(("a",)) == []


async def test_an_event_that_an_observer_fails_on_is_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def function(_event: Event) -> None:
        raise LookupError("no ears")

    listener = Listener("deaf", function)
    listener.offer(_event())
    listener.offer(_event())
    await listener.close()
    assert listener.missed == 2
    assert "observer deaf missed the event note.stored: LookupError('no ears')" in caplog.messages


async def test_an_observer_goes_on_after_it_failed() -> None:
    heard: list[str] = []

    async def function(event: Event) -> None:
        if event.name == "bad":
            raise LookupError
        heard.append(event.name)

    listener = Listener("test", function)
    for name in ("bad", "good"):
        listener.offer(_event(name))
    await listener.close()
    assert heard == ["good"]


@pytest.mark.parametrize("error", [asyncio.CancelledError, SystemExit])
async def test_an_observer_that_ends_itself_misses_the_event_and_goes_on(error: type[BaseException]) -> None:
    heard: list[str] = []

    async def function(event: Event) -> None:
        if event.name == "bad":
            raise error
        heard.append(event.name)

    listener = Listener("test", function)
    for name in ("bad", "good"):
        listener.offer(_event(name))
    await listener.close()
    assert (heard, listener.missed) == (["good"], 1)


async def test_an_observer_that_stalls_misses_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tmws_core.events.SECONDS_FOR_ONE_EVENT", 0.01)
    stopped = asyncio.Event()
    listener = Listener("slow", _stalling(stopped))
    listener.offer(_event())
    await stopped.wait()
    await listener.close()
    assert listener.missed == 1


async def test_offering_to_a_stalled_observer_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tmws_core.events.SECONDS_FOR_ONE_EVENT", 0.01)
    listener = Listener("slow", _stalling(asyncio.Event()))
    for _ in range(WAITING_EVENTS + 3):
        listener.offer(_event())
    assert listener.missed == 3
    await listener.close()


async def test_what_still_waits_when_an_observer_is_stopped_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tmws_core.events.SECONDS_FOR_ONE_EVENT", 0.01)
    listener = Listener("slow", _stalling(asyncio.Event()))
    for _ in range(10):
        listener.offer(_event())
    await listener.close()
    assert listener.missed == 10


async def test_an_event_that_comes_after_the_end_is_missed() -> None:
    heard: list[str] = []

    async def function(event: Event) -> None:
        heard.append(event.name)

    listener = Listener("test", function)
    listener.offer(_event("in time"))
    await listener.close()
    listener.offer(_event("too late"))
    await listener.close()
    assert (heard, listener.missed) == (["in time"], 1)


async def test_an_event_knows_when_it_happened_in_utc() -> None:
    offset = _event().happened_at.utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0


def _stalling(stopped: asyncio.Event) -> Callable[[Event], Awaitable[None]]:
    async def function(_event: Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    return function
