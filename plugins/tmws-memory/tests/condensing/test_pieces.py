"""What a text is made of."""

from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.pieces import Kind, joined, pieces_of

MARKDOWN = """# Cache

Redis holds the sessions. It evicts the oldest.
Settings:
- ttl is 300. Seconds, that is.
- size is 2 GB

```python
a = 1. # No. End

b = 2
```

| key | value |
|-----|-------|
| a   | 1     |

    indented = code
"""
lines = st.sampled_from(
    ["# A", "- b. C", "Foo bar. Baz", "```", "", "| x |", "    code", "It is.", "次。へ", "wraps\non"]
)
texts = st.one_of(st.text(), st.lists(lines).map("\n".join))


def test_each_part_of_a_document_is_a_piece_of_its_kind() -> None:
    assert [(piece.kind, piece.text.split("\n")[0]) for piece in pieces_of(MARKDOWN)] == [
        (Kind.HEADING, "# Cache"),
        (Kind.SENTENCE, "Redis holds the sessions."),
        (Kind.SENTENCE, "It evicts the oldest."),
        (Kind.SENTENCE, "Settings:"),
        (Kind.ENTRY, "- ttl is 300."),
        (Kind.SENTENCE, "Seconds, that is."),
        (Kind.ENTRY, "- size is 2 GB"),
        (Kind.CODE, "```python"),
        (Kind.TABLE, "| key | value |"),
        (Kind.CODE, "    indented = code"),
    ]


def test_a_block_of_code_is_never_cut() -> None:
    code = next(piece for piece in pieces_of(MARKDOWN) if piece.kind is Kind.CODE)
    assert code.text == "```python\na = 1. # No. End\n\nb = 2\n```"


def test_a_fence_is_closed_only_by_one_as_long() -> None:
    (piece,) = pieces_of("````\n```\nNot. The end.\n```\n````")
    assert piece.kind is Kind.CODE


def test_a_fence_that_is_never_closed_goes_to_the_end() -> None:
    assert [piece.kind for piece in pieces_of("Text.\n~~~\na. B\n\nc. D")] == [Kind.SENTENCE, Kind.CODE]


def test_pieces_lean_on_what_says_what_they_are_about() -> None:
    leaning = {piece.text.split("\n")[0]: piece.leans_on for piece in pieces_of(MARKDOWN)}
    assert leaning["Redis holds the sessions."] == 0
    assert leaning["It evicts the oldest."] == 1
    assert leaning["- ttl is 300."] == leaning["- size is 2 GB"] == 3
    assert leaning["Seconds, that is."] == 4


def test_wrapped_lines_are_one_sentence() -> None:
    text = "The service reads its settings from the file that\nstands beside it. Done"
    assert [piece.text for piece in pieces_of(text)] == [text.removesuffix(" Done"), "Done"]


def test_short_lines_are_notes_of_their_own() -> None:
    assert [piece.text for piece in pieces_of("Port 5432\nUser admin")] == ["Port 5432", "User admin"]


@given(texts)
def test_the_pieces_are_the_whole_text(text: str) -> None:
    assert "".join(piece.lead + piece.text for piece in pieces_of(text)) == text.rstrip()


@given(texts)
def test_a_piece_leans_on_an_earlier_one(text: str) -> None:
    assert all(piece.leans_on is None or piece.leans_on < at for at, piece in enumerate(pieces_of(text)))


def test_what_is_left_keeps_its_layout() -> None:
    pieces = pieces_of("One. Two.\n\n- a\n  - b\n- c\nEnd.")
    assert joined(pieces, [0, 3, 4, 5]) == "One.\n\n  - b\n- c\nEnd."


@given(texts, st.data())
def test_what_is_left_is_there_word_for_word(text: str, data: st.DataObject) -> None:
    pieces = pieces_of(text)
    kept = sorted(data.draw(st.sets(st.sampled_from(range(len(pieces)))))) if pieces else []
    left = joined(pieces, kept)
    assert all(pieces[at].text in left for at in kept)
