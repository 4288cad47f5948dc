"""A resource is found by its URI, and its template gives the variables."""

import pytest

from tmws_core.contributions.resource import Resource


async def _function(ctx: object) -> str:
    return ""


def _resource(uri: str) -> Resource:
    return Resource(function=_function, uri=uri, scope="notes:read")


@pytest.mark.parametrize(
    ("template", "uri", "variables"),
    [
        ("notes://all", "notes://all", {}),
        ("notes://all", "notes://alles", None),
        ("notes://{id}", "notes://7", {"id": "7"}),
        ("notes://{id}", "notes://", None),
        ("notes://{id}", "notes://7/8", None),
        ("notes://{shelf}/{id}", "notes://a/7", {"shelf": "a", "id": "7"}),
        ("notes://{id}.txt", "notes://7xtxt", None),
        ("notes://{id}.txt", "notes://7.txt", {"id": "7"}),
        ("notes://{id}", "votes://7", None),
        ("notes://{shelf}/{+path}", "notes://a/b/c.md", {"shelf": "a", "path": "b/c.md"}),
        ("notes://{shelf}/{+path}", "notes://a", None),
        ("notes://{shelf}/{+path}", "notes://a/", None),
        ("notes://{+path}/all", "notes://a/b/all", {"path": "a/b"}),
    ],
)
def test_a_uri_is_taken_apart_by_its_template(template: str, uri: str, variables: dict[str, str] | None) -> None:
    assert _resource(template).variables_in(uri) == variables


@pytest.mark.parametrize(("uri", "is_template"), [("notes://all", False), ("notes://{id}", True)])
def test_a_uri_with_variables_is_a_template(uri: str, is_template: bool) -> None:
    assert _resource(uri).is_template is is_template


def test_a_resource_is_plain_text_unless_it_says_otherwise() -> None:
    assert _resource("notes://all").mime_type == "text/plain"
