"""What a person does at the terminal: the owner, users, keys."""

import json
import sqlite3
from pathlib import Path

import pytest

from tmws_accounts.credential import read_credential
from tmws_core.commands import main

from ..conftest import PASSWORD
from .conftest import Run, RunForJSON

NEW = "correct horse battery staple"


def test_init_makes_an_owner_with_a_key_that_may_do_everything(result: RunForJSON) -> None:
    made = result("init")
    credential = read_credential(made["key"])
    assert credential is not None
    assert (made["username"], made["agent_id"], made["key_id"]) == ("owner", "local-agent", credential.identifier)
    (key,) = result("key-list")
    assert (key["username"], key["agent_id"], key["scopes"]) == ("owner", "local-agent", ["*"])
    (user,) = result("user-list")
    assert (user["username"], user["roles"], user["has_password"]) == ("owner", ["super_admin"], False)


def test_init_shows_what_to_paste_into_clients(result: RunForJSON) -> None:
    made = result("init")
    server = {
        "type": "http",
        "url": "http://127.0.0.1:8000/mcp",
        "headers": {"Authorization": f"Bearer {made['key']}"},
    }
    assert made["clients"]["mcpServers"] == {"mcpServers": {"tmws": server}}
    assert made["clients"]["servers"] == {"servers": {"tmws": server}}
    assert made["clients"]["command"] == (
        f'claude mcp add --transport http tmws http://127.0.0.1:8000/mcp --header "Authorization: Bearer {made["key"]}"'
    )


def test_init_is_refused_when_there_is_an_owner(
    run: Run, result: RunForJSON, capfd: pytest.CaptureFixture[str]
) -> None:
    result("init")
    assert run("init", "--username", "second") == 1
    told = capfd.readouterr()
    assert "has an owner already; make further keys with `tmws accounts key-create`" in told.err
    assert "tmws_key_" not in told.out
    assert [user["username"] for user in result("user-list")] == ["owner"]


def test_init_shows_the_key_to_people_too(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("init") == 0
    output = capfd.readouterr().out
    assert "tmws_key_" in output
    assert "claude mcp add --transport http tmws" in output


def test_init_gives_the_owner_another_name(result: RunForJSON) -> None:
    assert result("init", "--username", "ann")["username"] == "ann"


def test_doctor_says_who_may_come_in(home: Path, result: RunForJSON, capfd: pytest.CaptureFixture[str]) -> None:
    def found() -> str:
        capfd.readouterr()
        main(["doctor", "--json"])
        findings = json.loads(capfd.readouterr().out)["findings"]
        return str(next(one["text"] for one in findings if one["check"] == "health accounts.authentication"))

    main(["db", "apply"])
    assert "there is no owner yet, so every program on this machine acts as 'local-agent'" in found()
    result("init")
    assert found() == "every request over HTTP needs a key or an access token"


def test_a_user_is_made_with_a_password_from_standard_input(result: RunForJSON) -> None:
    result("init")
    made = result("user-create", "ann", "--roles", "readonly", "--email", "ann@example.org")
    assert (made["username"], made["roles"], made["agent_id"], made["has_password"]) == (
        "ann",
        ["readonly"],
        "ann",
        True,
    )


def test_a_user_without_a_password_needs_none(result: RunForJSON) -> None:
    result("init")
    assert result("user-create", "robot", "--roles", "service", "--without-password", typed="")["has_password"] is False


def test_no_user_is_made_before_the_owner(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("user-create", "ann") == 64
    assert "begin with `tmws accounts init`" in capfd.readouterr().err


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "passwordpassword\n"])
def test_an_unfit_password_makes_no_user(
    run: Run, result: RunForJSON, capfd: pytest.CaptureFixture[str], typed: str
) -> None:
    result("init")
    assert run("user-create", "ann", typed=typed) == 64
    assert "password: it " in capfd.readouterr().err
    assert [user["username"] for user in result("user-list")] == ["owner"]


@pytest.mark.parametrize("name", ["an", "Ann", "../ann", "a" * 65, "ann smith", "-ann"])
def test_a_malformed_name_makes_no_user(run: Run, result: RunForJSON, name: str) -> None:
    result("init")
    assert run("user-create", "--", name) == 64


def test_only_the_end_of_the_line_is_taken_from_a_password(result: RunForJSON, home: Path) -> None:
    from argon2 import PasswordHasher

    result("init")
    result("user-create", "ann", typed=f"  {PASSWORD} \r\n")
    with sqlite3.connect(home / "data" / "tmws.db") as connection:
        (kept,) = connection.execute("SELECT password_hash FROM users WHERE username = 'ann'").fetchone()
    connection.close()
    assert PasswordHasher().verify(kept, f"  {PASSWORD} ")


def test_a_new_password_takes_the_place_of_the_former(result: RunForJSON, home: Path) -> None:
    result("init")
    assert result("user-password", "Owner", typed=NEW)["has_password"] is True


def test_a_user_is_changed(result: RunForJSON) -> None:
    result("init")
    result("user-create", "ann")
    changed = result("user-update", "ann", "--status", "suspended", "--roles", "readonly", "--full-name", "Ann Lee")
    assert (changed["status"], changed["roles"], changed["full_name"]) == ("suspended", ["readonly"], "Ann Lee")


def test_a_key_is_made_listed_rotated_and_revoked(result: RunForJSON) -> None:
    result("init")
    result("user-create", "ann")
    made = result("key-create", "ci", "--scopes", "memory:read", "--username", "ann", "--days", "30")
    assert (made["username"], made["agent_id"], made["scopes"]) == ("ann", "ann", ["memory:read"])
    rotated = result("key-rotate", made["key_id"])
    assert rotated["key"] != made["key"]
    revoked = result("key-revoke", rotated["key_id"])
    assert revoked["revoked_at"] is not None
    assert [key["name"] for key in result("key-list")] == ["owner"]
    assert [key["name"] for key in result("key-list", "--revoked")] == ["ci", "ci", "owner"]


@pytest.mark.parametrize("words", [("--scopes", "read"), (), ("--scopes", "*", "--allowed-ips", "nonsense")])
def test_a_malformed_key_is_refused(run: Run, result: RunForJSON, words: tuple[str, ...]) -> None:
    result("init")
    assert run("key-create", "ci", *words) == 64


def test_the_database_holds_no_secret(result: RunForJSON, home: Path) -> None:
    secrets = [result("init")["key"], PASSWORD]
    result("user-create", "ann")
    secrets += [result("key-create", name, "--scopes", "*")["key"] for name in ("one", "two")]
    kept = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    wanted = [secret.split("_")[-1].encode() for secret in secrets]
    assert b"owner" in kept
    assert not [secret for secret in wanted if secret in kept]
