"""What a credential looks like, and what can be told from its text alone."""

import re
import string
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_accounts.credential import SHAPE, Kind, new_credential, read_credential

KINDS = get_args(Kind)
ALPHABET = string.digits + string.ascii_letters


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_says_what_it_is_for(kind: Kind) -> None:
    assert re.fullmatch(rf"tmws_{kind}_[0-9A-Za-z]{{16}}_[0-9A-Za-z]{{38}}", new_credential(kind).text)


def test_a_secret_has_at_least_160_random_bits() -> None:
    secrets = [new_credential("key").text.split("_")[3][:-6] for _ in range(2000)]
    # 32 places, in each of which every one of the 62 characters comes up, so none of them is fixed
    assert all({secret[place] for secret in secrets} == set(ALPHABET) for place in range(32))
    assert 62**32 > 2**160


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_can_be_read_back(kind: Kind) -> None:
    credential = new_credential(kind)
    assert read_credential(credential.text) == credential


def test_the_parts_of_a_credential_are_told_apart() -> None:
    credential = new_credential("key", "a" * 16)
    assert (credential.kind, credential.identifier, credential.name) == ("key", "a" * 16, f"key:{'a' * 16}")


@given(st.integers(0, 63), st.sampled_from(ALPHABET))
def test_a_changed_character_is_noticed(place: int, character: str) -> None:
    text = new_credential("key").text
    changed = text[:place] + character + text[place + 1 :]
    assert (read_credential(changed) is None) == (changed != text)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "0",
        lambda text: f" {text}",
        lambda text: f"{text}\n",
        lambda text: text.upper(),
        lambda text: text.replace("tmws_key", "tmws_kex"),
        lambda text: text.replace("tmws_key", "tmws_access"),
        lambda text: text[:-1] + "١",
        lambda text: "\ud800",
        lambda text: text * 1000,
    ],
)
def test_what_is_no_credential_is_none(change: object) -> None:
    assert callable(change)
    assert read_credential(change(new_credential("key").text)) is None


def test_a_credential_does_not_show_its_secret() -> None:
    credential = new_credential("key")
    assert credential.text not in repr(credential)
    assert repr(credential) == f"Credential(kind='key', identifier='{credential.identifier}')"


def test_a_kept_hash_matches_its_credential_alone() -> None:
    credential, other = new_credential("key"), new_credential("key")
    assert credential.matches(credential.digest)
    assert not other.matches(credential.digest)
    assert not credential.matches(None)


def test_a_successor_is_the_same_each_time() -> None:
    credential = new_credential("refresh")
    assert credential.derived("access", "b" * 16, "nonce") == credential.derived("access", "b" * 16, "nonce")


@pytest.mark.parametrize(
    ("kind", "identifier", "nonce"),
    [("refresh", "b" * 16, "nonce"), ("access", "c" * 16, "nonce"), ("access", "b" * 16, "x")],
)
def test_another_kind_identifier_or_nonce_leads_to_another_successor(kind: Kind, identifier: str, nonce: str) -> None:
    credential = new_credential("refresh")
    first = credential.derived("access", "b" * 16, "nonce").text.split("_")[3]
    assert credential.derived(kind, identifier, nonce).text.split("_")[3] != first


def test_a_successor_is_a_credential() -> None:
    successor = new_credential("refresh").derived("access", "b" * 16, "nonce")
    assert read_credential(successor.text) == successor


def test_a_lost_credential_is_found_in_a_text() -> None:
    credential = new_credential("key")
    found = SHAPE.search(f"curl -H 'Authorization: Bearer {credential.text}' http://127.0.0.1")
    assert found is not None
    assert found[0] == credential.text
