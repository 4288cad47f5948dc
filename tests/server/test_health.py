import sys

from .conftest import Served


async def test_a_server_that_works_is_alive_and_ready(served: Served) -> None:
    assert (await served.client.get("/healthz")).json() == {"status": "alive"}
    assert (await served.client.get("/readyz")).json() == {"status": "ready"}


async def test_a_health_check_that_fails_is_told_with_its_reason(served: Served) -> None:
    vars(sys.modules["example"])["SICK"] = True
    answer = await served.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == {"example.weather": "it rains; wait"}


async def test_a_database_that_does_not_answer_is_told(served: Served) -> None:
    file = served.application.settings.home / "data" / "tmws.db"
    await served.application.database.reader.dispose()
    file.rename(file.with_name("gone.db"))
    file.mkdir()
    try:
        answer = await served.client.get("/readyz")
    finally:
        file.rmdir()
        file.with_name("gone.db").rename(file)
    assert answer.status_code == 503
    assert "database" in answer.json()["reasons"]
