"""Puts the installed plugins together once, or only imports their modules, and prints how long that took."""

import importlib
import json
import sys
from collections import deque
from dataclasses import asdict
from importlib.metadata import entry_points

import tmws_core.assembly
from benchmarks.measurement import Stopwatch
from tmws_core import core_plugin
from tmws_core.assembly import Assembly
from tmws_core.commands.startup import without_collection
from tmws_core.contributions import modules_below
from tmws_core.discovery import ENTRY_POINT_GROUP
from tmws_core.settings import Settings


def through_assembly(settings: Settings) -> None:
    """As a server does it: discovered, imported, collected, proved complete, ordered."""
    Assembly(settings)


def through_imports(_settings: Settings) -> None:
    """The floor: find the entry points, and import each plugin with the modules that its hooks name."""
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        plugin = importlib.import_module(entry.module)
        for hook in ("tmws_models", "tmws_tools"):
            if hasattr(plugin, hook):
                deque(modules_below(getattr(plugin, hook)()), maxlen=0)


WAYS = {function.__name__: function for function in (through_assembly, through_imports)}


def main() -> None:
    """Do it in the way that the argument names, with the core's own modules already imported."""
    for module in (tmws_core.assembly, core_plugin):
        importlib.import_module(module.__name__)
    settings = Settings(strict=True)
    watch = Stopwatch()
    with without_collection():
        WAYS[sys.argv[1]](settings)
        sample = watch.sample()
    sys.stdout.write(json.dumps(asdict(sample)))


if __name__ == "__main__":
    main()
