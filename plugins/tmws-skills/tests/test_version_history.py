"""Whatever is done with a skill, its versions keep their promises: an oracle in plain Python says which.

A version is what its files are and never changes; the active version is the one that was last written or rolled back
to; and who is pinned stays where it is, while the others follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import AlreadyChanged
from tmws_skills import authoring, blobs, pins, rollback, versions
from tmws_skills.draft import Draft
from tmws_skills.format.package import Package, SkillFile
from tmws_skills.models.skill import Skill

from .conftest import skill_md

OWNER = Principal("alice", "place", frozenset({"*"}))
READER = Principal("bob", "place", frozenset({"*"}))

bodies = st.sampled_from(["One.", "Two.", "Three.\r\n", "", "é\u00a0"])
files = st.dictionaries(st.sampled_from(["a.txt", "b/c.md", "z.bin"]), st.sampled_from([b"", b"a", b"\0\xff"]))
contents = st.tuples(bodies, files)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), contents, st.booleans()),
        st.tuples(st.just("roll back"), st.integers(0, 9)),
        st.tuples(st.just("pin"), st.integers(0, 9)),
        st.tuples(st.just("unpin")),
    ),
    max_size=12,
)
Content = tuple[str, dict[str, bytes]]


def package(content: Content) -> Package:
    body, others = content
    return Package(skill_md(body=body), [SkillFile(path, held) for path, held in others.items()])


def digest(content: Content) -> str:
    """The identity of a version, computed as `sha256sum` and a shell would."""
    body, others = content
    held = {"SKILL.md": skill_md(body=body).encode(), **others}
    lines = [f"{sha256(held[path]).hexdigest()}  {path}\n" for path in sorted(held)]
    return sha256("".join(lines).encode()).hexdigest()


@dataclass
class Oracle:
    """What the skill must be."""

    history: list[Content]
    active: int = 1
    pinned: int | None = None

    def write(self, content: Content) -> bool:
        """Whether the content makes a version."""
        known = [digest(one) for one in self.history]
        if digest(content) in known:
            self.active = known.index(digest(content)) + 1
            return False
        self.history.append(content)
        self.active = len(self.history)
        return True


def play(session: Session, first: Content, played: Sequence[tuple[object, ...]]) -> None:
    skill = authoring.create(session, OWNER, Draft(package(first), "place", "team"))
    oracle = Oracle([first])
    for step in played:
        act(session, skill, oracle, step)
        compare(session, skill, oracle)


def act(session: Session, skill: Skill, oracle: Oracle, step: tuple[object, ...]) -> None:
    match step:
        case ("write", (str() as body, dict() as held), True):
            done = authoring.revision(session, OWNER, skill.id, package((body, held)), oracle.active)
            assert done.is_new == oracle.write((body, held))
        case ("write", (str() as body, dict() as held), False):
            with pytest.raises(AlreadyChanged):
                authoring.revision(session, OWNER, skill.id, package((body, held)), oracle.active + 1)
        case ("roll back", int() as number):
            oracle.active = number % len(oracle.history) + 1
            rollback.roll_back(session, OWNER, skill.id, digest(oracle.history[oracle.active - 1]))
        case ("pin", int() as number):
            oracle.pinned = number % len(oracle.history) + 1
            pins.pin(session, READER, skill.id, oracle.pinned)
        case ("unpin",) if oracle.pinned is not None:
            oracle.pinned = None
            pins.unpin(session, READER, skill.id)


def compare(session: Session, skill: Skill, oracle: Oracle) -> None:
    session.expire_all()
    found = versions.of(session, skill)[::-1]
    assert [one.version for one in found] == list(range(1, len(oracle.history) + 1))
    assert [one.content_hash for one in found] == [digest(content) for content in oracle.history]
    for one, (body, held) in zip(found, oracle.history, strict=True):
        assert one.content == skill_md(body=body)
        assert {file.path: file.content for file in blobs.read_all(session, one)} == held
    assert (skill.active_version, skill.version_count) == (oracle.active, len(oracle.history))
    assert versions.in_use(session, OWNER, skill).version == oracle.active
    assert versions.in_use(session, READER, skill).version == (oracle.pinned or oracle.active)


async def test_a_history_is_what_was_done(session: AsyncSession) -> None:
    def history(opened: Session) -> None:
        @settings(max_examples=40, deadline=None)
        @given(contents, steps)
        def holds(first: Content, played: Sequence[tuple[object, ...]]) -> None:
            with opened.begin_nested() as example:
                play(opened, first, played)
                example.rollback()

        holds()

    await session.run_sync(history)
