import pytest

from tmws_core.server.api import path_of

from .conftest import Served


async def test_every_tool_of_the_catalogue_has_one_operation(served: Served) -> None:
    document = (await served.client.get("/api/v1/openapi.json")).json()
    operations = [
        (path, operation["operationId"])
        for path, methods in document["paths"].items()
        for operation in methods.values()
    ]
    expected = [(path_of(one), name) for name, one in served.application.catalogue.tools.items()]
    assert sorted(operations) == sorted(expected)


async def test_every_tool_of_the_catalogue_has_an_endpoint(served: Served) -> None:
    answers = {
        path_of(one): (await served.client.post(path_of(one), content=b"[]")).status_code
        for one in served.application.catalogue.tools.values()
    }
    assert set(answers.values()) == {400}


async def test_every_reference_of_the_document_resolves(served: Served) -> None:
    document = (await served.client.get("/api/v1/openapi.json")).json()
    assert references_in(document) <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def references_in(part: object) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(references_in, part))
    if not isinstance(part, dict):
        return set()
    own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
    return own.union(*map(references_in, part.values()))


async def test_a_structured_result_is_answered(served: Served) -> None:
    answer = await served.call("add", left=1, right=2)
    assert (answer.status_code, answer.json()) == (200, {"result": 3.0})


async def test_no_body_means_no_arguments(served: Served) -> None:
    assert (await served.client.post("/api/v1/core/server_status")).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"left": ' + b"1" * 5_000 + b"}"])
async def test_a_body_that_is_no_json_object_is_refused(served: Served, body: bytes) -> None:
    answer = await served.client.post("/api/v1/example/add", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_a_number_that_json_does_not_have_is_refused(served: Served, number: str) -> None:
    body = f'{{"left": {number}, "right": 1}}'.encode()
    answer = await served.client.post("/api/v1/example/add", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_arguments")


async def test_a_tools_error_has_its_own_status(served: Served) -> None:
    answer = await served.call("add", left="one", right=2)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_arguments")


async def test_what_broke_inside_is_not_told(served: Served) -> None:
    answer = await served.call("broken")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert "secret" not in answer.text


async def test_a_call_too_often_is_told_when_to_come_again(served: Served) -> None:
    await served.call("rare")
    answer = await served.call("rare")
    assert answer.status_code == 429
    assert 60 < int(answer.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize(("path", "status"), [("/api/v1/example/nothing", 404), ("/nowhere", 404), ("/healthz", 405)])
async def test_what_does_not_exist_is_answered_in_json(served: Served, path: str, status: int) -> None:
    answer = await served.client.post(path)
    assert (answer.status_code, set(answer.json())) == (status, {"error"})
