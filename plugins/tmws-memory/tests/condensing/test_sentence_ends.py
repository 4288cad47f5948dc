"""Where sentences end."""

import pytest

from tmws_memory.condensing.sentence_ends import sentence_ends


def sentences(text: str) -> list[str]:
    ends = sentence_ends(text)
    return [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith asked Prof. Jones.",
        "The value is 3.14 today.",
        "See https://example.com/a.b?c=D. and more",
        "Use caches, e.g. Redis, or i.e. Memcached.",
        "Use caches, e.g. Redis.",
        "J. R. Tolkien wrote it.",
        "It runs in the U.S. and in Europe.",
        "Run `make. Then test` first.",
        "Wait... for it.",
        '"Why?" he asked.',
        "Am 3. Oktober war frei.",
        "Das gilt z.B. Herrn Müller, bzw. Frau Dr. Maier.",
        "「はい。」と言った。",
        "1. Install the package.",
        "",
    ],
)
def test_one_sentence_stays_one(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It works. It is fast!", ["It works.", "It is fast!"]),
        ("The port is 5432. The host is db.", ["The port is 5432.", "The host is db."]),
        ("The limit is 20. Ask for more.", ["The limit is 20.", "Ask for more."]),
        ("See https://example.com/a. Then go.", ["See https://example.com/a.", "Then go."]),
        ('He said "stop." Then he left.', ['He said "stop."', "Then he left."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("東京へ行く。PDFを開く！終わり", ["東京へ行く。", "PDFを開く！", "終わり"]),
        ("你好。我叫王？好", ["你好。", "我叫王？", "好"]),
        ("Es regnete. Äpfel fielen.", ["Es regnete.", "Äpfel fielen."]),
    ],
)
def test_a_sentence_ends_where_the_next_one_begins(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
