import pytest

from tmws_skills.format.document import Document
from tmws_skills.format.validation import check_lenient, check_strict, tokens, usable_name


def skill(front: str = "name: a-skill\ndescription: Does it.", body: str = "Do it.\n") -> Document:
    return Document.parse(f"---\n{front}\n---\n{body}")


def codes(document: Document, severity: str, directory_name: str | None = "a-skill") -> list[str]:
    return [one.code for one in check_strict(document, directory_name) if one.severity == severity]


@pytest.mark.parametrize("name", ["a", "1", "a-b", "a1-2b", "x" * 64])
def test_a_proper_name_is_valid(name: str) -> None:
    assert codes(skill(f"name: '{name}'\ndescription: b"), "error", name) == []


@pytest.mark.parametrize(
    ("front", "code"),
    [
        ("description: b", "name_missing"),
        ("name:\ndescription: b", "name_missing"),
        ("name: 12\ndescription: b", "name_not_text"),
        ("name: A\ndescription: b", "name_malformed"),
        ("name: -a\ndescription: b", "name_malformed"),
        ("name: a-\ndescription: b", "name_malformed"),
        ("name: a--b\ndescription: b", "name_malformed"),
        ("name: a_b\ndescription: b", "name_malformed"),
        ('name: "a\\n"\ndescription: b', "name_malformed"),
        ("name: ünder\ndescription: b", "name_malformed"),
        (f"name: {'x' * 65}\ndescription: b", "name_malformed"),
        ("name: other\ndescription: b", "name_not_of_directory"),
        ("name: a-skill", "description_missing"),
        ("name: a-skill\ndescription: [b]", "description_not_text"),
        ("name: a-skill\ndescription: '  '", "description_empty"),
        (f"name: a-skill\ndescription: {'x' * 1025}", "description_too_long"),
        ("name: a-skill\ndescription: b\nversion: 1", "field_unknown"),
        ("name: a-skill\ndescription: b\nlicense: [MIT]", "license_not_text"),
        ("name: a-skill\ndescription: b\nallowed-tools: [Read]", "allowed_tools_not_text"),
        ("name: a-skill\ndescription: b\ncompatibility: ''", "compatibility_length"),
        (f"name: a-skill\ndescription: b\ncompatibility: {'x' * 501}", "compatibility_length"),
        ("name: a-skill\ndescription: b\nmetadata: text", "metadata_no_mapping"),
        ("name: a-skill\ndescription: b\nmetadata: {a: [b]}", "metadata_not_text"),
        ("name: a-skill\ndescription: b\nmetadata: {io.modelcontextprotocol/x: y}", "metadata_reserved"),
    ],
)
def test_the_strict_check_names_what_is_wrong(front: str, code: str) -> None:
    assert codes(skill(front), "error") == [code]


def test_all_that_the_format_allows_is_valid() -> None:
    front = (
        f"name: a-skill\ndescription: {'x' * 1024}\nlicense: MIT\ncompatibility: {'y' * 500}\n"
        'allowed-tools: Read Bash(git:*)\nmetadata:\n  version: "1.0"\n  author: somebody'
    )
    assert list(check_strict(skill(front), "a-skill")) == []


def test_what_is_mended_on_import_is_an_error_for_the_strict_check() -> None:
    assert codes(skill("name: a-skill\ndescription: b: c"), "error") == ["unquoted_colon"]
    assert codes(Document.parse("\ufeff---\nname: a-skill\ndescription: b\n---\nx"), "error") == ["byte_order_mark"]


def test_advice_is_a_warning() -> None:
    assert codes(skill("name: a-skill\ndescription: b\nmetadata: {version: 1.0}"), "warning") == ["metadata_unquoted"]
    assert codes(skill(body=" \n"), "warning") == ["body_empty"]
    assert codes(skill(body="x\n" * 501), "warning") == ["body_long"]
    assert codes(skill(body="x" * 20_001), "warning") == ["body_long"]


def test_on_import_a_description_of_1068_characters_is_a_warning() -> None:
    found = check_lenient(skill(f"name: a-skill\ndescription: {'x' * 1068}"), "a-skill")
    assert [(one.severity, one.code) for one in found] == [("warning", "description_too_long")]
    assert "1068" in found[0].message


@pytest.mark.parametrize(
    ("front", "code"),
    [
        ("name: a-skill", "description_missing"),
        ("name: a-skill\ndescription: 12", "description_missing"),
        ("name: a-skill\ndescription: ''", "description_missing"),
        ("description: [", "front_matter_broken"),
    ],
)
def test_on_import_only_what_nobody_could_use_is_an_error(front: str, code: str) -> None:
    found = check_lenient(skill(front), "a-skill")
    assert [one.code for one in found if one.severity == "error"] == [code]


def test_on_import_a_skill_without_any_usable_name_is_an_error() -> None:
    found = check_lenient(skill("name: My Skill\ndescription: b"), "My Skill")
    assert [one.code for one in found if one.severity == "error"] == ["name_unusable"]


@pytest.mark.parametrize(
    ("front", "directory_name", "name"),
    [
        ("name: own", "folder", "own"),
        ("name: Not Proper", "folder", "folder"),
        ("x: y", "folder", "folder"),
        ("x: y", None, None),
        ("name: Not Proper", "Nor This", None),
    ],
)
def test_an_imported_skill_is_called_by_its_own_name_or_its_folders(
    front: str, directory_name: str | None, name: str | None
) -> None:
    assert usable_name(skill(front), directory_name) == name


def test_a_token_is_four_characters() -> None:
    assert [tokens(text) for text in ("", "a", "abcd", "abcde")] == [0, 1, 1, 2]
