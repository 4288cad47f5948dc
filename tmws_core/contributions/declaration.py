"""How a decorated function is found again: the decorator leaves its declaration on the function."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

_ATTRIBUTE = "__tmws_declaration__"
_BETWEEN_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A function and what its decorator said of it.

    Attributes:
        function: the decorated function, unchanged.
    """

    function: Callable[..., Any]

    @classmethod
    def kind(cls) -> str:
        """What it declares, in words: `tool`, `health check`; with underscores it is the decorator's name."""
        return _BETWEEN_WORDS.sub(" ", cls.__name__).lower()

    @property
    def name(self) -> str:
        """The name under which the declaration is published: the function's own, unless a kind says otherwise."""
        return self.function.__name__

    @property
    def description(self) -> str:
        """The function's docstring, without its indentation."""
        lines = (self.function.__doc__ or "").strip().splitlines()
        return "\n".join(line.strip() for line in lines)

    @property
    def place(self) -> str:
        """Where the declaration stands, for error messages: `package.module:function`."""
        return f"{self.function.__module__}:{self.function.__qualname__}"


F = TypeVar("F", bound=Callable[..., Any])
D = TypeVar("D", bound=Declaration)


def leave(function: F, declaration: Declaration) -> F:
    """Leave a declaration on a function, which stays callable as it was."""
    setattr(function, _ATTRIBUTE, declaration)
    return function


def modules_below(module: ModuleType) -> Iterator[ModuleType]:
    """A module, then every module below it when it is a package, imported on the way."""
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        yield importlib.import_module(found.name)


def declared_in(module: ModuleType, kind: type[D]) -> list[D]:
    """The declarations of one kind that stand in a module or below it, in the order in which they are written.

    A function that a module merely imports from elsewhere is not declared there.
    """
    return [
        declaration
        for part in modules_below(module)
        for value in vars(part).values()
        if isinstance(declaration := getattr(value, _ATTRIBUTE, None), kind)
        and declaration.function.__module__ == part.__name__
    ]
