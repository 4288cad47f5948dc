"""The page for operators says what the plugins declare."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).parents[2] / "docs"
GENERATOR, PAGE = "write_database_page.py", "database.md"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A copy of the page and its generator."""
    for name in (GENERATOR, PAGE):
        shutil.copy(DOCUMENTS / name, tmp_path)
    return tmp_path


def _generate(documents: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", str(documents / GENERATOR), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_the_page_is_what_the_plugins_declare() -> None:
    checked = _generate(DOCUMENTS, "--check")
    assert checked.returncode == 0, checked.stderr


def test_a_page_that_lost_a_table_is_noticed_and_written_anew(documents: Path) -> None:
    page = documents / PAGE
    whole = page.read_text(encoding="utf-8")
    lines = [line for line in whole.splitlines(keepends=True) if not line.startswith("| `memories` ")]
    page.write_text("".join(lines), encoding="utf-8")
    checked = _generate(documents, "--check")
    assert checked.returncode == 1
    assert f"python docs/{GENERATOR}" in checked.stderr
    assert _generate(documents).returncode == 0
    assert page.read_text(encoding="utf-8") == whole


def test_what_people_wrote_outside_the_markers_stays(documents: Path) -> None:
    page = documents / PAGE
    text = f"# Before\n\n{page.read_text(encoding='utf-8')}\n# After\n"
    page.write_text(text, encoding="utf-8")
    assert _generate(documents).returncode == 0
    assert page.read_text(encoding="utf-8") == text
