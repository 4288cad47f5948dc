"""Identifiers of rows, and of errors in the log."""

import os
import time
from uuid import UUID


def new_identifier() -> str:
    """A UUID of version 7 as dashed text: unique everywhere, and ordered by the millisecond of its creation.

    The layout is RFC 9562, section 5.7: 48 bits of Unix time in milliseconds, version, 12 random bits, variant,
    62 random bits.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | random
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))
