"""What differs between two versions."""

from hypothesis import given
from hypothesis import strategies as st

from tmws_skills.diff import MOST_LINES, differences
from tmws_skills.format.package import SkillFile

texts = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "d", "", "é\n"])).map("".join)


def applied(old: str, text: str) -> str:
    """A text after a difference in the unified format was applied to it, by its hunks."""
    lines, result, position = old.splitlines(keepends=True), list[str](), 0
    came = False
    for line in text.splitlines(keepends=True)[2:]:
        if line.startswith("@@"):
            start = line.split()[1].removeprefix("-").split(",")
            first = int(start[0]) - (0 if start[1:] == ["0"] else 1)
            result += lines[position:first]
            position = first
        elif line.startswith("\\"):
            result[-1:] = [result[-1].removesuffix("\n")] if came else result[-1:]
        else:
            came = not line.startswith("-")
            position += not line.startswith("+")
            result += [line[1:]] if came else []
    return "".join([*result, *lines[position:]])


@given(texts.filter(lambda text: "\r" not in text), texts.filter(lambda text: "\r" not in text))
def test_a_difference_leads_from_the_one_text_to_the_other(old: str, new: str) -> None:
    found = differences(old, [], new, [])
    assert (applied(old, found[0].text) if found else old) == new


def test_what_is_equal_is_not_shown() -> None:
    same = [SkillFile("a", b"x"), SkillFile("b", b"\0")]
    assert differences("text", same, "text", list(reversed(same))) == []


def test_skill_md_comes_first() -> None:
    found = differences("one", [SkillFile("A", b"1")], "two", [SkillFile("A", b"2")])
    assert [one.path for one in found] == ["SKILL.md", "A"]


def test_many_lines_are_shown_as_replaced_between_those_that_are_equal() -> None:
    old = "".join(f"{number}\n" for number in range(3 * MOST_LINES))
    new = "0\n" + "x\n" * 2 + f"{3 * MOST_LINES - 1}\n"
    (found,) = differences(old, [], new, [])
    assert found.text.splitlines()[2] == f"@@ -2,{3 * MOST_LINES - 2} +2,2 @@"
    assert (found.added, found.removed) == (2, 3 * MOST_LINES - 2)
    assert applied(old, found.text) == new
