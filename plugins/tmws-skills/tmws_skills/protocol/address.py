"""Addresses: where a skill, a folder or a file of it stands among the `skill://` URIs.

`skill://<namespace>/<name>/<path>` is what its reader follows: the version that it is pinned to, or the active one.
`skill://<namespace>/@<digest>/<name>/<path>` is the one version with that digest, which never changes. The namespace is
the authority, and the last part before the path is the skill's name (SEP-2640, resource mapping).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, unquote

from tmws_skills.format.package import SKILL_MD

SCHEME = "skill://"
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,254}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,254}")
_FIXED = re.compile(r"@([0-9a-f]{64})")
_AS_IT_IS = "!$&'()*+,;=@~"
"""What stands in a part of a path unquoted, besides letters and digits (RFC 3986, section 3.3)."""


@dataclass(frozen=True)
class Address:
    """Where something of a skill stands.

    Attributes:
        namespace: the skill's namespace.
        name: its name.
        digest: the digest of the version; None for the version that the reader gets.
        path: the file or folder within the skill; empty for the skill's own folder.
    """

    namespace: str
    name: str
    digest: str | None = None
    path: str = ""

    @classmethod
    def parse(cls, uri: str) -> Self | None:
        """The address in a URI, or None when it is none of a skill."""
        if not uri.startswith(SCHEME) or "?" in uri or "#" in uri:
            return None
        return cls._of([unquote(part) for part in uri.removeprefix(SCHEME).split("/")])

    @classmethod
    def below(cls, namespace: str, path: str) -> Self | None:
        """The address of a path below a namespace, both without percent-encoding; None when it is none of a skill."""
        return cls._of([namespace, *path.split("/")])

    @classmethod
    def _of(cls, parts: Sequence[str]) -> Self | None:
        namespace, *rest = parts
        fixed = _FIXED.fullmatch(rest[0]) if rest else None
        if fixed is not None:
            rest = rest[1:]
        if not rest or _NAMESPACE.fullmatch(namespace) is None or _NAME.fullmatch(rest[0]) is None:
            return None
        if any(part == "" or "/" in part for part in rest):
            return None
        return cls(namespace, rest[0], None if fixed is None else fixed[1], "/".join(rest[1:]))

    @property
    def uri(self) -> str:
        """The URI; of a folder it has no slash at its end."""
        fixed = [] if self.digest is None else [f"@{self.digest}"]
        path = self.path.split("/") if self.path else []
        return SCHEME + "/".join(quote(part, safe=_AS_IT_IS) for part in (self.namespace, *fixed, self.name, *path))

    def at(self, path: str) -> Self:
        """The address of another file or folder of the same version."""
        return replace(self, path=path)

    @property
    def is_skill(self) -> bool:
        """Whether it is that of a skill, which is that of its SKILL.md."""
        return self.path == SKILL_MD
