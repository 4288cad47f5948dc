"""Names have one form, and two that look alike are known for that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tmws_core.fields import Slug, look_alike

NAME: TypeAdapter[str] = TypeAdapter(Slug)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-"


@pytest.mark.parametrize(
    "written", ["alice", "\uff41\uff4c\uff49\uff43\uff45", "\U0001d41a\U0001d425ice", "a\u2113ice"]
)
def test_forms_of_the_same_letters_are_one_name(written: str) -> None:
    assert NAME.validate_python(written) == "alice"


@pytest.mark.parametrize("written", ["Alice", "\u0430lice", "", "-a", "a b", "a\n", "\u212a", "x" * 65, 7, None])
def test_what_is_no_name_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        NAME.validate_python(written)


def test_the_schema_of_a_name_tells_its_pattern() -> None:
    assert NAME.json_schema() == {"pattern": "^[a-z0-9][a-z0-9._-]{0,63}$", "type": "string"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bob", "b0b"),
        ("alice", "a1ice"),
        ("modern", "rnodern"),
        ("mm", "rnrn"),
        ("a.b", "a-b"),
        ("a_b", "a-b"),
        ("Alice", "alice"),
        ("\uff41lice", "alice"),
        ("10-m", "lo_rn"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert look_alike(one) == look_alike(other)


@pytest.mark.parametrize(("one", "other"), [("alice", "alicia"), ("ab", "a-b"), ("rm", "m"), ("i", "l"), ("n", "m")])
def test_names_that_do_not_look_alike_have_not(one: str, other: str) -> None:
    assert look_alike(one) != look_alike(other)


@given(st.text(LETTERS, min_size=1, max_size=64))
def test_a_skeleton_is_its_own_skeleton(name: str) -> None:
    assert look_alike(look_alike(name)) == look_alike(name)
