"""Conditions on the words in a JSON array, which mean the same on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Holds(FunctionElement[bool]):
    """The condition that a JSON array holds a text."""

    name = "holds"
    type = Boolean()
    inherit_cache = True

    def __init__(self, array: Any, text: str) -> None:  # noqa: ANN401 -- any column, as SQLAlchemy takes it
        """Take the column of the array, and the text."""
        super().__init__(array, literal(text, Text))

    def compared(self, value: Any) -> Any:  # noqa: ANN401 -- an expression, as SQLAlchemy types it
        """What of a word is compared with the text."""
        return value

    def condition(self, dialect: str) -> ColumnElement[bool]:
        """The condition in the words of a database."""
        array, text = self.clauses
        if dialect == "sqlite":
            words = func.json_each(array).table_valued("value", name="word")
        else:  # the function gives one column, which has to be named
            words = func.jsonb_array_elements_text(array).table_valued("value", name="word").render_derived()
        return select(literal(1)).select_from(words).where(self.compared(words.c.value) == text).exists()


class HoldsWord(Holds):
    """The condition that a JSON array holds a text, in whatever case."""

    name = "holds_word"
    inherit_cache = True

    def __init__(self, array: Any, text: str) -> None:  # noqa: ANN401 -- see Holds
        """Take the column of the array, and the text."""
        super().__init__(array, text.lower())

    def compared(self, value: Any) -> Any:  # noqa: ANN401 -- see Holds
        """The word in lower case."""
        return func.lower(value)


@compiles(Holds)
@compiles(HoldsWord)
def _compile(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.condition(compiler.dialect.name), **options)
