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
        signs: words in lower case of which one is in every text that matches, to pass the others over quickly.
    """

    code: str
    reason: str
    expression: re.Pattern[str]
    signs: Sequence[str] = ()


_SHELL = r"(?:(?:ba|da|z|k|fi)?sh|python[\d.]*|perl|ruby|node|iex)\b"
_CREDENTIALS = (
    r"(?:\.ssh/id_\w+|\.aws/credentials|\.netrc|\.kube/config|\.docker/config\.json|\.git-credentials|/etc/shadow"
    r"|[\w$]*(?:API_KEY|SECRET|TOKEN|PASSWORD|CREDENTIALS)\b)"
)


def _pattern(code: str, reason: str, expression: str, *signs: str, flags: int = re.IGNORECASE) -> DangerousPattern:
    return DangerousPattern(code, reason, re.compile(expression, flags), signs)


PATTERNS: Sequence[DangerousPattern] = (
    _pattern(
        "download_to_shell",
        "what a foreign server sends is run without anybody having seen it",
        rf"\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n|;]{{0,300}}\|\s*(?:sudo\s+)?{_SHELL}",
        "curl",
        "wget",
        "iwr",
        "invoke-webrequest",
    ),
    _pattern(
        "download_in_substitution",
        "what a foreign server sends is run without anybody having seen it",
        rf"(?:{_SHELL}\s+(?:-c\s+)?[\"']?|\beval\s+[\"']?|\bsource\s+|\.\s+)(?:\$\(|<\(|`)\s*(?:curl|wget)\b",
        "curl",
        "wget",
    ),
    _pattern(
        "decoded_to_shell",
        "what is run cannot be read where it stands",
        rf"\bbase64\s+(?:-d|-D|--decode)\b[^\n;]{{0,200}}\|\s*(?:sudo\s+)?{_SHELL}",
        "base64",
    ),
    _pattern(
        "decoded_to_interpreter",
        "what is run cannot be read where it stands",
        r"\b(?:exec|eval)\s{0,5}\([^\n]{0,80}\b(?:b64decode|fromhex|atob|unhexlify|decompress)\b",
        "b64decode",
        "fromhex",
        "atob",
        "unhexlify",
        "decompress",
    ),
    _pattern(
        "encoded_command",
        "what is run cannot be read where it stands",
        r"\bpowershell(?:\.exe)?\b[^\n]{0,100}\s-e(?:nc|ncodedcommand)?\s+[A-Za-z0-9+/=]{20}",
        "powershell",
    ),
    _pattern(
        "delete_everything",
        "it deletes the whole disk or the whole home folder",
        r"\brm\s+(?:-[-\w]+\s+){0,4}-\w*[rf]\w*\s+(?:-[-\w]+\s+){0,4}[\"']?(?:/|~|\$HOME|\$\{HOME\})[\"']?/?\*?(?=[\s\"'`;&|)]|$)",
        "rm ",
        "rm\t",
        flags=re.IGNORECASE | re.MULTILINE,
    ),
    _pattern(
        "overwrite_disk",
        "it overwrites a disk",
        r"\bdd\s[^\n]{0,100}\bof=/dev/(?:sd|nvme|hd|vd|disk)|\bmkfs(?:\.\w+)?\s+/dev/|>\s*/dev/(?:sd|nvme|hd|vd)[a-z0-9]",
        "/dev/",
    ),
    _pattern(
        "fork_bomb",
        "it starts itself without end",
        r":\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:",
        "|",
    ),
    _pattern(
        "secrets_sent_away",
        "secrets of the machine are sent to another one",
        rf"(?:\b(?:curl|wget|nc|ncat|scp|Invoke-RestMethod)\b[^\n]{{0,300}}{_CREDENTIALS}"
        rf"|{_CREDENTIALS}[^\n]{{0,300}}\|\s*(?:curl|wget|nc|ncat)\b)[^\n]{{0,300}}",
        "curl",
        "wget",
        "nc",
        "scp",
        "invoke-restmethod",
    ),
    _pattern(
        "environment_sent_away",
        "the whole environment, with its secrets, is sent to another machine",
        r"\b(?:env|printenv|set)\b\s*\|[^\n]{0,200}\b(?:curl|wget|nc|ncat)\b"
        r"|\b(?:curl|wget)\b[^\n]{0,200}(?:\$\(|`)\s*(?:env|printenv)\b",
        "curl",
        "wget",
        "nc",
    ),
    _pattern(
        "reverse_shell",
        "it gives somebody else a shell on the machine",
        r"/dev/tcp/[\w.$-]+/|\bn(?:c|cat)\s[^\n]{0,80}-\w*[ec]\w*\s+/bin/(?:ba)?sh",
        "/dev/tcp",
        "/bin/",
    ),
    _pattern(
        "ignore_instructions",
        "it tells the model to pass over what others have told it",
        r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+|any\s+|every\s+)?(?:of\s+)?(?:the\s+|your\s+|my\s+)?"
        r"(?:previous|prior|earlier|above|preceding|system|safety)\s+(?:instruction|prompt|rule|guideline|message|direction)s?",
        "ignore",
        "disregard",
        "forget",
        "override",
        "bypass",
    ),
    _pattern(
        "hide_from_user",
        "it tells the model to keep something from the person that it works for",
        r"\b(?:do\s+not|don'?t|never)\s+(?:tell|inform|show|mention|reveal|disclose)\b[^\n.]{0,40}\b(?:the\s+)?(?:user|human|operator)\b"
        r"|\bwithout\s+(?:telling|informing|asking|notifying)\s+(?:the\s+)?(?:user|human|operator)\b",
        "user",
        "human",
        "operator",
    ),
    _pattern(
        "approval_bypassed",
        "it turns off what asks the person before something is done",
        r"--dangerously-skip-permissions|--no-verify-ssl|--yolo\b|\bbypassPermissions\b",
        "--dangerously-skip-permissions",
        "--no-verify-ssl",
        "--yolo",
        "bypasspermissions",
    ),
    _pattern(
        "instructions_in_comment",
        "a reader of the rendered page does not see it, and a model does",
        r"<!--(?:(?!-->)[\s\S]){0,2000}?\b(?:you must|ignore|system prompt|do not tell|secretly|exfiltrat)",
        "<!--",
    ),
    _pattern(
        "persistence",
        "it makes something run again later, after the work is done",
        r"\bcrontab\s+-(?!l\b)|>>\s*~?[\w/$.{}-]*/?\.(?:bashrc|zshrc|profile|bash_profile)\b|\.ssh/authorized_keys",
        "crontab",
        "rc",
        "profile",
        "authorized_keys",
    ),
    _pattern(
        "hidden_tags",
        "Unicode tag characters: text that no person sees and a model reads",
        "[\U000e0000-\U000e007f]{2,}(?<!\U000e007f)",
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
