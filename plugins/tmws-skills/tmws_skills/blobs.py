"""The contents of the files of skills: each once, whichever versions have it."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tmws_core.tool_errors import NotFound
from tmws_skills.format.package import SkillFile, manifest_from_json
from tmws_skills.models.skill_blob import SkillBlob, SkillBlobUse
from tmws_skills.models.skill_version import SkillVersion


def store(session: Session, version: SkillVersion, files: Sequence[SkillFile]) -> None:
    """Keep the files of a version that was just written.

    Args:
        session: a writing session.
        version: the version; its row is there.
        files: its files beside SKILL.md.
    """
    contents = {file.digest: file.content for file in files}
    if not contents:
        return
    # in one order everywhere, so that no two writers wait for each other
    digests = sorted(contents)
    rows = [{"digest": digest, "size": len(contents[digest]), "content": contents[digest]} for digest in digests]
    if session.get_bind().dialect.name == "postgresql":
        inserted = postgresql.insert(SkillBlob)
        # to write the size again holds the row, so that a purge that runs at this moment leaves it
        unless_there = inserted.on_conflict_do_update(index_elements=["digest"], set_={"size": inserted.excluded.size})
        session.connection().execute(unless_there, rows)
    else:
        session.connection().execute(sqlite.insert(SkillBlob).on_conflict_do_nothing(), rows)
    uses = [{"version_id": version.id, "digest": digest} for digest in digests]
    session.execute(insert(SkillBlobUse), uses)


def read(session: Session, version: SkillVersion, path: str) -> bytes:
    """The content of a file of a version.

    Args:
        session: a reading session.
        version: the version.
        path: the file's path within the skill; SKILL.md is no blob, see `SkillVersion.content`.

    Raises:
        NotFound: the version has no such file.
    """
    for entry in manifest_from_json(version.auxiliary_content):
        if entry.path == path:
            return session.get_one(SkillBlob, entry.digest).content
    raise NotFound(
        f"version {version.version} of the skill has no file {path!r}", hint="skill_load lists the files at detail 3"
    )


def read_all(session: Session, version: SkillVersion) -> list[SkillFile]:
    """All files of a version but SKILL.md, in the order of their paths."""
    manifest = manifest_from_json(version.auxiliary_content)
    mine = select(SkillBlob.digest, SkillBlob.content).join(SkillBlobUse).where(SkillBlobUse.version_id == version.id)
    contents = {row.digest: row.content for row in session.execute(mine)}
    return [SkillFile(entry.path, contents[entry.digest], entry.executable) for entry in manifest]


def purge(session: Session, most: int) -> int:
    """Remove contents that no version has any more; how many.

    Args:
        session: a writing session.
        most: how many at most.
    """
    unused = ~exists().where(SkillBlobUse.digest == SkillBlob.digest)
    candidates = select(SkillBlob.digest).where(unused).order_by(SkillBlob.digest).limit(most)
    digests = session.scalars(candidates.with_for_update(skip_locked=True)).all()
    # asked once more: a version may have taken one up between the question and the lock
    done = session.execute(
        delete(SkillBlob)
        .where(SkillBlob.digest.in_(digests), unused)
        .returning(SkillBlob.digest)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())
