"""What may be dangerous in a skill, and why. Nothing here is refused: a reviewer looks at it.

The kinds follow the threats that the Agent Skills extension of MCP names (SEP-2640, security considerations) and
OWASP's MCP Top 10 (MCP03, tool poisoning); hidden characters are those of Unicode's UTS #55, section 3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DangerousPattern:
    """One thing to look for.

    Attributes:
        code: a short word that programs compare.
        reason: why it may be dangerous.
        expression: what it looks like; it takes linear time for every text.
        signs: words in lower case of which one is in every text that matches, to pass the others over quickly; where
            there are none, only what is beyond ASCII can match.
    """

    code: str
    reason: str
    expression: re.Pattern[str]
    signs: Sequence[str] = ()


_SHELL = r"(?:(?:ba|da|z|k|fi)?sh|python[\d.]*|perl|ruby|node|iex)\b"
_FETCH = r"\b(?:curl|wget|iwr|invoke-webrequest)\b"
_SEND = r"\b(?:curl|wget|ncat|nc|scp|invoke-restmethod)\b"
_CREDENTIALS_FILE = (
    r"(?:\.ssh/id_[a-z]|\.aws/credentials|\.netrc\b|\.kube/config|\.docker/config\.json|\.git-credentials|/etc/shadow)"
)


def _pattern(code: str, reason: str, expression: str, *signs: str) -> DangerousPattern:
    return DangerousPattern(code, reason, re.compile(expression, re.IGNORECASE | re.MULTILINE), signs)


def _up_to(end: str, *, start: str, most: int = 300, without: str = r"\n") -> str:
    """What stands between a start and an end of one line.

    It passes no second start: otherwise each of many starts would look at the same text again.
    """
    return rf"(?:(?!{start})[^{without}]){{0,{most}}}?{end}"


PATTERNS: Sequence[DangerousPattern] = (
    _pattern(
        "download_to_shell",
        "what a foreign server sends is run without anybody having seen it",
        _FETCH + _up_to(rf"\|\s{{0,9}}(?:sudo\s{{1,9}})?{_SHELL}", start=_FETCH, without=r"\n|;"),
        "curl",
        "wget",
        "iwr",
        "invoke-webrequest",
    ),
    _pattern(
        "download_in_substitution",
        "what a foreign server sends is run without anybody having seen it",
        rf"(?:{_SHELL}\s{{1,9}}(?:-c\s{{1,9}})?[\"']?|\beval\s{{1,9}}[\"']?|\bsource\s{{1,9}})"
        r"(?:\$\(|<\(|`) ?(?:curl|wget)\b",
        *(f"{opening}{gap}{word}" for opening in ("$(", "<(", "`") for gap in ("", " ") for word in ("curl", "wget")),
    ),
    _pattern(
        "decoded_to_shell",
        "what is run cannot be read where it stands",
        r"\bbase64\s{1,9}(?:-d|--decode)\b"
        + _up_to(rf"\|\s{{0,9}}(?:sudo\s{{1,9}})?{_SHELL}", start=r"\bbase64\b", without=r"\n;"),
        "base64",
    ),
    _pattern(
        "decoded_to_interpreter",
        "what is run cannot be read where it stands",
        r"\b(?:exec|eval)\s{0,5}\("
        + _up_to(r"\b(?:b64decode|fromhex|atob|unhexlify|decompress)\b", start=r"\b(?:exec|eval)\b", most=80),
        "b64decode",
        "fromhex",
        "atob",
        "unhexlify",
        "decompress",
    ),
    _pattern(
        "encoded_command",
        "what is run cannot be read where it stands",
        r"\bpowershell(?:\.exe)?\b"
        + _up_to(r"\s-e(?:nc|ncodedcommand)?\s{1,9}[a-z0-9+/=]{20}", start=r"\bpowershell\b", most=100),
        "powershell",
    ),
    _pattern(
        "delete_everything",
        "it deletes the whole disk or the whole home folder",
        r"\brm\s{1,9}(?:-[-\w]{1,40}\s{1,9}){0,4}-\w{0,9}[rf]\w{0,9}\s{1,9}(?:-[-\w]{1,40}\s{1,9}){0,4}"
        r"[\"']?(?:/|~|\$HOME|\$\{HOME\})[\"']?/?\*?(?=[\s\"'`;&|)]|$)",
        "rm ",
        "rm\t",
    ),
    _pattern(
        "overwrite_disk",
        "it overwrites a disk",
        r"\bdd\s"
        + _up_to(r"\bof=/dev/(?:sd|nvme|hd|vd|disk)", start=r"\bdd\b", most=100)
        + r"|\bmkfs(?:\.\w{1,9})?\s{1,9}/dev/|>\s{0,9}/dev/(?:sd|nvme|hd|vd)[a-z0-9]",
        "/dev/",
    ),
    _pattern(
        "fork_bomb",
        "it starts itself without end",
        r":\s?\(\s?\)\s?\{\s?:\s?\|\s?:\s?&\s?\}\s?;\s?:",
        "|",
    ),
    _pattern(
        "secrets_sent_away",
        "secrets of the machine are sent to another one",
        _SEND
        + _up_to(_CREDENTIALS_FILE, start=_SEND)
        + rf"|{_CREDENTIALS_FILE}"
        + _up_to(rf"\|\s{{0,9}}{_SEND}", start=_CREDENTIALS_FILE),
        ".ssh/id_",
        ".aws/credentials",
        ".netrc",
        ".kube/config",
        ".docker/config.json",
        ".git-credentials",
        "/etc/shadow",
    ),
    _pattern(
        "secrets_in_address",
        "a secret of the environment is sent to another machine as a part of an address",
        _FETCH
        + _up_to(
            r"https?://[^\s\"'$]{1,200}[?&=][^\s\"'$]{0,200}\$\{?\w{0,40}(?:KEY|TOKEN|SECRET|PASSWORD)\b",
            start=rf"{_FETCH}|https?:",
        ),
        "curl",
        "wget",
        "iwr",
        "invoke-webrequest",
    ),
    _pattern(
        "environment_sent_away",
        "the whole environment, with its secrets, is sent to another machine",
        r"\b(?:env|printenv)\b ?\|"
        + _up_to(_SEND, start=r"\b(?:env|printenv)\b", most=200)
        + rf"|{_SEND}"
        + _up_to(r"(?:\$\(|`) ?(?:env|printenv)\b", start=_SEND, most=200),
        "printenv",
        "env |",
        "env|",
        "$(env",
        "$( env",
        "`env",
        "` env",
    ),
    _pattern(
        "reverse_shell",
        "it gives somebody else a shell on the machine",
        r"/dev/tcp/[\w.$-]{1,100}/|\bn(?:c|cat)\s"
        + _up_to(r"-\w{0,9}[ec]\w{0,9}\s{1,9}/bin/(?:ba)?sh", start=r"\bn(?:c|cat)\b", most=80),
        "/dev/tcp",
        "/bin/",
    ),
    _pattern(
        "ignore_instructions",
        "it tells the model to pass over what others have told it",
        r"\b(?:ignore|disregard|forget|override|bypass)\s{1,9}(?:all\s{1,9}|any\s{1,9}|every\s{1,9})?(?:of\s{1,9})?"
        r"(?:the\s{1,9}|your\s{1,9}|my\s{1,9})?(?:previous|prior|earlier|above|preceding|system|safety)\s{1,9}"
        r"(?:instruction|prompt|rule|guideline|message|direction)s?\b",
        "ignore",
        "disregard",
        "forget",
        "override",
        "bypass",
    ),
    _pattern(
        "hide_from_user",
        "it tells the model to keep something from the person that it works for",
        r"\b(?:do\s{1,9}not|don'?t|never)\s{1,9}(?:tell|inform|mention|reveal|disclose)\b[^\n.]{0,40}?"
        r"\b(?:user|human|operator)\b"
        r"|\bwithout\s{1,9}(?:telling|informing|asking|notifying)\s{1,9}(?:the\s{1,9})?(?:user|human|operator)\b",
        "user",
        "human",
        "operator",
    ),
    _pattern(
        "approval_bypassed",
        "it turns off what asks the person before something is done",
        r"--dangerously-skip-permissions\b|--yolo\b|\bbypassPermissions\b",
        "--dangerously-skip-permissions",
        "--yolo",
        "bypasspermissions",
    ),
    _pattern(
        "instructions_in_comment",
        "a reader of the rendered page does not see it, and a model does",
        r"<!--[^<>]{0,2000}?"
        r"\b(?:you must|ignore (?:all|any|the|previous)|system prompt|do not tell|secretly|exfiltrat)",
        "<!--",
    ),
    _pattern(
        "persistence",
        "it makes something run again later, after the work is done",
        r"\bcrontab\s{1,9}-(?!l\b)|>>\s{0,9}~?[\w/$.{}-]{0,100}\.(?:bashrc|zshrc|profile|bash_profile)\b"
        r"|\.ssh/authorized_keys",
        "crontab",
        ".bashrc",
        ".zshrc",
        ".profile",
        ".bash_profile",
        "authorized_keys",
    ),
    _pattern(
        "hidden_tags",
        "Unicode tag characters: text that no person sees and a model reads",
        # those of a regional flag are few, and stand behind it (Unicode's UTS #51, appendix C)
        "(?<![\U0001f3f4\U000e0000-\U000e007f])[\U000e0000-\U000e007f]+|(?<=\U0001f3f4)[\U000e0000-\U000e007f]{8,}",
    ),
    _pattern(
        "bidirectional_override",
        "characters that show a text in another order than it is read in",
        "[\u202a-\u202e\u2066-\u2069]",
    ),
    _pattern(
        "invisible_characters",
        "characters without width within words: what is read differs from what is seen",
        "(?<=[A-Za-z0-9])[\u200b\u2060\u2061-\u2064\u180e]+(?=[A-Za-z0-9])|[\u200b\u2060\ufeff\u200c\u200d]{4,}",
    ),
)
