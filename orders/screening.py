"""Whether many rewards may be sent now: eligibility's rules, asked for all at once.

The same answers as `eligibility.problems` gives one by one, with a handful of queries
for a thousand rewards.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from orders import earlier, eligibility, postal, pricing
from orders.claims import assigned
from orders.eligibility import Gift, Problem
from orders.models import Claim, Order, Reward
from portal.money import Money
from programs import catalogue, consent_many
from programs.consent_history import Channel
from programs.consent_many import Target
from programs.models import Product, Program

AT_ONCE: Final = 1000


class Screen:
    """The rules of one program, and what its people were given, read as needed.

    Rewards come with their product and recipient loaded, saved or not. Those of one
    order come in any number of portions; a person's earlier ones count for the later.
    """

    def __init__(
        self,
        order: Order,
        *,
        counts_stored: bool = False,
        asks_consent: bool = True,
        asks_address: bool = True,
    ) -> None:
        """`counts_stored` if one portion is to be added to what the order has.

        `asks_consent` unless it will be asked again before anything is sent,
        `asks_address` unless recipients may still be asked for theirs.
        """
        self._order = order
        self._program: Program = order.program
        self._counts_stored = counts_stored
        offered = catalogue.offered_in(self._program, order.type)
        self._offered = set(offered.values_list("pk", flat=True))
        self._rules: list[Callable[[Sequence[Reward]], list[Problem | None]]] = [
            self._cap
        ]
        if order.is_postal:
            self._rules.insert(0, partial(parcel_problems, asks_address=asks_address))
        elif asks_consent:
            self._rules.insert(0, partial(contact_problems, self._program))
        self._priced: dict[tuple[int, int, int], Problem | None] = {}
        self._seen: defaultdict[int, int] = defaultdict(int)

    def problems(self, rewards: Sequence[Reward]) -> list[Problem | None]:
        """For each of these the first thing that stands in its way, or None."""
        found = [self._price(r) or self._delivery(r) for r in rewards]
        for rule in self._rules:
            open_ones = [i for i, problem in enumerate(found) if problem is None]
            answers = rule([rewards[i] for i in open_ones])
            for i, problem in zip(open_ones, answers, strict=True):
                found[i] = problem
        return found

    def _price(self, reward: Reward) -> Problem | None:
        key = (reward.product_id, reward.value_minor, reward.quantity)
        if key not in self._priced:
            gift = self._bare(reward.product, reward.value_minor, reward.quantity)
            self._priced[key] = next(
                (
                    problem
                    for rule in (self._product, self._reward_cap)
                    for problem in rule(gift)
                ),
                None,
            )
        return self._priced[key]

    def _product(self, gift: Gift) -> Iterator[Problem]:
        return eligibility.product_problems(gift, offered=self._offered)

    def _reward_cap(self, gift: Gift) -> Iterator[Problem]:
        face = Money.rounded(gift.value * gift.quantity, self._program.currency)
        return eligibility.reward_cap_problems(self._program, face)

    def _bare(self, product: Product, value_minor: int, quantity: int) -> Gift:
        return Gift(
            program=self._program,
            product=product,
            value=self._program.money(value_minor).amount,
            quantity=quantity,
            recipient=None,
            email="",
            phone="",
            deliver_at=None,
            delivery_type=self._order.type,
        )

    def _delivery(self, reward: Reward) -> Problem | None:
        return next(eligibility.delivery_problems(reward.deliver_at), None)

    def _cap(self, rewards: Sequence[Reward]) -> list[Problem | None]:
        """The cap for one person, over all portions of the order."""
        if self._program.recipient_cap_minor is None:
            return [None] * len(rewards)
        given = self._given({_root(reward) for reward in rewards})
        found = []
        for reward in rewards:
            face = reward.value_minor * reward.quantity
            before = given[_root(reward)] + self._seen[_root(reward)]
            problem = next(
                eligibility.recipient_cap_problems(
                    self._program,
                    self._program.money(face),
                    self._program.money(before),
                ),
                None,
            )
            if problem is None:
                self._seen[_root(reward)] += face
            found.append(problem)
        return found

    def _given(self, roots: set[int]) -> defaultdict[int, int]:
        """What these people were given before this order, or this portion of it."""
        rewards = earlier.given_in(self._program, besides=self._order.pk)
        given = defaultdict(int, face_by_person(rewards, roots))
        if self._counts_stored:
            stored = face_by_person(self._order.rewards.all(), roots)
            for root, face in stored.items():
                given[root] += face
        return given


def parcel_problems(
    rewards: Sequence[Reward], *, asks_address: bool = True
) -> list[Problem | None]:
    """For each the first thing that keeps its parcel from being posted, if any."""
    carriers = postal.Carriers()
    return [
        next(
            postal.problems(
                reward.shipment, reward.product, carriers, asks_address=asks_address
            ),
            None,
        )
        for reward in rewards
    ]


def contact_problems(
    program: Program, rewards: Sequence[Reward]
) -> list[Problem | None]:
    """For each the channel that may not be used, if any: asked before every POST."""
    targets, positions = [], []
    for position, reward in enumerate(rewards):
        for channel, contact in _contacts(reward):
            targets.append(Target(reward.recipient_id, channel, contact))
            positions.append(position)
    found = [None if r.email or r.phone else _nowhere() for r in rewards]
    for index, answer in consent_many.refusals_of(program, targets).items():
        channel = targets[index].channel
        found[positions[index]] = eligibility.consent_problem(channel, answer)
    return found


def _contacts(reward: Reward) -> Iterator[tuple[Channel, str]]:
    if reward.email:
        yield Channel.EMAIL, reward.email
    if reward.phone:
        yield Channel.SMS, reward.phone


def _nowhere() -> Problem:
    text = _("Enter an e-mail address, a mobile number or both.")
    return Problem("email", text, eligibility.Obstacle.CONTACT)


def face_by_person(
    rewards: QuerySet[Reward], roots: set[int], *, besides: Claim | None = None
) -> dict[int, int]:
    """The face value of these rewards by living person; merged records count there.

    Links of theirs count for whoever has them, `besides` apart. Two queries.
    """
    of_them = Q(recipient__in=roots) | Q(recipient__merged_into__in=roots)
    sums = (
        rewards.filter(of_them)
        .order_by()
        .annotate(root=Coalesce("recipient__merged_into_id", "recipient_id"))
        .values_list("root")
        .annotate(given=Sum(F("value_minor") * F("quantity")))
    )
    return Counter(dict(sums)) + Counter(
        assigned.face_by_person(rewards, roots, besides=besides)
    )


def of_stored(
    order: Order, *, asks_consent: bool = True
) -> Iterator[tuple[Reward, Problem]]:
    """Every stored reward of an order that may not be sent now, and why."""
    screen = Screen(order, asks_consent=asks_consent)
    rewards = pricing.priced(order).select_related("product", "recipient", "row")
    for portion in portions(rewards, AT_ONCE):
        for reward, problem in zip(portion, screen.problems(portion), strict=True):
            if problem is not None:
                yield reward, problem


def portions(rewards: QuerySet[Reward], size: int) -> Iterator[list[Reward]]:
    """The rewards in their order, so many at a time in memory."""
    stream = rewards.iterator(chunk_size=AT_ONCE)
    while portion := list(islice(stream, size)):
        yield portion


def _root(reward: Reward) -> int:
    person = reward.recipient
    assert person is not None  # noqa: S101  (links have nobody, and are not screened)
    return person.merged_into_id or person.pk
