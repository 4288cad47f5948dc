import pytest

from tmws_skills.format.document import Document
from tmws_skills.format.metadata_version import VersionNotSet, with_version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nname: a\n---\nbody", '---\nname: a\nmetadata:\n  version: "2.0"\n---\nbody'),
        ("---\r\nname: a\r\n---\r\n", '---\r\nname: a\r\nmetadata:\r\n  version: "2.0"\r\n---\r\n'),
        ("---\nmetadata:\n    a: b # c\n---\n", '---\nmetadata:\n    version: "2.0"\n    a: b # c\n---\n'),
        ("---\nmetadata:\n  version: 1.0 # c\n---\n", '---\nmetadata:\n  version: "2.0" # c\n---\n'),
        ("---\nmetadata:\n  version:\n  a: b\n---\n", '---\nmetadata:\n  version: "2.0"\n  a: b\n---\n'),
        ("---\nmetadata: {a: b}\n---\n", '---\nmetadata: {version: "2.0", a: b}\n---\n'),
        ("---\nmetadata: {}\n---\n", '---\nmetadata: {version: "2.0"}\n---\n'),
        ("---\nmetadata: # c\nname: b\n---\n", '---\nmetadata:\n  version: "2.0" # c\nname: b\n---\n'),
        ("---\nmetadata: {version: 2.0}\n---\n", '---\nmetadata: {version: "2.0"}\n---\n'),
        ("\ufeff---\nname: ü\n---\n", '\ufeff---\nname: ü\nmetadata:\n  version: "2.0"\n---\n'),
        ("---\n---\n", '---\nmetadata:\n  version: "2.0"\n---\n'),
    ],
)
def test_only_the_version_changes(text: str, expected: str) -> None:
    assert with_version(text, "2.0") == expected


def test_a_text_that_has_the_version_stays_as_it_is() -> None:
    text = "---\nmetadata:\n  version: '2.0'\n---\n"
    assert with_version(text, "2.0") == text


def test_a_version_with_anything_in_it_comes_back() -> None:
    version = '1.0: "x" #\n# \\ü'
    assert Document.parse(with_version("---\nname: a\n---\n", version)).version == version


@pytest.mark.parametrize(
    "text",
    [
        "no front matter",
        "---\na: b: c\n---\n",
        "---\na: &b c\n---\n",
        "---\nmetadata: text\n---\n",
        "---\nmetadata: [a]\n---\n",
        "---\n{name: a}\n---\n",
        "---\nmetadata:\n  version: |\n    x\n  a: b\n---\n",
    ],
)
def test_where_nothing_else_may_change_and_something_would_it_is_refused(text: str) -> None:
    with pytest.raises(VersionNotSet, match=r"metadata\.version cannot be set"):
        with_version(text, "2.0")
