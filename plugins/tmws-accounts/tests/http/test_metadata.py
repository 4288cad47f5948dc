"""What OAuth clients look for."""

import pytest

from tmws_accounts.routes.metadata import MCP_PATH
from tmws_core.server import http

from .conftest import Served

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
WELL_KNOWN = "/.well-known/oauth-protected-resource"


@pytest.mark.parametrize("path", ["", MCP_PATH])
async def test_the_metadata_name_the_resource_that_they_are_of(served: Served, path: str) -> None:
    answer = await served.client.get(f"{WELL_KNOWN}{path}")
    document = answer.json()
    base = str(served.client.base_url).rstrip("/")
    assert (answer.status_code, document["resource"]) == (200, f"{base}{path}")
    assert document["bearer_methods_supported"] == ["header"]
    assert "accounts:read" in document["scopes_supported"]
    assert "authorization_servers" not in document


async def test_a_refusal_points_to_the_metadata_of_mcp(served: Served) -> None:
    refused = await served.client.post(MCP_PATH, json={})
    base = str(served.client.base_url).rstrip("/")
    assert refused.status_code == 401
    assert f'resource_metadata="{base}{WELL_KNOWN}{MCP_PATH}"' in refused.headers["www-authenticate"]


async def test_the_metadata_are_of_the_path_that_mcp_has(database_kind: str) -> None:
    assert http.MCP_PATH == MCP_PATH


class TestConfigured:
    """A server that is reached under another name, with a login elsewhere."""

    @pytest.fixture
    def environment(self) -> dict[str, str]:
        return {
            "TMWS_ACCOUNTS_PUBLIC_URL": "https://tmws.example.org/",
            "TMWS_ACCOUNTS_AUTHORIZATION_SERVERS": "https://login.example.org",
        }

    async def test_the_metadata_tell_the_other_name_and_login(self, served: Served) -> None:
        document = (await served.client.get(f"{WELL_KNOWN}{MCP_PATH}")).json()
        assert document["resource"] == "https://tmws.example.org/mcp"
        assert document["authorization_servers"] == ["https://login.example.org"]
