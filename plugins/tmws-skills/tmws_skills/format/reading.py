"""To find the skills in a source and to read them one by one; one that cannot be read does not stop the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tmws_skills.format import paths
from tmws_skills.format.diagnostic import Diagnostic, warning
from tmws_skills.format.limits import Limits
from tmws_skills.format.package import SKILL_MD, Package, SkillFile
from tmws_skills.format.paths import UnsafePath, shown
from tmws_skills.format.tree import Entry, SourceUnusable, Tree, Unreadable

_LFS = b"version https://git-lfs.github.com/spec/"
_MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """A skill that was read.

    Attributes:
        path: where its folder lies in the source; `.` when it is the source itself.
        directory_name: the name of that folder; None when nothing says it.
        package: its files.
        diagnostics: what was odd about the files, not about the text of SKILL.md.
    """

    path: str
    directory_name: str | None
    package: Package
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was left out.

    Attributes:
        path: where it lies in the source.
        reason: why.
    """

    path: str
    reason: str


@dataclass(slots=True)
class _Skill:
    """The entries of one skill, with their paths below it."""

    root: str
    files: list[tuple[str, Entry]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


class Reading:
    """The skills of one source: as many as `len` says, each read when it is come to.

    A skill is a folder with a SKILL.md. A SKILL.md further down in it is one of its files.
    """

    def __init__(self, tree: Tree, limits: Limits) -> None:
        """Look for skills.

        Args:
            tree: the source.
            limits: how much is taken.

        Raises:
            SourceUnusable: the source cannot be listed.
        """
        self._tree = tree
        self._limits = limits
        self._left = limits.total_bytes
        entries = list(tree.entries())
        self._skills = {root: _Skill(root) for root in _roots(entries)}
        self._faults: list[Fault] = []
        for entry in entries:
            self._assign(entry)

    def __len__(self) -> int:
        return len(self._skills) + len(self._faults)

    def __iter__(self) -> Iterator[Found | Fault]:
        yield from self._faults
        for root in sorted(self._skills):
            yield self._read(self._skills[root])

    def _assign(self, entry: Entry) -> None:
        segments = entry.path.split("/")
        root = next((top for top in _above(segments) if top in self._skills), None)
        if root is None:
            self._without_skill(entry, segments)
        elif entry.kind == "folder":
            self._skills[root].folders.append(_below(root, entry.path))
        else:
            self._skills[root].files.append((_below(root, entry.path), entry))

    def _without_skill(self, entry: Entry, segments: Sequence[str]) -> None:
        """Tell of what looks like a skill, or like an attack; whatever else lies beside skills is nobody's concern."""
        reason = entry.reason if entry.told or segments[-1] == SKILL_MD else None
        if entry.kind == "file" and segments[-1].lower() == SKILL_MD.lower():
            reason = f"is to be named {SKILL_MD}"
        if _leads_out(entry.path):
            reason = "leads out of the source"
        if reason and len(self._faults) < _MOST_FAULTS:
            self._faults.append(Fault(shown(entry.path), reason))

    def _read(self, skill: _Skill) -> Found | Fault:
        where = shown(skill.root) or "."
        try:
            package = self._package(skill)
        except (UnsafePath, Unreadable) as error:
            return Fault(where, str(error))
        name = skill.root.rsplit("/", 1)[-1] if skill.root else self._tree.name
        return Found(where, name, package, tuple(_oddities(skill, package)))

    def _package(self, skill: _Skill) -> Package:
        self._refuse(skill)
        contents = {path: self._content(path, entry) for path, entry in skill.files}
        text = _text(contents.pop(SKILL_MD))
        files = [SkillFile(path, contents[path], entry.executable) for path, entry in skill.files if path in contents]
        return Package(text, files)

    def _refuse(self, skill: _Skill) -> None:
        """Refuse a skill by what the source says of it, before anything is read."""
        limits = self._limits
        for path, entry in skill.files:
            if entry.kind == "refused":
                raise Unreadable(f"{shown(path)!r} {entry.reason}")
            paths.refuse_unsafe(path)
            if path.count("/") > limits.depth:
                raise Unreadable(f"{shown(path)!r} lies more than {limits.depth} folders deep; move it up")
        for folder in skill.folders:
            paths.refuse_unsafe(folder)
        paths.refuse_ambiguous(path for path, _ in skill.files)
        if len(skill.files) > limits.files:
            raise Unreadable(f"it has {len(skill.files)} files, and may have {limits.files}; leave some out")
        self._refuse_size(sum(entry.size for _, entry in skill.files))

    def _refuse_size(self, size: int) -> None:
        if size > self._limits.skill_bytes:
            raise Unreadable(f"it has {size} bytes or more, and may have {self._limits.skill_bytes}; leave files out")
        if size > self._left:
            raise Unreadable(f"the import would take more than {self._limits.total_bytes} bytes; import it in parts")

    def _content(self, path: str, entry: Entry) -> bytes:
        most = self._limits.skill_md_bytes if path == SKILL_MD else self._limits.file_bytes
        most = min(most, self._left)
        if entry.size > most:
            raise Unreadable(f"{shown(path)!r} has {entry.size} bytes, and may have {most}; make it smaller")
        content = self._tree.read(entry, most)
        self._left -= len(content)
        if len(content) > most:
            raise Unreadable(f"{shown(path)!r} has more than {most} bytes; make it smaller")
        return content


def _roots(entries: Sequence[Entry]) -> set[str]:
    """The folders with a SKILL.md that lie in no other such folder."""
    texts = (entry.path for entry in entries if entry.kind == "file" and _is_skill_md(entry.path))
    found = {_parent(path) for path in texts if not _leads_out(path)}
    return {root for root in found if not any(above in found for above in _above(root.split("/")) if above != root)}


def _is_skill_md(path: str) -> bool:
    return path == SKILL_MD or path.endswith(f"/{SKILL_MD}")


def _leads_out(path: str) -> bool:
    return path.startswith("/") or "\\" in path or ".." in path.split("/") or paths.has_drive(path)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _above(segments: Sequence[str]) -> Iterator[str]:
    """The paths of the folders that a path goes through, from the top."""
    return ("/".join(segments[:depth]) for depth in range(len(segments)))


def _below(root: str, path: str) -> str:
    return path[len(root) + 1 :] if root else path


def _text(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{SKILL_MD}, line {line} is no UTF-8; save it again in that encoding") from error
    if "\0" in text:
        raise Unreadable(f"{SKILL_MD} has the character NUL, which no text has; remove it")
    return text


def _oddities(skill: _Skill, package: Package) -> Iterator[Diagnostic]:
    if any(path == SKILL_MD and entry.executable for path, entry in skill.files):
        reason = "it may be run, which is not kept: it is a text; take that away from it"
        yield warning("executable_skill_md", reason, SKILL_MD)
    kept = {above for path, _ in skill.files for above in _above(path.split("/"))}
    for folder in sorted(set(skill.folders) - kept):
        yield warning("empty_folder", "it is an empty folder, which is not kept; put a file into it", shown(folder))
    for file in package.files:
        if file.content.startswith(_LFS):
            reason = "it is a pointer of Git LFS and not the file; fetch the file, and import the folder"
            yield warning("lfs_pointer", reason, shown(file.path))


__all__ = ["Fault", "Found", "Reading", "SourceUnusable"]
