"""No secret is recorded, whichever way it comes in, and nothing that is recorded can pass for another entry."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import RowMapping

from tmws_audit.commands.export import export
from tmws_audit.recordable import MOST_BYTES, recordable_details, recordable_text
from tmws_audit.redaction import REDACTED, is_secret, without_secrets
from tmws_core import Context, Event, Principal
from tmws_core.application import Application
from tmws_core.pipeline import Call
from tmws_core.principal import ANONYMOUS
from tmws_core.tool_errors import ToolError

CallTool = Callable[..., Awaitable[dict[str, Any]]]
Recorded = Callable[[str, int], Awaitable[Sequence[RowMapping]]]

CALLS, EVENTS = "api_audit_log", "security_audit_logs"
SECRET = "Zq7Xw2Vb9Lk4Nm8Tr1Yp6Hs3Dg5Fj0Ac"

CANARIES = {
    "a key of ours": f"tmws_key_ab12_{SECRET}",
    "an access token of ours": f"tmws_access_ab12_{SECRET}",
    "a refresh token of ours": f"tmws_refresh_ab12_{SECRET}",
    "a bearer token": f"Authorization: Bearer {SECRET}",
    "basic credentials": f"Authorization: Basic {SECRET}==",
    "a JSON Web Token": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.{SECRET}",
    "a private key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
    "a private key without an end": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}",
    "a password in a URL": f"postgresql://me:{SECRET}@host/database",
    "a password hash": f"$argon2id$v=19$m=19456,t=2,p=1${SECRET}",
    "a GitHub token": f"ghp_{SECRET}",
    "a key of a model provider": f"sk-{SECRET}",
    "a chat token": f"xoxb-{SECRET}",
    "a GitLab token": f"glpat-{SECRET}",
    "a password in words": f"password={SECRET}",
    "a password in JSON": f'{{"password": "{SECRET}"}}',
    "an API key in a query": f"/path?api_key={SECRET}&page=2",
    "a cookie": f"Cookie: session={SECRET}",
    "a token in words": f"token: {SECRET}",
    "a secret behind a name": f"client_secret = '{SECRET}'",
}


def test_there_are_twenty_canaries() -> None:
    assert len(CANARIES) == 20


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES.keys())
def test_a_secret_is_known_by_its_shape(canary: str) -> None:
    assert SECRET not in without_secrets(f"before {canary} after")


@pytest.mark.parametrize(
    "text", ["tmws_memory_search_vectors_follow", "a token of thanks", "the secret garden", "https://host/path@here"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "name",
    ["password", "newPassword", "api_key", "X-API-Key", "apiKey", "client_secret", "Authorization", "refresh_token"],
)
def test_what_stands_under_the_name_of_a_secret_is_taken_out(name: str) -> None:
    assert is_secret(name)
    assert recordable_details({"outer": [{name: "harmless to look at"}]}) == {"outer": [{name: REDACTED}]}


@pytest.mark.parametrize(
    "name", ["token_count", "api_key_id", "monkey", "passenger", "key", "keyboard", "tokens_limit"]
)
def test_a_name_that_only_looks_like_that_of_a_secret_is_none(name: str) -> None:
    assert not is_secret(name)


async def test_no_canary_gets_into_the_tables_the_log_or_an_export(
    application: Application,
    call: CallTool,
    recorded: Recorded,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG, "tmws_audit")
    for canary in CANARIES.values():
        await call("notes_write", text=canary)
        await call("notes_tell", event="notes.told", details={"said": canary, canary: [canary, {"deep": canary}]})
        await call("notes_tell", event="security.login_failed", details={"user_id": canary, "reason": canary})
        await call("notes_publish", event="security.refresh_reused", details={"reason": canary, "list": [canary]})
        await call("notes_publish", event=f"security.{canary}", details={})
        named = Principal(canary, canary, frozenset({"notes:read"}), credential=canary)
        for tool in ("notes_count", "notes_clear"):
            try:
                await call(tool, named, client=canary)
            except ToolError:
                continue
        with pytest.raises(ToolError):
            await call(canary)
        with pytest.raises(ToolError):
            await call("notes_fail", text=canary)
        refused = {"reason": canary, "client": canary, "path": f"/mcp?key={canary}"}
        application.tell(Event("authentication.refused", ANONYMOUS, refused))
    calls, events = await recorded(CALLS, 160), await recorded(EVENTS, 40)
    file = tmp_path / "export.jsonl"

    async def exported(ctx: Context) -> None:
        await export(ctx, file)

    local = Call(application.local_principal, "cli")
    await application.pipeline.run(local, "export", None, exported, read_only=False)
    for place in (str([dict(row) for row in calls]), str([dict(row) for row in events]), file.read_text(), caplog.text):
        assert SECRET not in place


HOSTILE = "ok\n2026-01-01 forged entry\r\x1b[2K\x1b[1A\x00\u202egnp.exe\u2028\x9b31m\ud800"


async def test_control_characters_cannot_forge_an_entry(
    application: Application, call: CallTool, recorded: Recorded, tmp_path: Path
) -> None:
    hostile = Principal(HOSTILE, HOSTILE, frozenset({"*"}), credential=HOSTILE)
    await call("notes_tell", hostile, event="security.login_failed", details={HOSTILE: HOSTILE}, client=HOSTILE)
    with pytest.raises(ToolError):
        await call(HOSTILE, hostile)
    rows = [*await recorded(CALLS, 2), *await recorded(EVENTS, 1)]
    texts = [text for row in rows for text in _texts(dict(row))]
    assert all(text.isprintable() for text in texts)
    assert any("\\n2026-01-01 forged entry\\r\\u001b[2K" in text for text in texts)
    file = tmp_path / "export.jsonl"

    async def exported(ctx: Context) -> None:
        await export(ctx, file)

    await application.pipeline.run(Call(application.local_principal, "cli"), "export", None, exported, read_only=False)
    lines = file.read_text().split("\n")
    assert [json.loads(line)["log"] for line in lines[:-1]] == [CALLS, CALLS, EVENTS]


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [text for pair in value.items() for part in pair for text in _texts(part)]
        case list():
            return [text for part in value for text in _texts(part)]
    return []


def test_a_text_is_cut_at_its_limit_and_a_secret_at_the_cut_is_not_shown() -> None:
    text = recordable_text(" ".join(["word"] * 795) + f" tmws_key_ab12_{SECRET}" + "x" * 100, 1000)
    assert len(text) == 1000
    assert SECRET[:5] not in text


@pytest.mark.parametrize(
    "details",
    [
        {"list": list(range(100_000))},
        {"texts": ["x" * 5_000] * 40},
        {str(number): "x" * 900 for number in range(1_000)},
        {"deep": json.loads("[" * 500 + "]" * 500)},
    ],
    ids=["long", "large", "wide", "deep"],
)
def test_details_of_any_size_become_small_ones(details: dict[str, Any]) -> None:
    made = recordable_details(details)
    assert len(json.dumps(made).encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 1e300, 2**70, 10**5000, -0.0, 1e-7, 1e22, b"bytes", {1, 2}, object()],
    ids=["nan", "infinite", "large float", "large", "huge", "minus 0", "small", "1e22", "bytes", "set", "object"],
)
async def test_any_value_of_an_event_is_recorded_and_verified(
    application: Application, recorded: Recorded, checked: Callable[[], Awaitable[Any]], value: object
) -> None:
    application.tell(Event("security.odd", ANONYMOUS, {"value": value}))
    await recorded(EVENTS, 1)
    assert (await checked()).intact
