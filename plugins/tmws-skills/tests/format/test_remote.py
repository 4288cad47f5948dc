from pathlib import Path

import pytest

from tmws_skills.format.remote import Remote, looks_remote, refuse_commit, without_credentials
from tmws_skills.format.tree import SourceUnusable


@pytest.mark.parametrize(
    ("address", "protocol", "allowed"),
    [
        ("https://example.org/a/b.git", "https", "https:ssh"),
        ("https://user:token@example.org/a/b", "https", "https:ssh"),
        ("ssh://git@example.org:22/a/b", "ssh", "https:ssh"),
        ("git@example.org:a/b.git", "ssh", "https:ssh"),
        ("example.org:a", "ssh", "https:ssh"),
        ("file:///somewhere/b", "file", "file"),
    ],
)
def test_an_address_tells_what_git_may_use(address: str, protocol: str, allowed: str) -> None:
    assert (Remote.of(address), Remote.of(address).allowed) == (Remote(address, protocol), allowed)


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c touch% /tmp/evil",
        "http://example.org/a",
        "git://example.org/a",
        "ftp://example.org/a",
        "--upload-pack=touch /tmp/evil",
        "-oProxyCommand=touch:x",
        "ssh://-oProxyCommand=touch/x",
        "https://-x/",
        "https://user@-x/",
        "ssh://-oProxyCommand=touch@example.org/x",
        "-l@example.org:x",
        "https://[::1/a",
        "https://example.org/\n",
        "fd::17",
        "HTTPS ://x",
    ],
)
def test_an_address_that_would_run_something_or_is_no_safe_one_is_refused(address: str) -> None:
    with pytest.raises(SourceUnusable, match="no address of a repository"):
        Remote.of(address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/a", True),
        ("ext::sh", True),
        ("git@example.org:a/b", True),
        ("folder", False),
        ("./folder", False),
        ("/a/b", False),
        ("a.zip", False),
    ],
)
def test_an_address_is_told_from_a_path(text: str, expected: bool) -> None:
    assert looks_remote(text) is expected


def test_a_folder_that_is_there_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "host:path").mkdir()
    assert not looks_remote("host:path")


@pytest.mark.parametrize("commit", ["main", "v1.0", "feature/a-b", "0123abcd", "a+b_c"])
def test_a_hash_a_tag_and_a_branch_are_taken(commit: str) -> None:
    refuse_commit(commit)


@pytest.mark.parametrize(
    "commit", ["", "--upload-pack=touch", "-x", "a:b", "+a", "^a", "a..b", "a~1", "a b", "a\n", "a^{tree}", "x" * 300]
)
def test_what_would_be_an_option_or_a_refspec_is_refused(commit: str) -> None:
    with pytest.raises(SourceUnusable, match="names no commit"):
        refuse_commit(commit)


def test_a_password_in_an_address_is_not_shown() -> None:
    told = without_credentials("fatal: unable to access 'https://user:secret@example.org/a/'")
    assert told == "fatal: unable to access 'https://example.org/a/'"
