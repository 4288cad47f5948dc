"""A host gets from a real MCP client what SEP-2640 promises it, and nothing of what its agent may not see."""

import base64
from hashlib import sha256
from typing import Any

import pytest
from mcp import Client, types
from mcp.client.client import ConnectMode

from tmws_core import Principal
from tmws_core.application import Application
from tmws_skills.format.package import Package, SkillFile
from tmws_skills.protocol import entries, methods

from ..conftest import ALICE, CallTool, package, skill_md
from .conftest import Connect, Write, ask, refusal

FILES = {
    "references/FORMS.md": "# Formulär\r\n".encode(),
    "scripts/a b.py": b"print('%')\n",
    "scripts/deep/x.txt": b"",
    "assets/logo.png": bytes(range(256)),
    "assets/bom.txt": b"\xef\xbb\xbfx\r\n",
}
URI = "skill://place/code-review/SKILL.md"
INVALID = types.INVALID_PARAMS


async def content(client: Client, uri: str) -> bytes:
    [read] = (await client.read_resource(uri)).contents
    if isinstance(read, types.BlobResourceContents):
        return base64.b64decode(read.blob)
    return read.text.encode()


async def listed(client: Client, method: str = "skills/list", key: str = "skills", **params: object) -> list[Any]:
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await ask(client, method, **params, **cursor)
        found += page[key]
        if page.get("nextCursor") is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_every_file_of_an_entry_is_read_with_its_size_and_digest(
    connect: Connect, write: Write, mode: ConnectMode
) -> None:
    await write(package(files=FILES))
    async with connect(mode=mode) as client:
        [entry] = await listed(client)
        read = {file["uri"]: await content(client, file["uri"]) for file in entry["resources"]}
    assert entry["uri"] == URI
    assert entry["frontmatter"] == {"name": "code-review", "description": "Reviews."}
    assert len(read) == len(FILES) + 1
    for file in entry["resources"]:
        digest = f"sha256:{sha256(read[file['uri']]).hexdigest()}"
        assert (file["size"], file["digest"]) == (len(read[file["uri"]]), digest)


@pytest.mark.parametrize(
    ("path", "mime_type"),
    [
        ("SKILL.md", "text/markdown"),
        ("references/FORMS.md", "text/markdown"),
        ("scripts/a%20b.py", "text/x-python"),
        ("assets/logo.png", "image/png"),
    ],
)
async def test_a_file_is_read_with_its_type(connect: Connect, write: Write, path: str, mime_type: str) -> None:
    await write(package(files=FILES))
    async with connect() as client:
        [read] = (await client.read_resource(f"skill://place/code-review/{path}")).contents
    assert (read.mime_type, read.meta) == (mime_type, None)


async def test_a_list_and_an_entry_say_how_long_they_are_fresh(connect: Connect, write: Write) -> None:
    await write(package())
    async with connect() as client:
        answers = [await ask(client, "skills/list"), await ask(client, "skills/get", uri=URI)]
    assert [(one["ttlMs"], one["cacheScope"]) for one in answers] == [(60_000, "private")] * 2
    assert answers[0]["skills"] == [answers[1]["skill"]]


async def test_the_server_declares_the_extension_with_directories(connect: Connect) -> None:
    async with connect(mode="auto") as client:
        told = client.server_capabilities
    assert told.extensions == {"io.modelcontextprotocol/skills": {"directoryRead": True}}
    assert told.resources is not None


async def test_a_new_version_is_followed_and_the_old_one_stays_at_its_digest(connect: Connect, write: Write) -> None:
    first = await write(package(body="One.", files={"a.txt": b"1"}))
    second = await write(package(body="Two.", files={"a.txt": b"2"}), name="code-review")
    async with connect() as client:
        assert await content(client, "skill://place/code-review/a.txt") == b"2"
        for digest, number in ((first, b"1"), (second, b"2")):
            root = f"skill://place/@{digest}/code-review"
            entry = (await ask(client, "skills/get", uri=f"{root}/SKILL.md"))["skill"]
            assert [file["uri"] for file in entry["resources"]] == [f"{root}/SKILL.md", f"{root}/a.txt"]
            assert await content(client, f"{root}/a.txt") == number
        [followed] = await listed(client)
        assert followed["uri"] == URI


async def test_an_agent_that_is_pinned_gets_its_version(connect: Connect, write: Write, call: CallTool) -> None:
    await write(package(body="One."))
    await write(package(body="Two."), name="code-review")
    await call("skill_pin", skill="code-review", version=1)
    async with connect() as client:
        [entry] = await listed(client)
        read = await content(client, URI)
    assert read == skill_md(body="One.").encode()
    assert entry["resources"][0]["digest"] == f"sha256:{sha256(read).hexdigest()}"


async def test_what_another_agent_keeps_to_itself_is_answered_as_what_never_was(
    connect: Connect, write: Write, bob: Principal
) -> None:
    digest = await write(package(files=FILES))
    async with connect(bob) as client:
        assert await listed(client) == []
        assert (await client.list_resources()).resources == []
        for fixed in ("", f"@{digest}/"):
            for method, end in (("skills/get", "/SKILL.md"), ("resources/directory/read", "")):
                answers = [
                    await refusal(ask(client, method, uri=uri), without=uri)
                    for uri in (f"skill://place/{fixed}{name}{end}" for name in ("code-review", "never-was"))
                ]
                assert answers == [(INVALID, "no skill is served at it")] * 2
            read = [
                await refusal(client.read_resource(uri), without=uri)
                for uri in (f"skill://place/{fixed}{name}/SKILL.md" for name in ("code-review", "never-was"))
            ]
            assert read == [(INVALID, "Resource not found")] * 2


@pytest.mark.parametrize(
    "uri",
    [
        "skill://place/code-review",
        "skill://place/code-review/scripts/a%20b.py",
        "skill://place/code-review/none/SKILL.md",
        "skill://elsewhere/code-review/SKILL.md",
        f"skill://place/@{'0' * 64}/code-review/SKILL.md",
        "file:///etc/passwd",
        "\0",
    ],
)
async def test_what_is_no_skill_is_refused_as_invalid_parameters(connect: Connect, write: Write, uri: str) -> None:
    await write(package(files=FILES))
    async with connect() as client:
        assert (await refusal(ask(client, "skills/get", uri=uri), without=uri))[0] == INVALID


@pytest.mark.parametrize("path", ["../../etc/passwd", "scripts", "scripts/", "none.md", "%2E%2E/x", "SKILL.md/"])
async def test_what_is_no_file_is_not_found(connect: Connect, write: Write, path: str) -> None:
    await write(package(files=FILES))
    uri = f"skill://place/code-review/{path}"
    async with connect() as client:
        assert await refusal(client.read_resource(uri), without=uri) == (INVALID, "Resource not found")


async def test_a_skill_that_hosts_could_not_read_is_not_served_and_says_why(connect: Connect, write: Write) -> None:
    name = "code-review"
    await write(Package(f"---\nname: {name}\ndescription: {'d' * 1068}\n---\nx\n"))
    async with connect() as client:
        code, text = await refusal(ask(client, "skills/get", uri=URI), without=URI)
        assert await listed(client) == []
        assert (await content(client, URI)).startswith(b"---\nname: code-review")
    assert (code, "the description has 1068 characters" in text) == (INVALID, True)


async def test_a_deleted_skill_is_served_no_more(connect: Connect, write: Write, call: CallTool) -> None:
    await write(package())
    await call("skill_delete", skill="code-review")
    async with connect() as client:
        assert await listed(client) == []
        assert (await refusal(ask(client, "skills/get", uri=URI), without=URI))[0] == INVALID


async def test_a_long_list_comes_page_by_page_and_misses_nothing(
    connect: Connect, write: Write, stranger: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MOST_SKILLS", 2)
    names = [f"skill-{number}" for number in range(5)]
    for name in names:
        await write(package(name))
    await write(package("other"), stranger, level="public")
    async with connect() as client:
        found = [entry["uri"] for entry in await listed(client)]
        resources = (await client.list_resources()).resources
    assert found == ["skill://elsewhere/other/SKILL.md", *(f"skill://place/{name}/SKILL.md" for name in names)]
    assert len(resources) == 2


async def test_a_page_ends_before_it_has_too_many_files(
    connect: Connect, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MOST_FILES", 3)
    for name in ("a", "b", "c"):
        await write(package(name, files={"1.txt": b"1"}))
    async with connect() as client:
        first = await ask(client, "skills/list")
        assert [one["frontmatter"]["name"] for one in first["skills"]] == ["a"]
        assert [one["frontmatter"]["name"] for one in await listed(client)] == ["a", "b", "c"]


async def test_a_cursor_of_another_caller_is_refused(
    connect: Connect, write: Write, bob: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MOST_SKILLS", 1)
    for name in ("a", "b"):
        await write(package(name), level="team")
    async with connect() as client, connect(bob) as other:
        cursor = (await ask(client, "skills/list"))["nextCursor"]
        code, text = await refusal(ask(other, "skills/list", cursor=cursor), without=cursor)
    assert (code, "it was not given to you" in text) == (INVALID, True)


@pytest.mark.parametrize(
    ("path", "children"),
    [
        (
            "",
            [
                ("code-review", "SKILL.md", "text/markdown"),
                ("assets", "assets", "inode/directory"),
                ("references", "references", "inode/directory"),
                ("scripts", "scripts", "inode/directory"),
            ],
        ),
        (
            "/scripts",
            [("a b.py", "scripts/a%20b.py", "text/x-python"), ("deep", "scripts/deep", "inode/directory")],
        ),
        ("/scripts/deep", [("x.txt", "scripts/deep/x.txt", "text/plain")]),
    ],
)
async def test_a_directory_tells_what_is_directly_in_it(
    connect: Connect, write: Write, path: str, children: list[tuple[str, str, str]]
) -> None:
    digest = await write(package(files=FILES))
    async with connect() as client:
        for root in ("skill://place/code-review", f"skill://place/@{digest}/code-review"):
            found = await listed(client, "resources/directory/read", "resources", uri=f"{root}{path}")
            told = [(one["name"], one["uri"], one["mimeType"]) for one in found]
            assert told == [(name, f"{root}/{end}", kind) for name, end, kind in children]


async def test_skill_md_is_told_by_the_name_and_description_of_its_front_matter(connect: Connect, write: Write) -> None:
    await write(package())
    async with connect() as client:
        [found] = await listed(client, "resources/directory/read", "resources", uri="skill://place/code-review")
        [resource] = (await client.list_resources()).resources
    size = len(skill_md().encode())
    told = {"name": "code-review", "description": "Reviews.", "uri": URI, "mimeType": "text/markdown", "size": size}
    assert found == told
    assert resource.model_dump(by_alias=True, exclude_none=True) == told


@pytest.mark.parametrize("path", ["/SKILL.md", "/none", "/scripts/", "/script", "/scripts/a%20b.py", "/.."])
async def test_what_is_no_directory_is_refused_as_invalid_parameters(connect: Connect, write: Write, path: str) -> None:
    await write(package(files=FILES))
    uri = f"skill://place/code-review{path}"
    async with connect() as client:
        assert (await refusal(ask(client, "resources/directory/read", uri=uri), without=uri))[0] == INVALID


async def test_a_large_directory_comes_page_by_page(
    connect: Connect, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(methods, "MOST_CHILDREN", 2)
    await write(package(files={f"{number}.txt": b"" for number in range(4)}))
    async with connect() as client:
        found = await listed(client, "resources/directory/read", "resources", uri="skill://place/code-review")
    assert len(found) == 5


async def test_reading_over_mcp_does_not_change_what_is_told(
    application: Application, connect: Connect, write: Write
) -> None:
    written = Package("\ufeff" + skill_md().replace("\n", "\r\n"), [SkillFile("x/SKILL.md", skill_md("x").encode())])
    await write(written)
    async with connect() as client:
        [entry] = await listed(client)
        assert await content(client, URI) == written.skill_md.encode()
        nested = "skill://place/code-review/x/SKILL.md"
        assert nested in [file["uri"] for file in entry["resources"]]
        assert (await refusal(ask(client, "skills/get", uri=nested), without=nested))[0] == INVALID


async def test_a_caller_without_the_scope_is_told_which_one_it_needs(connect: Connect) -> None:
    nobody = Principal(ALICE.agent_id, ALICE.namespace)
    async with connect(nobody) as client:
        code, text = await refusal(ask(client, "skills/list"), without="skills/list")
    assert (code, "it needs the scope 'skills:read'" in text) == (INVALID, True)
