"""Which passwords are taken."""

import pytest

from tmws_accounts.passwords.rules import refuse_unfit
from tmws_core.tool_errors import InvalidArguments


@pytest.mark.parametrize("length", [15, 64, 128, 1024])
def test_a_long_password_is_taken(length: int) -> None:
    refuse_unfit(("correct horse battery staple " * 40)[: length - 1] + "!", "ann")


@pytest.mark.parametrize("length", [0, 1, 14, 1025])
def test_a_password_of_another_length_is_refused_with_the_limits(length: int) -> None:
    with pytest.raises(InvalidArguments, match=rf"has {length} characters, and must have 15 to 1024"):
        refuse_unfit("x" * length, "ann")


@pytest.mark.parametrize(
    "password",
    [
        "  leading and trailing  ",
        "ÄÖÜ äöü ßẞ éèê ñ",
        "e\u0301 decomposed e\u0301",
        "пароль из многих слов",
        "パスワードは長いほうがいいですよ",
        "🐢🐇🐢🐇🐢🐇🐢🐇🦔🐇🐢🐇🐢🐇🦔",
        "nul \0 and tab \t and line \n",
    ],
)
def test_any_characters_are_taken(password: str) -> None:
    refuse_unfit(password, "ann")


@pytest.mark.parametrize(
    "password",
    [
        "passwordstandard",
        "PasswordStandard",
        "1234567890987654321",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "passwordpassword",
        "passwordpasswordpass",
        "123456789123456789",
        "Letmein1Letmein1",
        "ann-the-first.ann-the-first.",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(InvalidArguments, match="guessed first"):
        refuse_unfit(password, "ann-the-first.")


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(InvalidArguments, match="half of a surrogate pair"):
        refuse_unfit("long enough \ud800 but broken", "ann")


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(InvalidArguments) as raised:
        refuse_unfit("passwordpassword", "ann")
    assert "passwordpassword" not in str(raised.value)
