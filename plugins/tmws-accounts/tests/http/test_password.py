"""Changing one's password."""

import httpx
import pytest
from sqlalchemy import update

from tmws_accounts.models.user import User

from ..conftest import PASSWORD
from .conftest import Served

NEW = "correct horse battery staple"


async def change(served: Served, new: str = NEW, password: str = PASSWORD, username: str = "ann") -> httpx.Response:
    body = {"username": username, "password": password, "new_password": new}
    return await served.client.post("/auth/password", json=body)


async def test_the_new_password_counts_and_the_former_does_not(served: Served) -> None:
    assert (await change(served)).status_code == 200
    assert (await served.login(password=NEW)).status_code == 200
    assert (await served.login()).status_code == 401


async def test_whoever_is_logged_in_has_to_log_in_again(served: Served) -> None:
    tokens = await served.tokens()
    assert (await served.ask(tokens["access_token"])).status_code == 200
    await change(served)
    assert (await served.ask(tokens["access_token"])).status_code == 401
    assert (await served.refresh(tokens["refresh_token"])).status_code == 401


async def test_a_password_that_has_to_be_changed_can_be(served: Served) -> None:
    must = update(User).values(force_password_change=True)
    await served.application.database.transaction(lambda session: session.execute(must), read_only=False)
    assert (await change(served)).status_code == 200
    assert (await served.login(password=NEW)).status_code == 200


@pytest.mark.parametrize("new", ["short", "passwordpassword", PASSWORD, "x" * 1025])
async def test_an_unfit_password_is_refused(served: Served, new: str) -> None:
    answer = await change(served, new)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_arguments")
    assert new not in answer.text
    assert (await served.login()).status_code == 200


@pytest.mark.parametrize(("username", "password"), [("ann", "x" * 20), ("nobody", PASSWORD)])
async def test_a_wrong_password_changes_nothing_and_counts_as_a_failure(
    served: Served, username: str, password: str
) -> None:
    assert (await change(served, username=username, password=password)).status_code == 401
    assert len(served.heard("security.login_failed")) == 1


async def test_a_change_is_told(served: Served) -> None:
    await change(served)
    assert served.heard("security.password_changed") == [{"username": "ann", "client": "127.0.0.1"}]
