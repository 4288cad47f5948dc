"""A plugin's revisions are one line, read without running them."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tmws_core.errors import PluginError
from tmws_core.history import History, Revision


def _revision(identifier: str, follows: str | None) -> Revision:
    return Revision(identifier, follows, Path(f"{identifier}.py"))


LINE = (_revision("a", None), _revision("b", "a"), _revision("c", "b"))


def _package(folder: Path, **files: str) -> ModuleType:
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source)
    module = ModuleType("migrations")
    module.__path__ = [str(folder)]
    return module


def test_revisions_are_put_in_line_whatever_their_order() -> None:
    assert History(reversed(LINE)).revisions == list(LINE)


def test_the_head_is_the_newest() -> None:
    assert History(LINE).head == "c"


def test_a_history_without_revisions_has_no_head() -> None:
    assert History([]).head is None


@pytest.mark.parametrize(("identifier", "following"), [(None, "abc"), ("a", "bc"), ("c", "")])
def test_what_follows_a_revision_is_oldest_first(identifier: str | None, following: str) -> None:
    assert [revision.identifier for revision in History(LINE).after(identifier)] == list(following)


@pytest.mark.parametrize(("identifier", "known"), [("a", True), ("d", False)])
def test_a_history_knows_its_revisions(identifier: str, known: bool) -> None:
    assert History(LINE).knows(identifier) is known


def test_two_that_follow_one_are_refused() -> None:
    with pytest.raises(PluginError, match=r"revisions b\.py and d\.py both follow 'a'; .* let one follow the other"):
        History([*LINE, _revision("d", "a")])


def test_two_beginnings_are_refused() -> None:
    with pytest.raises(PluginError, match=r"revisions a\.py and d\.py both follow None"):
        History([*LINE, _revision("d", None)])


def test_a_gap_is_refused() -> None:
    with pytest.raises(PluginError, match=r"c\.py: the revision that down_revision names is not there"):
        History([LINE[0], LINE[2]])


def test_a_circle_is_refused() -> None:
    with pytest.raises(PluginError, match=r"a\.py, b\.py: the revision that down_revision names is not there"):
        History([_revision("a", "b"), _revision("b", "a")])


def test_files_are_read_and_not_run(tmp_path: Path) -> None:
    package = _package(
        tmp_path,
        r0002='"""Second."""\nimport there_is_no_such_module\nrevision: str = "b"\ndown_revision: str | None = "a"\n',
        r0001='raise SystemExit\nrevision = "a"\ndown_revision = None\n',
        __init__="raise SystemExit",
    )
    history = History.of(package)
    assert [(one.identifier, one.follows) for one in history.revisions] == [("a", None), ("b", "a")]


def test_new_revisions_belong_beside_the_old_ones(tmp_path: Path) -> None:
    assert History.of(_package(tmp_path)).folder == tmp_path


def test_a_module_may_be_the_only_revision(tmp_path: Path) -> None:
    file = tmp_path / "only.py"
    file.write_text('revision = "a"\ndown_revision = None\n')
    module = ModuleType("only")
    module.__file__ = str(file)
    history = History.of(module)
    assert (history.head, history.folder) == ("a", None)


UNCLEAR = {
    "nothing": "",
    "no name": "down_revision = None",
    "a name that is no text": "revision = 1\ndown_revision = None",
    "no predecessor": "revision = 'a'",
    "two predecessors": "revision = 'a'\ndown_revision = ('b', 'c')",
    "a computed predecessor": "revision = 'a'\ndown_revision = 'b'.lower()",
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_a_file_must_say_what_it_follows_plainly(tmp_path: Path, case: str) -> None:
    said = r"r0001\.py must set revision and down_revision to plain strings \(or None\)"
    with pytest.raises(PluginError, match=said):
        History.of(_package(tmp_path, r0001=UNCLEAR[case]))


def test_a_revision_is_loaded_when_it_is_run(tmp_path: Path) -> None:
    package = _package(tmp_path, r0001='revision = "a"\ndown_revision = None\ndef upgrade():\n    return 42\n')
    [revision] = History.of(package).revisions
    assert revision.load().upgrade() == 42
    assert "tmws_revision_a" not in sys.modules
