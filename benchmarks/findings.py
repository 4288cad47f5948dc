"""What a benchmark found, for people and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.measurement import Sample, Spread


@dataclass(frozen=True)
class Row:
    """One thing that was measured.

    Attributes:
        name: what it was.
        cpu: processor time in milliseconds; None where it was not measured.
        wall: elapsed time in milliseconds.
        samples: how many times it was measured.
    """

    name: str
    cpu: Spread | None
    wall: Spread
    samples: int

    @classmethod
    def of(cls, name: str, samples: Sequence[Sample]) -> "Row":
        """The row of a series of samples."""
        cpu, wall = Spread.of([one.cpu for one in samples]), Spread.of([one.wall for one in samples])
        return cls(name, cpu, wall, len(samples))


@dataclass(frozen=True)
class Verdict:
    """A value against its bound.

    Attributes:
        claim: what is claimed.
        value: what was found.
        bound: what it may be at most; None for what is only reported.
        unit: of both.
        at_least: the bound is what it has to be at least instead.
    """

    claim: str
    value: float
    bound: float | None = None
    unit: str = "x"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the bound is met; always, where there is none."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True)
class Findings:
    """Everything that one benchmark found."""

    rows: Sequence[Row]
    verdicts: Sequence[Verdict] = field(default=())

    @property
    def met(self) -> bool:
        """Whether every bound is met."""
        return all(verdict.met for verdict in self.verdicts)

    def as_json(self) -> dict[str, Any]:
        """The findings for programs; times are in milliseconds."""
        return {
            "met": self.met,
            "rows": [asdict(row) for row in self.rows],
            "verdicts": [{**asdict(verdict), "met": verdict.met} for verdict in self.verdicts],
        }


def rows_of(samples: Mapping[str, Sequence[Sample]]) -> list[Row]:
    """One row for each series of samples."""
    return [Row.of(name, series) for name, series in samples.items()]
