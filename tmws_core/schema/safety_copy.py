"""A verified copy of a SQLite database, taken before tables that hold rows are changed."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from tmws_core.columns import utc_now
from tmws_core.errors import DatabaseError

KEPT_COPIES = 5


def take_safety_copy(file: Path) -> Path:
    """Copy a database beside itself and check the copy.

    The copy is made by SQLite in one step; a copy of the file alone would lose what stands in the write-ahead log.

    Args:
        file: the database.

    Returns:
        The copy, named after the moment, readable by its owner alone.

    Raises:
        DatabaseError: the copy could not be made, or is not sound.
    """
    folder = file.parent / "backups"
    copy = folder / f"{file.stem}-before-upgrade-{utc_now():%Y%m%dT%H%M%S%f}{file.suffix}"
    unchecked = copy.with_name(f"{copy.name}.unchecked")  # what a kill leaves must not look like a sound copy
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        unchecked.touch(mode=0o600)
        with sqlite3.connect(file) as original:
            original.execute("VACUUM INTO ?", (str(unchecked),))
        original.close()
        checked = sqlite3.connect(unchecked)
        verdict = checked.execute("PRAGMA integrity_check").fetchone()[0]
        checked.close()
        if verdict == "ok":
            unchecked.replace(copy)
            _remove_all_but_the_newest(folder, file)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):  # the error that is told is the first one
            unchecked.unlink()
        raise DatabaseError(
            f"no copy of {file} could be made before the upgrade: {error}; nothing was changed"
        ) from error
    if verdict != "ok":
        raise DatabaseError(f"the copy {unchecked} made before the upgrade is damaged ({verdict}); nothing was changed")
    return copy


def _remove_all_but_the_newest(folder: Path, file: Path) -> None:
    """An upgrade that fails at every start must not fill the disk with copies; their names sort by their moments."""
    copies = sorted(folder.glob(f"{file.stem}-before-upgrade-*{file.suffix}"))
    for old in copies[:-KEPT_COPIES]:
        old.unlink()
