"""Association rules: what occurs together more often than chance would have it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from tmws_memory.patterns.significance import chance, threshold

# fifty things have twenty thousand triples
_MOST_IN_TRIPLES = 20


@dataclass(frozen=True, slots=True)
class Rule:
    """Where the condition holds, the consequence often holds as well.

    Attributes:
        condition: what is there, sorted.
        consequence: what is there then.
        count: in how many transactions both are.
        support: in which share of all transactions both are.
        confidence: in which share of those with the condition the consequence is, too.
        lift: how many times as often that is as in all transactions.
    """

    condition: tuple[str, ...]
    consequence: str
    count: int
    support: float
    confidence: float
    lift: float

    @property
    def together(self) -> tuple[str, ...]:
        """Condition and consequence, sorted."""
        return tuple(sorted((*self.condition, self.consequence)))


def rules(
    transactions: Sequence[frozenset[str]],
    least_count: int,
    least_confidence: float,
    least_lift: float,
    false_discovery_rate: float,
    largest: int,
) -> list[Rule]:
    """Find association rules with Apriori (Agrawal and Srikant 1994).

    A rule counts when it is unlikely to be chance, and one with two conditions only when it is surer than with either
    of them alone (Bayardo, Agrawal and Gunopulos 1999). Of the rules over the same things, the surest is returned.
    Three things are looked for among the twenty commonest of a transaction.

    Args:
        transactions: what was there together, each time.
        least_count: how often that has to be.
        least_confidence: the confidence that a rule needs.
        least_lift: the lift that it needs.
        false_discovery_rate: which share of the rules may be chance; 1 keeps all.
        largest: how many things a rule may be about, 2 or 3.

    Returns:
        The rules, sorted by what they are about.
    """
    counts = _frequent(transactions, least_count, largest)
    things = sum(len(together) == 1 for together in counts)
    found: list[Rule] = []
    for size in range(2, largest + 1):
        tested = [_surest(together, counts, len(transactions)) for together in counts if len(together) == size]
        chances = {rule: _chance(rule, counts, len(transactions)) for rule in tested}
        limit = threshold(chances.values(), comb(things, size), false_discovery_rate)
        found += [
            rule
            for rule in tested
            if rule.confidence >= least_confidence
            and rule.lift >= least_lift
            and chances[rule] <= limit
            and _is_surer_than_its_parts(rule, counts)
        ]
    return sorted(found, key=lambda rule: rule.together)


def _surest(together: tuple[str, ...], counts: Counter[tuple[str, ...]], total: int) -> Rule:
    """The surest rule over some things; of equally sure ones, the one with the rarer consequence."""
    candidates = (_rule(together, consequence, counts, total) for consequence in together)
    return max(candidates, key=lambda rule: (rule.confidence, rule.lift, rule.condition))


def _frequent(transactions: Sequence[frozenset[str]], least_count: int, largest: int) -> Counter[tuple[str, ...]]:
    """How often each set of things occurs together, for sets of which all parts are frequent."""
    things = _counted(((thing,) for one in transactions for thing in one), least_count)
    rest = [sorted(thing for thing in one if (thing,) in things) for one in transactions]
    pairs = _counted((pair for one in rest for pair in combinations(one, 2)), least_count)
    if largest == 2:
        return things + pairs
    few = [sorted(sorted(one, key=lambda thing: (-things[thing,], thing))[:_MOST_IN_TRIPLES]) for one in rest]
    triples = (triple for one in few for triple in combinations(one, 3))
    return things + pairs + _counted((one for one in triples if pairs.keys() >= {*combinations(one, 2)}), least_count)


def _counted(sets: Iterable[tuple[str, ...]], least_count: int) -> Counter[tuple[str, ...]]:
    return Counter({one: count for one, count in Counter(sets).items() if count >= least_count})


def _rule(together: tuple[str, ...], consequence: str, counts: Counter[tuple[str, ...]], total: int) -> Rule:
    condition = tuple(thing for thing in together if thing != consequence)
    confidence = counts[together] / counts[condition]
    return Rule(
        condition=condition,
        consequence=consequence,
        count=counts[together],
        support=round(counts[together] / total, 4),
        confidence=round(confidence, 4),
        lift=round(confidence * total / counts[consequence,], 4),
    )


def _is_surer_than_its_parts(rule: Rule, counts: Counter[tuple[str, ...]]) -> bool:
    return len(rule.condition) == 1 or all(
        rule.confidence > counts[tuple(sorted((part, rule.consequence)))] / counts[part,] for part in rule.condition
    )


def _chance(rule: Rule, counts: Counter[tuple[str, ...]], total: int) -> float:
    """How probable so many hits are for a condition that has nothing to do with the consequence.

    With two conditions, for one that adds nothing to the better of them.
    """
    rate = counts[rule.consequence,] / total
    if len(rule.condition) > 1:
        rate = max(counts[tuple(sorted((part, rule.consequence)))] / counts[part,] for part in rule.condition)
    return chance(rule.count, counts[rule.condition], rate)
