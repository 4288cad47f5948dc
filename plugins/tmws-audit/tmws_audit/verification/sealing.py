"""Verifies the seals themselves: those in the database, those in the file, and that the two agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

from tmws_audit.logs import EVENTS
from tmws_audit.seal_file import SealLines
from tmws_audit.seals import Seal
from tmws_audit.signing import TrustedKeys
from tmws_audit.verification.report import Fault, Verdict


@dataclass
class SealCheck:
    """What is found of seals.

    Attributes:
        believed: the seals that a trusted key has signed, by their fingerprints.
        faults: what is wrong with others.
    """

    believed: dict[str, Seal] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def check_seals(
    stored: Sequence[tuple[int, Seal | None]], lines: SealLines | None, file: Path, keys: TrustedKeys
) -> SealCheck:
    """Verify all seals.

    Args:
        stored: those in the database, with the numbers of their rows; None for a row that holds none.
        lines: those in the file; None when there is no file.
        file: the file.
        keys: the keys that are believed.
    """
    found = SealCheck()
    for sequence, seal in stored:
        if seal is None:
            found.faults.append(_fault(EVENTS.name, sequence, "checkpoint_mismatch", "the row holds no seal"))
    inside = [seal for _, seal in stored if seal is not None]
    outside = list({seal.fingerprint: seal for seal in lines.seals}.values()) if lines is not None else []
    for number in lines.damaged if lines is not None else ():
        found.faults.append(_fault(str(file), number, "checkpoint_mismatch", "the line holds no seal"))
    for place, series in ((EVENTS.name, inside), (str(file), outside)):
        found.faults += _unbelieved(place, series, keys)
        found.faults += _unlinked(place, series)
        found.believed |= {seal.fingerprint: seal for seal in series if seal.is_believed(keys)}
    found.faults += _different(inside, outside, file)
    return found


def _unbelieved(place: str, series: Sequence[Seal], keys: TrustedKeys) -> Iterator[Fault]:
    unknown = {seal.key: seal for seal in reversed(series) if seal.key not in keys.key_ids}
    for seal in unknown.values():
        text = f"seal {seal.number} and perhaps others are signed with the key {seal.key}, which is not trusted"
        yield _fault(place, None, "checkpoint_untrusted", text)
    forged = (seal for seal in series if seal.key in keys.key_ids and not seal.is_believed(keys))
    for seal in islice(forged, 1):
        text = f"the signature of seal {seal.number} is not that of what it says"
        yield _fault(place, None, "checkpoint_mismatch", text)


def _unlinked(place: str, series: Sequence[Seal]) -> Iterator[Fault]:
    for before, seal in pairwise(series):
        if seal.number != before.number + 1:
            text = f"seal {before.number} is followed by seal {seal.number}"
            yield _fault(place, None, "checkpoint_missing", text)
            return
        if seal.previous != before.fingerprint:
            text = f"seal {seal.number} was signed after another seal {before.number} than the one that is there"
            yield _fault(place, None, "checkpoint_mismatch", text)
            return


def _different(inside: Sequence[Seal], outside: Sequence[Seal], file: Path) -> Iterator[Fault]:
    by_number = {seal.number: seal for seal in outside}
    for seal in inside:
        other = by_number.get(seal.number)
        if other is not None and other.fingerprint != seal.fingerprint:
            text = f"seal {seal.number} is another one in {file}: one of the two was put back to an older state"
            yield _fault(EVENTS.name, None, "checkpoint_mismatch", text)
            return
    written = max(by_number, default=0)
    # the last one may just be on its way from the database to the file
    missing = [seal.number for seal in inside if seal.number > written][:-1]
    if missing or (inside and not outside):
        text = (
            f"the file ends with seal {written}, and the database has seal {inside[-1].number}: the file was removed "
            "or cut, or another server writes another one, which can be named"
        )
        yield _fault(str(file), None, "checkpoint_missing", text)


def _fault(place: str, sequence: int | None, verdict: Verdict, text: str) -> Fault:
    return Fault(log=place, sequence=sequence, verdict=verdict, text=text)
