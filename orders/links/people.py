"""Whom links are assigned to: the people of a list, who has a link, and the cap."""

from collections.abc import Collection

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from orders import earlier, eligibility, screening
from orders.models import Claim, Reward
from programs import lookups
from programs.models import Program, Recipient, Sheet, SheetRow

_AT_ONCE = 1000


def of_list(sheet: Sheet) -> tuple[list[int], int]:
    """Ids of the living records its rows name, in their order, each once.

    And how many rows name somebody who is not on record yet.
    """
    # Whom an order from the list added, its row does not know; the reward does.
    rewarded = Reward.objects.filter(row=OuterRef("pk")).order_by("-pk")
    person = Coalesce(
        "recipient_id",
        Subquery(rewarded.values("recipient_id")[:1]),
        output_field=BigIntegerField(),
    )
    used = (SheetRow.Status.READY, SheetRow.Status.TAKEN)
    rows = sheet.rows.filter(status__in=used).order_by("number")
    found = list(rows.annotate(person=person).values_list("person", flat=True))
    known = [pk for pk in found if pk is not None]
    roots = _roots(known)
    return list(dict.fromkeys(roots[pk] for pk in known)), len(found) - len(known)


def holders(claims: QuerySet[Claim]) -> set[int]:
    """The living records that have one of these links; a void one is nobody's."""
    found = claims.filter(voided_at=None, recipient__isnull=False).order_by()
    root = Coalesce("recipient__merged_into_id", "recipient_id")
    return set(found.annotate(root=root).values_list("root", flat=True))


def over_cap(
    program: Program,
    people: Collection[int],
    face: int,
    *,
    besides: Claim | None = None,
) -> dict[int, str]:
    """Who of these living records would get too much with a card of this face value.

    In minor units; the reason by id. Counted is what the program gave them within the
    cap's period: rewards, and links assigned to them, `besides` apart.
    """
    if program.recipient_cap_minor is None:
        return {}
    given = dict.fromkeys(people, 0)
    rewards = earlier.given_in(program)
    for some in lookups.in_steps(list(given), _AT_ONCE):
        given |= screening.face_by_person(rewards, set(some), besides=besides)
    return {
        root: problem.message
        for root, before in given.items()
        for problem in eligibility.recipient_cap_problems(
            program, program.money(face), program.money(before)
        )
    }


def _roots(ids: Collection[int]) -> dict[int, int]:
    """The living record of each: itself, or the one it was merged into."""
    found = lookups.find(Recipient, ("id", "merged_into_id"), "id", [*set(ids)])
    return {pk: merged or pk for pk, merged in found}
