"""Finds tags and types that go together, and memories that are recalled together."""

from collections.abc import Collection, Iterable, Sequence

from tmws_memory.condensing.item import Item, by_time
from tmws_memory.patterns.association import Rule, rules
from tmws_memory.patterns.found_pattern import MOST_MEMORIES, FoundPattern, signature, surest_first
from tmws_memory.patterns.symbols import symbols


def correlations(
    items: Iterable[Item],
    least_count: int = 3,
    least_confidence: float = 0.5,
    least_lift: float = 1.2,
    false_discovery_rate: float = 0.1,
    most: int = 100,
) -> list[FoundPattern]:
    """Find two or three tags and types that memories have together more often than chance would have it.

    Args:
        items: the memories.
        least_count: how many memories have to have them together.
        least_confidence: the confidence that the rule needs: the share of the memories with its condition that have
            its consequence as well.
        least_lift: how many times as high that share has to be as the share of all memories with the consequence.
        false_discovery_rate: which share of the correlations may be chance; 1 keeps all.
        most: how many correlations to return.

    Returns:
        The correlations, the surest first; the frequency is the number of memories.

    Raises:
        ValueError: an argument is out of range, or an item is there twice.
    """
    _check(least_count, least_confidence, least_lift)
    newest_first = by_time(items)[::-1]
    transactions = [symbols(item) for item in newest_first]
    found = rules(transactions, least_count, least_confidence, least_lift, false_discovery_rate, largest=3)
    return surest_first(
        [
            _pattern(
                rule,
                "stored",
                [
                    item.id
                    for item, some in zip(newest_first, transactions, strict=True)
                    if some.issuperset(rule.together)
                ],
            )
            for rule in found
        ],
        most,
    )


def recalled_together(
    recalls: Sequence[Collection[str]],
    least_count: int = 3,
    least_confidence: float = 0.5,
    least_lift: float = 1.2,
    false_discovery_rate: float = 0.1,
    largest_recall: int = 50,
    most: int = 100,
) -> list[FoundPattern]:
    """Find pairs of memories that are recalled together more often than chance would have it.

    Args:
        recalls: for each recall, the identifiers of the memories that it found.
        least_count: how many recalls have to find both.
        least_confidence: the share of the recalls of the one that have to find the other as well.
        least_lift: how many times as high that share has to be as the share of all recalls that find the other.
        false_discovery_rate: which share of the pairs may be chance; 1 keeps all.
        largest_recall: a recall that found more memories than this is left out, for it does not say which of them
            belong together.
        most: how many pairs to return.

    Returns:
        The pairs, the surest first; the frequency is the number of recalls.

    Raises:
        ValueError: an argument is out of range.
    """
    _check(least_count, least_confidence, least_lift)
    transactions = [frozenset(recall) for recall in recalls if 0 < len(set(recall)) <= largest_recall]
    found = rules(transactions, least_count, least_confidence, least_lift, false_discovery_rate, largest=2)
    return surest_first([_pattern(rule, "recalled", rule.together) for rule in found], most)


def _check(least_count: int, least_confidence: float, least_lift: float) -> None:
    if least_count < 1:
        raise ValueError(f"least_count is {least_count}; what goes together does so 1 time or more")
    if not 0 <= least_confidence <= 1:
        raise ValueError(f"least_confidence is {least_confidence}; give a number from 0 to 1")
    if least_lift < 0:
        raise ValueError(f"least_lift is {least_lift}; give 0 or more, where 1 is chance")


def _pattern(rule: Rule, how: str, memory_ids: Sequence[str]) -> FoundPattern:
    return FoundPattern(
        type="correlation",
        signature=signature("correlation", how, rule.together),
        pattern_data={
            "together": list(rule.together),
            "how": how,
            "condition": list(rule.condition),
            "consequence": rule.consequence,
            "support": rule.support,
            "lift": rule.lift,
        },
        confidence=min(1.0, rule.confidence),
        frequency=rule.count,
        memory_ids=tuple(memory_ids[:MOST_MEMORIES]),
    )
