"""An observer says what it hears."""

import pytest

from tmws_core import Event, observer
from tmws_core.errors import PluginError


def test_an_observer_that_names_no_event_is_refused() -> None:
    with pytest.raises(PluginError, match=r"names no event; give one such as 'tool.called', or '\*'"):

        @observer()
        async def hear(_event: Event) -> None: ...
