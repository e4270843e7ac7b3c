"""What came of campaigns: per rule and per source, in a fixed number of queries.

Test events count nowhere. A line's rewards are each in exactly one of its columns, so
they add up; of what was ordered, its reward says in which.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from orders.award_states import AwardStatus, EventStatus, VersionStatus
from orders.models import Award, Event, RuleVersion
from orders.states import RewardStatus
from portal.money import Money
from programs.models import ApiKey, Program

_A, _R = AwardStatus, RewardStatus
WAITING, HELD, REFUSED = "waiting", "held", "refused"
REWARDED, ENDED = "rewarded", "ended"
# Where a reward is counted, by its own status and by that of what was ordered for it.
_COLUMNS: Final[Mapping[str, str]] = {
    _A.WAITING: WAITING,
    _A.COLLECTING: WAITING,
    _A.READY: WAITING,
    _A.HELD: HELD,
    _A.REFUSED: REFUSED,
    _A.CANCELLED: ENDED,
    _A.BLOCKED: ENDED,
    _A.ORDERED: WAITING,
}
_ORDERED: Final[Mapping[str, str]] = {
    _R.QUEUED: WAITING,
    _R.PLACED: REWARDED,
    _R.SENT: REWARDED,
    _R.CLAIMED: REWARDED,
    _R.SHIPPED: REWARDED,
    _R.FAILED: ENDED,
    _R.CANCELLED: ENDED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule or source: its events, and what became of the rewards they earned.

    `face` and `cost` are of those rewarded; the cost is what the provider charged so
    far.
    """

    pk: int | None
    name: str
    program: Program
    events: int
    matched: int
    counts: Mapping[str, int]
    face: Money
    cost: Money


@dataclass(frozen=True, slots=True)
class Report:
    rules: Sequence[Line]
    sources: Sequence[Line]

    def total(self, column: str) -> int:
        """Of all rewards: of this column."""
        return sum(line.counts.get(column, 0) for line in self.sources)

    @property
    def events(self) -> int:
        return sum(line.events for line in self.sources)

    @property
    def matched(self) -> int:
        return sum(line.matched for line in self.sources)

    @property
    def spent(self) -> list[Money]:
        """One amount per currency: sums across currencies would be fiction."""
        found: dict[str, Money] = {}
        for line in self.sources:
            currency = line.cost.currency
            found[currency] = (
                found.get(currency, Money.of_minor(0, currency)) + line.cost
            )
        return [found[currency] for currency in sorted(found)]


@dataclass(slots=True)
class _Sums:
    counts: Counter[str] = field(default_factory=Counter)
    face: int = 0
    cost: int = 0

    def add(self, column: str, count: int, face: int, cost: int) -> None:
        """So many rewards more in this column."""
        self.counts[column] += count
        if column == REWARDED:
            self.face += face
            self.cost += cost


# Of these an event is only looked at, so what is alike in them is counted together.
_Events = Mapping[tuple[int, int, str], tuple[int, int]]


def report(programs: QuerySet[Program], period: Q) -> Report:
    """Of these programs; `period` is a condition on events."""
    loaded = {program.pk: program for program in programs}
    events = Event.objects.filter(period, program__in=loaded, is_test=False)
    awards = Award.objects.filter(event__in=events)
    counted = _counted(events)
    by_rule, by_key = _sums(awards)
    rules = list(_rules(loaded, counted, by_rule, _matched(awards)))
    return Report(
        sorted(rules, key=lambda line: (line.pk is None, line.name, line.pk)),
        list(_sources(loaded, counted, by_key)),
    )


def _counted(events: QuerySet[Event]) -> _Events:
    """How many, and how many matched, by program, key and type."""
    alike = events.values_list("program", "key", "type").annotate(
        n=Count("pk"), matched=Count("pk", filter=Q(status=EventStatus.MATCHED))
    )
    return {tuple(of): (n, matched) for *of, n, matched in alike.order_by()}


def _matched(awards: QuerySet[Award]) -> Mapping[tuple[int, int | None], int]:
    """How many events each rule matched."""
    alike = awards.values_list("program", "rule")
    counted = alike.annotate(n=Count("event", distinct=True)).order_by()
    return {(program, rule): n for program, rule, n in counted}


def _sums(
    awards: QuerySet[Award],
) -> tuple[Mapping[tuple[int, int | None], _Sums], Mapping[tuple[int, int], _Sums]]:
    """What became of the rewards, by program and rule, and by program and key."""
    by_rule: dict[tuple[int, int | None], _Sums] = defaultdict(_Sums)
    by_key: dict[tuple[int, int], _Sums] = defaultdict(_Sums)
    alike = awards.values_list(
        "program", "rule", "event__key", "status", "reward__status"
    ).annotate(n=Count("pk"), face=Sum("value_minor"), cost=Sum("reward__cost_minor"))
    for program, rule, key, status, ordered, n, face, cost in alike.order_by():
        column = _ORDERED[ordered] if ordered else _COLUMNS[status]
        for sums in (by_rule[program, rule], by_key[program, key]):
            sums.add(column, n, face, cost or 0)
    return by_rule, by_key


def _rules(
    programs: Mapping[int, Program],
    counted: _Events,
    by_rule: Mapping[tuple[int, int | None], _Sums],
    matched: Mapping[tuple[int, int | None], int],
) -> Iterator[Line]:
    """Every rule that was ever in force, and what was asked for without one."""
    by_type: Counter[tuple[int, str]] = Counter()
    for (program, _key, type), (n, _matches) in counted.items():
        by_type[program, type] += n
    versions = RuleVersion.objects.filter(
        rule__program__in=programs, rule__in_force__isnull=False
    ).exclude(status=VersionStatus.DRAFT)
    types: dict[tuple[int, int, str], set[str]] = defaultdict(set)
    named = ("rule__program", "rule", "rule__name", "event_type")
    for program, rule, name, type in versions.values_list(*named).distinct():
        types[program, rule, name].add(type)
    for (program, rule, name), asked in types.items():
        events = sum(by_type[program, type] for type in asked)
        sums, matches = by_rule.get((program, rule)), matched.get((program, rule), 0)
        yield _line(programs[program], rule, name, events, matches, sums)
    for own in programs.values():
        if events := by_type[own.pk, ""]:
            name, matches = (
                _("Asked for without a rule"),
                matched.get((own.pk, None), 0),
            )
            yield _line(own, None, name, events, matches, by_rule.get((own.pk, None)))


def _sources(
    programs: Mapping[int, Program],
    counted: _Events,
    by_key: Mapping[tuple[int, int], _Sums],
) -> Iterator[Line]:
    """Every key that reported something."""
    together: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (_program, key_id, _type), (n, matches) in counted.items():
        together[key_id][0] += n
        together[key_id][1] += matches
    keys = ApiKey.objects.filter(pk__in=together).order_by("name", "pk")
    for key in keys:
        events, matches = together[key.pk]
        sums = by_key.get((key.program_id, key.pk))
        program = programs[key.program_id]
        yield _line(program, key.pk, key.name, events, matches, sums)


def _line(
    program: Program,
    pk: int | None,
    name: str,
    events: int,
    matched: int,
    sums: _Sums | None,
) -> Line:
    sums = sums or _Sums()
    return Line(
        pk=pk,
        name=name,
        program=program,
        events=events,
        matched=matched,
        counts=sums.counts,
        face=program.money(sums.face),
        cost=program.money(sums.cost),
    )
