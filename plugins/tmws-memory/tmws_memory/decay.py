"""How a memory's relevance fades while nobody reads it, and what a reading gives back: the one definition of both.

A row holds the relevance that a memory had when it was last read, or else remembered. What it is now follows from the
time since then, so nothing has to be written while it fades, and nothing fades twice: a reading writes down what is
left and what it adds, together with its moment.
"""

FLOOR = 0.01
"""Nothing is ever of less relevance."""
KEPT, GAINED = 0.99, 0.05
"""What a reading keeps of the relevance, and what it adds, up to 1."""
_SECONDS_A_DAY = 86_400


def decayed(relevance: float, seconds_unused: float, half_life_days: float) -> float:
    """What is left of a relevance.

    Args:
        relevance: what it was when it was written down, from 0 to 1.
        seconds_unused: how long ago that was; what is yet to come has not faded.
        half_life_days: after how many days half of it is left.
    """
    days = max(0.0, seconds_unused / _SECONDS_A_DAY)
    return max(FLOOR, float(relevance * 0.5 ** (days / half_life_days)))


def boosted(relevance: float) -> float:
    """The relevance after a reading, which a memory in use keeps near 1.

    Args:
        relevance: what was left of it at that moment.
    """
    return min(1.0, relevance * KEPT + GAINED)
