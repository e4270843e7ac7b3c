"""The demonstration's people, programs and recipients, made once and by the verbs."""

import uuid
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from orders import approvals, batches, drafts
from orders.batches import LinkWish
from orders.links import drafting
from orders.management import parcel_demo, trigger_demo
from orders.models import Order
from orders.states import OrderStatus
from portal import actors, crypto
from portal.accounts import invitations, people
from portal.accounts.models import Invitation, User, actor_of
from portal.money import Money
from portal.permissions import Role
from portal.provider import connection
from portal.provider.errors import ProviderError, Unavailable
from portal.provider.sandbox.launch import launch
from portal.web.checks import is_sandbox
from programs import budget, catalogue, consent, programs, recipients
from programs.management import shipping_demo
from programs.models import CatalogueRefresh, ConsentEntry, Program, Wording
from programs.programs import Setup

_ACTOR: Final = actors.command("demo")
# Public by design: these accounts exist only where DEMO is on.
PASSWORD: Final = "laurel-demonstration"  # noqa: S105


class _Person(NamedTuple):
    role: Role
    name: str
    is_organisation_wide: bool

    @property
    def email(self) -> str:
        return f"{self.role.value}@example.com"


# The administrator comes first: the others are invited.
_PEOPLE: Final = (
    _Person(Role.ADMINISTRATOR, "Adam Okafor", True),
    _Person(Role.MANAGER, "Mina Alvarez", False),
    _Person(Role.APPROVER, "Arthur Lindqvist", False),
    _Person(Role.AUDITOR, "Audra Bennett", True),
)
# Name, e-mail, phone.
_RECIPIENTS: Final = (
    ("Riley Carter", "riley.carter@example.com", "+12025550123"),
    ("Jordan Lee", "jordan.lee@example.com", "+12025550124"),
    ("Noor Haddad", "noor.haddad@example.com", None),
    ("Sam Whitfield", "sam.whitfield@example.com", "+12025550126"),
)


class Command(BaseCommand):
    help = "Make the demonstration's accounts and data, once; needs DEMO=on."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO is off: these accounts share a public password.")
        if not _is_complete():
            _read_catalogue()
            shipping_demo.fill(actor=_ACTOR)
            team = _team()
            survey = _program(_spring_survey(), funded=5_000, team=team)
            referrals = _program(_referrals(), funded=2_000, team=team)
            _claim_links(referrals, team)
            maker = actor_of(team[Role.MANAGER])
            approver = actor_of(team[Role.APPROVER])
            parcel_demo.fill(referrals, maker=maker, approver=approver)
            trigger_demo.fill(referrals, maker=maker, approver=approver)
            _address_book(survey)
        for person in _PEOPLE:
            self.stdout.write(f"  {person.role.label:<14} {person.email}")
        self.stdout.write(f"  Password for each: {PASSWORD}")


def _is_complete() -> bool:
    """Whether the last thing was done: a consent entry, which nobody can undo."""
    return ConsentEntry.objects.filter(
        decision=ConsentEntry.Decision.WITHDRAWN,
        actor_kind=_ACTOR.kind,
        actor_id=_ACTOR.id,
    ).exists()


def _read_catalogue() -> None:
    if not CatalogueRefresh.objects.exists():
        with _provider():
            call_command("refreshcatalogue", verbosity=0)


def _provider() -> AbstractContextManager[object]:
    """The provider, or its sandbox for this moment where it does not run yet."""
    try:
        next(connection.client().products(), None)
    except Unavailable:
        if is_sandbox():
            data = settings.BASE_DIR / "var" / "sandbox.sqlite3"
            port = urlsplit(settings.PROVIDER_BASE_URL).port or 80
            return launch(data=data, port=port)
    except ProviderError as error:
        raise CommandError(f"The provider cannot be read: {error}.") from error
    return nullcontext()


def _team() -> dict[Role, User]:
    first = _PEOPLE[0]
    administrator = User.objects.filter(email=first.email).first()
    if administrator is None:
        administrator = people.create_administrator(
            first.email,
            first.name,
            hashed_password=make_password(PASSWORD),
            actor=_ACTOR,
        )
    invited = {p.role: _invited(p, administrator) for p in _PEOPLE[1:]}
    return {first.role: administrator, **invited}


def _invited(person: _Person, administrator: User) -> User:
    if user := User.objects.filter(email=person.email).first():
        return user
    invitation = Invitation.objects.filter(email=person.email).first()
    if invitation is None:
        invitation = invitations.invite(
            person.email,
            person.name,
            role=person.role.value if person.is_organisation_wide else "",
            inviter=administrator,
            actor=_ACTOR,
        )
    return invitations.accept(
        crypto.decrypt(invitation.token_ciphertext),
        name=person.name,
        hashed_password=make_password(PASSWORD),
    )


def _program(setup: Setup, *, funded: int, team: dict[Role, User]) -> Program:
    """A program with money, in whole units of its currency, and with members."""
    program = Program.objects.filter(name=setup.name).first()
    if program is None:
        program = programs.create(setup, actor=_ACTOR)
    if not programs.has_ledger(program):
        amount = Money(Decimal(funded), setup.currency)
        budget.fund(program, amount, note="Opening budget", actor=_ACTOR)
    for role in (Role.MANAGER, Role.APPROVER):
        if not program.memberships.filter(role=role).exists():
            programs.add_member(program, team[role], role, actor=_ACTOR)
    return program


def _spring_survey() -> Setup:
    return Setup(
        name="Spring Survey",
        kind=Program.Kind.SURVEY,
        purpose="Thanks for answering the spring survey.",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=365),
        currency="USD",
        approval_rule=Program.ApprovalRule.ALWAYS,
        approval_above=None,
        reward_cap=Money(Decimal(100), "USD"),
        recipient_cap=Money(Decimal(600), "USD"),
        recipient_cap_days=365,
        email_consent=Program.EmailConsent.NOT_WITHDRAWN,
        products=frozenset(),
        delivery_types=tuple(Program.DeliveryType),
        phone_region="US",
        from_name="Survey Team",
        message="Thank you for taking part in our spring survey. Enjoy your reward!",
    )


def _referrals() -> Setup:
    return replace(
        _spring_survey(),
        name="Customer Referrals",
        kind=Program.Kind.REFERRAL,
        purpose="A gift for customers who recommend us.",
        approval_rule=Program.ApprovalRule.ABOVE,
        approval_above=Money(Decimal(100), "USD"),
        reward_cap=Money(Decimal(250), "USD"),
        recipient_cap=None,
        recipient_cap_days=None,
        email_consent=Program.EmailConsent.RECORDED,
        from_name="Customer Team",
        message="Thank you for recommending us!",
    )


def _claim_links(program: Program, team: dict[Role, User]) -> None:
    """A dozen, approved: whoever looks soon sees the hold, and then how they come."""
    if Order.objects.of_shape(Order.Shape.LINKS).exists():
        return
    product = catalogue.offered_in(program, batches.LINKS).get(provider_id="CVS")
    wish = LinkWish(
        program=program,
        product=product,
        value=min(product.values),
        quantity=12,
        label="Summer fair",
        from_name=program.from_name,
        message="Thank you for stopping by at the summer fair!",
        expires_on=timezone.localdate() + timedelta(days=90),
    )
    maker, approver = (actor_of(team[r]) for r in (Role.MANAGER, Role.APPROVER))
    order = drafting.create(wish, actor=maker, form_key=uuid.uuid4())
    order = drafts.submit(order, version=order.version, actor=maker)
    if order.status == OrderStatus.SUBMITTED:
        approvals.approve(order, content_hash=order.content_hash, actor=approver)


def _address_book(program: Program) -> None:
    """Four people: two agreed to SMS, one of them stopped it again."""
    riley, _, _, sam = (
        recipients.find_or_add(
            program, name=name, email=email, phone=phone, actor=_ACTOR
        )
        for name, email, phone in _RECIPIENTS
    )
    for recipient in (riley, sam):
        consent.grant(
            recipient,
            ConsentEntry.Channel.SMS,
            purpose=ConsentEntry.Purpose.REWARDS,
            wording=Wording.objects.latest("created_at"),
            source=ConsentEntry.Source.PAPER,
            given_on=timezone.localdate() - timedelta(days=30),
            evidence="Signed at the spring fair",
            actor=_ACTOR,
        )
    consent.withdraw(
        sam,
        ConsentEntry.Channel.SMS,
        source=ConsentEntry.Source.REPLY,
        evidence="Answered STOP",
        actor=_ACTOR,
    )
