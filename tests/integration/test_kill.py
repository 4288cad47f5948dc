"""A process is killed with SIGKILL, which no code can notice: what was acknowledged is there, the rest never was."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from mcp import Client, StdioServerParameters

if TYPE_CHECKING:
    from tests.integration.conftest import Installation, Look
