"""Takes secrets out of what is recorded: by the names that they stand under, and by their own shapes.

It recognises what somebody thought of. A secret in a form of its own, under a harmless name, is recorded; so nothing
that a caller writes is recorded in the first place, see `tmws_audit.entries`.
"""

import re
from itertools import pairwise
from typing import Final

REDACTED: Final = "[redacted]"

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET = re.compile(
    "authorization|bearer|cookies?|credentials?|jwt|otp|passcode|passphrase|passw(?:or)?ds?|pwd|secrets?|tokens?|"
    "apikeys?|privatekeys?"
)
_BEFORE_KEY = re.compile("access|api|client|encryption|master|private|secret|session|sealing|signing")
# what is told about a secret, and is none: token_count, api_key_id
_HARMLESS_ENDING = re.compile("at|count|expires|id|kind|limit|names?|seconds|status|type")

_SHAPES = re.compile(
    r"""
    tmws_[a-z]{2,16}_[A-Za-z0-9]{2,64}_[A-Za-z0-9]{20,}         # a key or token of this server
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*-----|\Z)
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                          # a JSON Web Token (RFC 7519)
    | \b(?:gh[pousr]_|github_pat_|glpat-|sk-|sk_live_|sk_test_|rk_live_|xox[abeprs]-|npm_|pypi-|hf_)[\w-]{16,}
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
    | \bAIza[\w-]{30,}
    | \$argon2(?:id|i|d)\$\S+
    | (?<=://)[^\s/@:]*:[^\s/@]+(?=@)                            # user and password in a URL (RFC 3986, 3.2.1)
    """,
    re.VERBOSE | re.DOTALL,
)
_ANNOUNCED = re.compile(
    r"""
    (\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}                        # RFC 6750, RFC 7617
    | (\bcookie["']?\s*[=:]\s*)[^\r\n]+                           # all cookies of a header (RFC 6265, 4.2.1)
    | ((?:\b|_)(?:authorization|passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?
       (?:(?:bearer|basic)\s+)?)(?!\[redacted\])[^\s"',;&]+
    """,
    re.VERBOSE | re.IGNORECASE,
)
# no text without one of these can match, and most texts have none
_HINTS = re.compile(
    r"tmws_|-----|eyJ|gh[pousr]_|github_pat_|glpat-|sk[-_]|rk_live_|xox|npm_|pypi-|hf_|AKIA|ASIA|AIza|\$argon2|://"
    r"|bearer|basic|authorization|cookie|passw|passphrase|pwd|secret|token|api[_-]?key",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether what stands under this name is a secret: `password`, `clientSecret`, `X-API-Key`; not `token_count`."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or _HARMLESS_ENDING.fullmatch(words[-1]):
        return False
    if any(map(_SECRET.fullmatch, words)):
        return True
    return any(word in ("key", "keys") and _BEFORE_KEY.fullmatch(before) for before, word in pairwise(words))


def without_secrets(text: str) -> str:
    """The text, with everything that has the shape of a secret replaced."""
    if _HINTS.search(text) is None:
        return text
    return _ANNOUNCED.sub(lambda found: f"{found[1] or found[2] or found[3]}{REDACTED}", _SHAPES.sub(REDACTED, text))
