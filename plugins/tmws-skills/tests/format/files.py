"""Files of skills, in folders and archives."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

SKILL_MD = b"---\nname: a-skill\ndescription: Does it.\n---\nDo it.\n"

Member = tuple[str, bytes, int]


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder, which is returned."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def archive(*members: Member, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of members: name, content and mode, which may be 0."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as opened:
        for name, content, mode in members:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = compression
            info.create_system = 3 if mode else 0
            info.external_attr = mode << 16
            opened.writestr(info, content)
    return stream.getvalue()


def plain(files: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of files without a mode."""
    return archive(*((name, content, 0) for name, content in files))
