"""A memory that is yet to be stored."""

from hashlib import sha256

import pytest

from tmws_core.tool_errors import TooLarge
from tmws_memory.draft import Draft, digest, refuse_too_large
from tmws_memory.settings import MemorySettings

MEBIBYTE = 1024 * 1024


def test_a_digest_is_the_sha_256_of_the_text_in_utf_8() -> None:
    assert digest("Grüße 🎉") == sha256("Grüße 🎉".encode()).hexdigest()


def test_a_draft_has_the_digest_of_its_text() -> None:
    assert Draft(content="text", namespace="place").digest == digest("text")


def test_a_draft_needs_nothing_but_its_text_and_its_namespace() -> None:
    draft = Draft(content="text", namespace="place")
    assert (draft.memory_type, draft.access_level, draft.origin) == ("general", "private", "agent")
    assert (draft.tags, draft.context, draft.expires_at, draft.session) == ([], {}, None, None)


def test_drafts_do_not_share_their_defaults() -> None:
    first, second = Draft(content="a", namespace="place"), Draft(content="b", namespace="place")
    first.tags.append("x")
    first.context["x"] = 1
    assert (second.tags, second.context) == ([], {})


@pytest.mark.parametrize("text", ["x" * MEBIBYTE, "ü" * (MEBIBYTE // 2), "🎉" * (MEBIBYTE // 4)])
def test_a_mebibyte_is_not_too_large(text: str) -> None:
    refuse_too_large(text, MemorySettings.model_validate({}))


@pytest.mark.parametrize("text", ["x" * (MEBIBYTE + 1), "ü" * (MEBIBYTE // 2) + "x"])
def test_one_byte_more_is_too_large_and_both_sizes_are_named(text: str) -> None:
    with pytest.raises(TooLarge, match="1048577 bytes, and a memory may have 1048576"):
        refuse_too_large(text, MemorySettings.model_validate({}))


def test_how_large_a_text_may_be_is_a_setting() -> None:
    refuse_too_large("x" * 10, MemorySettings.model_validate({"max_content_bytes": 10}))
    with pytest.raises(TooLarge, match="TMWS_MEMORY_MAX_CONTENT_BYTES"):
        refuse_too_large("x" * 11, MemorySettings.model_validate({"max_content_bytes": 10}))
