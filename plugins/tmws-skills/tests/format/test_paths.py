import pytest

from tmws_skills.format.paths import UnsafePath, refuse_ambiguous, refuse_unsafe, shown


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../evil", "leads out"),
        ("a/../../evil", "leads out"),
        ("a/./b", "leads out"),
        ("a//b", "leads out"),
        ("a/", "leads out"),
        ("", "leads out"),
        ("..", "leads out"),
        ("/etc/passwd", "absolute"),
        ("..\\evil", "backslash"),
        ("a\\b", "backslash"),
        ("C:/evil", "drive"),
        ("c:evil", "drive"),
        ("a/b:stream", "colon"),
        ("a/\0b", "control character"),
        ("a\nb", "control character"),
        ("a/.git/hooks/post-checkout", "git"),
        (".GIT/config", "git"),
        ("scripts/nul", "Windows"),
        ("AUX.md", "Windows"),
        ("a./b", "Windows"),
        ("a /b", "Windows"),
        ("a/\udcff", "UTF-8"),
        ("x" * 256, "part of more than 255 bytes"),
        ("/".join(["x" * 200] * 6), "longer than 1024 bytes"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str, reason: str) -> None:
    with pytest.raises(UnsafePath, match=reason):
        refuse_unsafe(path)


@pytest.mark.parametrize("path", ["a", "scripts/run.sh", ".hidden", "…/größe.md", "a b/c", "..a/b..c", "console/x"])
def test_a_plain_path_is_taken(path: str) -> None:
    refuse_unsafe(path)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("README.md", "readme.md"),
        ("caf\u00e9.md", "cafe\u0301.md"),
        ("Stra\u00dfe", "STRASSE"),
        ("same", "same"),
        ("a", "a/b"),
        ("A/b", "a"),
        ("x/Y/z", "X/y"),
    ],
)
def test_two_paths_that_some_system_takes_for_one_are_refused(first: str, second: str) -> None:
    with pytest.raises(UnsafePath):
        refuse_ambiguous([first, second])


def test_paths_that_differ_are_taken() -> None:
    refuse_ambiguous(["a/b", "a/c", "b", "ab", "a b"])


def test_a_path_is_shown_without_what_a_terminal_would_obey() -> None:
    assert shown("a\x1b[2Jb\udcff\u202e") == "a\ufffd[2Jb\ufffd\ufffd"
