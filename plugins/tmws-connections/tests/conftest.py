"""A tool, stored."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_connections.models.discovered_tool import DiscoveredTool


@pytest.fixture
async def tool(session: AsyncSession) -> DiscoveredTool:
    stored = DiscoveredTool(
        tool_id="formatter",
        name="Formatter",
        category="cli",
        source_path="/bin/fmt",
        version="1.2.3",
        namespace="default",
    )
    session.add(stored)
    await session.flush()
    return stored
