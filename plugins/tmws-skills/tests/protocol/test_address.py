"""An address is taken from a URI and gives it back."""

import pytest

from tmws_skills.protocol.address import Address

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("skill://place/review", Address("place", "review")),
        ("skill://place/review/SKILL.md", Address("place", "review", path="SKILL.md")),
        ("skill://place/review/a/b.md", Address("place", "review", path="a/b.md")),
        (f"skill://place/@{DIGEST}/review/a.md", Address("place", "review", DIGEST, "a.md")),
        ("skill://place/review/a%20b/%C3%A9%25.md", Address("place", "review", path="a b/é%.md")),
        ("skill://place/review/@x/(1)+2,3;4=5!~.md", Address("place", "review", path="@x/(1)+2,3;4=5!~.md")),
    ],
)
def test_an_address_is_taken_from_its_uri_and_gives_it_back(uri: str, address: Address) -> None:
    assert Address.parse(uri) == address
    assert address.uri == uri


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "skill://",
        "skill://place",
        "skill://place/",
        "skill://place/review/",
        "skill://place//review",
        "skill:///review/SKILL.md",
        "skill://Place/review/SKILL.md",
        "skill://place/re%2Fview/SKILL.md",
        "skill://place/review/a%2Fb.md",
        "skill://place/review/SKILL.md?version=1",
        "skill://place/review/SKILL.md#top",
        "skill://place/%00/SKILL.md",
        "skill://place/@1/review/SKILL.md",
        f"skill://place/@{DIGEST}",
        f"skill://place/@{DIGEST.upper()}/review/SKILL.md",
        f"skill://@{DIGEST}/review/SKILL.md",
        "https://place/review/SKILL.md",
        "SKILL://place/review/SKILL.md",
    ],
)
def test_what_is_no_uri_of_a_skill_has_no_address(uri: str) -> None:
    assert Address.parse(uri) is None


def test_a_path_below_a_namespace_is_an_address_too() -> None:
    assert Address.below("place", "review/a b.md") == Address("place", "review", path="a b.md")
    assert Address.below("place", f"@{DIGEST}/review/a.md") == Address("place", "review", DIGEST, "a.md")


def test_a_skills_address_is_that_of_its_skill_md() -> None:
    address = Address("place", "review")
    assert (address.is_skill, address.at("SKILL.md").is_skill, address.at("a/SKILL.md").is_skill) == (
        False,
        True,
        False,
    )
