"""Takes samples of processor time and elapsed time, the variants by turns, and says how they spread."""

import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

MILLISECONDS = 1000.0


@dataclass(frozen=True)
class Sample:
    """How long one thing took, once.

    Attributes:
        cpu: processor time of the process, user and system, all threads, in milliseconds.
        wall: elapsed time in milliseconds.
    """

    cpu: float
    wall: float

    @classmethod
    def from_json(cls, document: Mapping[str, float]) -> "Sample":
        """The sample that a measuring process wrote."""
        return cls(document["cpu"], document["wall"])


@dataclass(frozen=True)
class Spread:
    """The middle of several values, and the two that a quarter of them lie below and above."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of at least one value."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        return cls(*statistics.quantiles(values, n=4, method="inclusive"))


class Stopwatch:
    """Runs from its creation; of this process alone."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def sample(self) -> Sample:
        """What has passed."""
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        return Sample(cpu * MILLISECONDS, wall * MILLISECONDS)

    def sample_of(self, times: int) -> Sample:
        """What has passed for each of several things that were done one after the other, or at once."""
        whole = self.sample()
        return Sample(whole.cpu / times, whole.wall / times)


@contextmanager
def timed(samples: list[Sample]) -> Iterator[None]:
    """Add to `samples` what the body takes."""
    watch = Stopwatch()
    yield
    samples.append(watch.sample())


def by_turns(variants: Mapping[str, Callable[[], Sample]], rounds: int) -> dict[str, list[Sample]]:
    """Samples of several variants, taken by turns so that a slow moment of the machine meets them all.

    One round before the first fills the caches of the file system and the byte code, and is not kept. Every second
    round goes in the reverse order.

    Args:
        variants: what takes one sample, by name.
        rounds: how many samples of each.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in variants}
    for number, name in turns(list(variants), rounds):
        sample = variants[name]()
        if number:
            samples[name].append(sample)
    return samples


async def by_turns_in_one_loop(
    variants: Mapping[str, Callable[[], Awaitable[Sample]]], rounds: int
) -> dict[str, list[Sample]]:
    """The same as `by_turns` of what runs in an event loop."""
    samples: dict[str, list[Sample]] = {name: [] for name in variants}
    for number, name in turns(list(variants), rounds):
        sample = await variants[name]()
        if number:
            samples[name].append(sample)
    return samples


def turns(names: Sequence[str], rounds: int) -> Iterator[tuple[int, str]]:
    """Whose turn it is, in which round: round 0 is the one that is not kept, every second one is in reverse order."""
    for number in range(rounds + 1):
        for name in names if number % 2 == 0 else reversed(names):
            yield number, name


def ratio(measured: Sequence[Sample], floor: Sequence[Sample]) -> float:
    """How much more processor time the one takes than the other: the median of the ratios of each round."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(measured, floor, strict=True))


def elapsed_ratio(measured: Sequence[Sample], floor: Sequence[Sample]) -> float:
    """How much longer the one takes than the other, by the clock: the median of the ratios of each round."""
    return statistics.median(one.wall / other.wall for one, other in zip(measured, floor, strict=True))
