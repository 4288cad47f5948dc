import pytest

from tmws_skills.format.document import Document


def codes(document: Document) -> list[tuple[str, str]]:
    return [(one.severity, one.code) for one in document.diagnostics]


def test_a_skill_md_is_divided_into_front_matter_and_body() -> None:
    document = Document.parse("---\nname: a\ndescription: b\nx-own: [1]\n---\n\n# Do\n---\nthis\n")
    assert document.front_matter == {"name": "a", "description": "b", "x-own": [1]}
    assert (document.body, document.diagnostics) == ("\n# Do\n---\nthis\n", ())


def test_unknown_names_are_kept_in_their_order_as_json() -> None:
    text = '---\nz: "ü"\nname: a\nhooks: {Stop: [{command: "ls"}]}\n---\n'
    assert Document.parse(text).front_matter_json == '{"z":"ü","name":"a","hooks":{"Stop":[{"command":"ls"}]}}'


def test_crlf_and_a_byte_order_mark_stay_in_the_text_and_the_body() -> None:
    text = "\ufeff---\r\nname: a\r\ndescription: |\r\n  b\r\n---\r\nbody\r\n"
    document = Document.parse(text)
    assert (document.text, document.body) == (text, "body\r\n")
    assert document.front_matter == {"name": "a", "description": "b\n"}
    assert codes(document) == [("warning", "byte_order_mark")]


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("", "no_front_matter", "SKILL.md"),
        ("# Title\n---\nname: a\n---\n", "no_front_matter", "SKILL.md"),
        ("---", "no_front_matter", "SKILL.md"),
        ("---\nname: a\n", "front_matter_unclosed", "SKILL.md"),
        ("---\nname: [\n---\n", "front_matter_broken", "SKILL.md, line 3"),
        ("---\nname: a\nname: b\n---\n", "front_matter_duplicate", "SKILL.md, line 3"),
        ("---\nname: &a b\n---\n", "front_matter_alias", "SKILL.md, line 2"),
        ("---\nname: a\n---\n\0", "nul", "SKILL.md"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_place(text: str, code: str, where: str) -> None:
    (fault,) = Document.parse(text).errors
    assert (fault.code, fault.where) == (code, where)


def test_front_matter_that_cannot_be_read_leaves_the_body() -> None:
    document = Document.parse("---\na: 1\na: 2\n---\nbody")
    assert (document.front_matter, document.body) == ({}, "body")


@pytest.mark.parametrize(
    ("front", "description"),
    [
        ("description: Use when: always", "Use when: always"),
        ("description: It's this: that", "It's this: that"),
        ("description: first: line\n  and the second\n\n  and a third", "first: line and the second\nand a third"),
        ("description: ends with a colon:", "ends with a colon:"),
        ("description: a: b\r\nname: x", "a: b"),
    ],
)
def test_an_unquoted_colon_is_mended_with_a_warning(front: str, description: str) -> None:
    document = Document.parse(f"---\n{front}\n---\nbody")
    assert (document.description, codes(document)) == (description, [("warning", "unquoted_colon")])


def test_mending_leaves_quoted_texts_blocks_and_lists_alone() -> None:
    front = "description: a: b\ntext: |\n  c: d: e\nquoted: 'f: g'\nmetadata:\n  h: i: j\nlist:\n  - k\n"
    assert Document.parse(f"---\n{front}---\n").front_matter == {
        "description": "a: b",
        "text": "c: d: e\n",
        "quoted": "f: g",
        "metadata": {"h": "i: j"},
        "list": ["k"],
    }


def test_mending_brings_in_no_alias() -> None:
    assert [one.code for one in Document.parse("---\na: b: c\nd: &e f\n---\n").errors] == ["front_matter_broken"]


@pytest.mark.parametrize(
    ("front", "version"),
    [
        ('metadata:\n  version: "1.2"', "1.2"),
        ("metadata: {version: 1.10}", "1.10"),
        ("metadata:\n  version:", None),
        ("metadata: text", None),
        ("version: 1", None),
    ],
)
def test_the_version_is_what_is_written_below_metadata(front: str, version: str | None) -> None:
    assert Document.parse(f"---\n{front}\n---\n").version == version
