import pytest

from tmws_skills.format.media_type import media_type


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("a.md", b"x", "text/markdown"),
        ("a/b.YAML", b"x", "application/yaml"),
        ("a.png", b"\x89PNG", "image/png"),
        ("LICENSE", b"text", "text/plain"),
        ("data", b"\0\1", "application/octet-stream"),
        ("data", b"\xff", "application/octet-stream"),
        ("a.ts", b"const x: number = 1", "text/plain"),
        ("a.mp4", b"\0\0", "video/mp4"),
        ("a.tar.gz", b"\x1f\x8b", "application/octet-stream"),
    ],
)
def test_a_media_type_follows_from_the_ending_or_from_what_is_in_the_file(
    path: str, content: bytes, expected: str
) -> None:
    assert media_type(path, content) == expected
