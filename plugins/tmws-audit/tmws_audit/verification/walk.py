"""Walks along a chain, row by row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tmws_audit.logs import Log
from tmws_audit.models.chain import GENESIS
from tmws_audit.seals import Place, Seal
from tmws_audit.verification.diagnosis import diagnose
from tmws_audit.verification.report import Fault, LogReport
from tmws_audit.verification.rows import Reader, Row


class Walk:
    """The way along one log, as far as everything fits.

    Attributes:
        fault: what does not fit; nothing after it is looked at.
    """

    def __init__(self, log: Log, seals: Iterable[Seal]) -> None:
        """Begin before the first row.

        Args:
            log: the log.
            seals: the seals that are believed.
        """
        self.fault: Fault | None = None
        self._log = log
        self._signed: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for seal in seals:
            for places in (seal.logs, seal.purged or {}):
                if log.name in places:
                    self._signed[places[log.name].sequence][places[log.name].row_hash] = seal.number
        self._rows = 0
        self._first: int | None = None
        self._last = 0
        self._last_hash = GENESIS
        self._sealed = 0

    def go(self, rows: Sequence[Row], reader: Reader, purged: Iterable[Place]) -> None:
        """Go along some rows, those after the ones before.

        Args:
            rows: the rows.
            reader: reads others, to tell what was done.
            purged: the ends of what was purged up to now.
        """
        ends = {place.sequence: place.row_hash for place in purged}
        for row in rows:
            if row.sequence != self._last + 1 and isinstance(row.sequence, int) and row.sequence - 1 in ends:
                self._last, self._last_hash = row.sequence - 1, ends[row.sequence - 1]
            if row.sequence != self._last + 1 or row.prev_hash != self._last_hash or not row.is_genuine:
                purged_to = max((end for end in ends if end > self._last and end < row.sequence), default=self._last)
                self._last_hash = ends.get(purged_to, self._last_hash)
                self.fault = diagnose(reader, row, purged_to + 1, self._last_hash)
                return
            signed = self._signed.get(row.sequence)
            if signed is not None:
                if row.row_hash not in signed or len(signed) > 1:
                    self.fault = self._rewritten(row, signed)
                    return
                self._sealed = row.sequence
            self._first = row.sequence if self._first is None else self._first
            self._last, self._last_hash = row.sequence, row.row_hash
            self._rows += 1

    def end(self) -> None:
        """There are no more rows: none that was signed may lie beyond."""
        beyond = max(self._signed, default=0)
        if self.fault is None and beyond > self._last:
            number = max(self._signed[beyond].values())
            gone = f"the rows {self._last + 1} to {beyond} are gone from the end"
            text = f"{gone}; seal {number} signs that they were there"
            self.fault = Fault(log=self._log.name, sequence=self._last + 1, verdict="cut_tail", text=text)

    @property
    def rows(self) -> int:
        """How many rows fit."""
        return self._rows

    def report(self) -> LogReport:
        """How far the log was verified."""
        return LogReport(
            log=self._log.name,
            rows=self._rows,
            first=self._first,
            last=self._last if self._rows else None,
            sealed=self._sealed,
            unsealed=self._last - self._sealed if self._rows else 0,
        )

    def _rewritten(self, row: Row, signed: dict[str, int]) -> Fault:
        numbers = ", ".join(map(str, sorted(signed.values())))
        text = (
            f"the chain fits, but seal {numbers} signs another row {row.sequence}: it, or one between row "
            f"{self._sealed + 1} and it, was changed, and the hashes after it made anew"
        )
        return Fault(log=self._log.name, sequence=row.sequence, verdict="checkpoint_mismatch", text=text)
