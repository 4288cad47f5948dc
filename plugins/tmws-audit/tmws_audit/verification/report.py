"""What a verification found."""

from typing import Literal

from pydantic import BaseModel, Field

Verdict = Literal[
    "altered",
    "missing",
    "inserted",
    "swapped",
    "cut_tail",
    "checkpoint_mismatch",
    "checkpoint_untrusted",
    "checkpoint_missing",
    "unguarded",
]
"""What was done: to a row, or to what seals the rows."""


class Fault(BaseModel):
    """Something that is not as it was written."""

    log: str = Field(description="The table, or the file of checkpoints.")
    sequence: int | None = Field(description="The first row, or the line, that it is about.")
    verdict: Verdict
    text: str


class LogReport(BaseModel):
    """How far a log was verified."""

    log: str
    rows: int
    first: int | None = Field(None, description="The number of the first row that is there.")
    last: int | None = None
    sealed: int = Field(0, description="Up to this row a checkpoint signs the log.")
    unsealed: int = Field(0, description="Rows after it: what is cut off or forged there is not noticed.")


class Verification(BaseModel):
    """What a verification found: nothing, or the first fault of each log and those of the checkpoints."""

    intact: bool
    faults: list[Fault] = []
    logs: list[LogReport]
    checkpoints: int = Field(description="How many checkpoints and records of purges were verified.")
    newest_checkpoint: str | None = None
    seconds: float
