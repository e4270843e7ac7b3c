"""Where a card goes: to an address on record, another one, or as its recipient says."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from orders.forms.options import Option
from portal.permissions import Access, Permission
from portal.web.numbers import whole_number
from programs import address_book, contacts
from programs.address_form.acts import Act
from programs.address_form.form import AddressForm
from programs.addresses.characters import fold
from programs.addresses.checking import Outcome, judge
from programs.addresses.fields import Address
from programs.addresses.printing import label_lines
from programs.models import PostalAddress, Program, Recipient
from programs.models.recipient import RecipientQuerySet

_ACT: Final = "address-act"


class Where(StrEnum):
    """What may be chosen besides an address on record, which goes by its id."""

    NEW = "new"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Start:
    """The address a form begins with, and why it is kept although it is in doubt."""

    address: Address | None = field(default=None, repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The name on the label, and where it goes; None while nobody knows."""

    name: str = field(repr=False)
    address: Address | None = field(repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One of the two, in its normal form."""

    email: str = ""
    phone: str = ""

    @classmethod
    def read(cls, typed: str, region: str) -> "Contact | None":
        """What was typed; None for nothing. Raises contacts.BadContact."""
        if not typed.strip():
            return None
        match contacts.detect(typed, region):
            case contacts.Email(address):
                return cls(email=address)
            case contacts.Phone(number):
                return cls(phone=number)


class Places:
    """Where one form's card may go: what is on record, and the form of another one."""

    def __init__(
        self,
        program: Program | None,
        access: Access,
        person: Recipient | None,
        *,
        start: Start,
        data: QueryDict | None,
        is_entered: bool,
    ) -> None:
        """`person` is whose addresses are offered; `data` what was typed, if any.

        `is_entered` where another address is asked for: only that has a verdict.
        """
        self.person = person
        self.known = address_book.latest_first(person) if person else []
        self.may_override = program is not None and access.allows(
            Permission.ADDRESSES_OVERRIDE, program.pk
        )
        self.is_pressed = data is not None and _ACT in data
        if data is not None and not is_entered:
            data = _without_verdict(data, Act.CHECK)
        self.form = AddressForm(
            data,
            home=program.phone_region if program else settings.DEFAULT_PHONE_REGION,
            initial=start.address,
            reason=start.reason,
            keeps=address_book.DOUBTED if self.may_override else (),
            verifies=program is not None,
        )

    def options(self) -> list[tuple[str, Option]]:
        """The radios: what is on record first."""
        another = _("Enter another address") if self.known else _("Enter an address")
        waits = _("By e-mail. The order waits until they answer; nothing is held yet.")
        return [
            *((str(each.pk), _option(each)) for each in self.known),
            (Where.NEW.value, Option(another)),
            (Where.ASK.value, Option(_("Ask the recipient for the address"), waits)),
        ]

    def shown_again(self, data: QueryDict) -> QueryDict:
        """What was typed, to be read or looked at once more without a verdict."""
        return _without_verdict(data, self.form.act or Act.CHECK)

    def standing(self, where: str) -> Address | None:
        """Where it would go as far as that is known, for a look at its label."""
        if where == Where.NEW:
            return self._entered()
        stored = self._stored(where)
        return self._read(stored) if stored else None

    def place(self, where: str, *, name: str, email: str) -> Place | None:
        """What was chosen; None where the form of the address says what is wrong.

        Raises ValidationError with the fields of the order's form.
        """
        if where == Where.ASK:
            return self._asked(name, email)
        if stored := self._stored(where):
            return self._on_record(stored)
        if not self.form.is_valid():
            return None
        address = self.form.address
        return Place(address.name, address, self.form.reason_given)

    def _entered(self) -> Address | None:
        if self.form.is_bound:
            return self.form.address if self.form.is_valid() else None
        judged = self.form.judgement
        if judged is None:
            return None
        is_right = judged.outcome is Outcome.CONFIRMED
        return judged.address if is_right else judged.suggestion

    def _asked(self, name: str, email: str) -> Place:
        missing = {}
        if not name:
            missing["name"] = _("Enter the name of whoever it is for.")
        if not email:
            missing["contact"] = _("Enter the e-mail address to ask at.")
        if missing:
            raise ValidationError(missing)
        return Place(name, None)

    def _on_record(self, stored: PostalAddress) -> Place:
        address = self._read(stored)
        judged = judge(address)
        if judged.outcome is Outcome.CONFIRMED:
            return Place(address.name, address)
        if not stored.reason or not judged.is_sendable:
            raise ValidationError(
                {"where": _("The rules of its post changed. Enter the address anew.")}
            )
        if not self.may_override:
            said = _("It was kept as typed. Ask a manager of the program to use it.")
            raise ValidationError({"where": said})
        return Place(address.name, address, stored.reason)

    def _stored(self, where: str) -> PostalAddress | None:
        return next((each for each in self.known if str(each.pk) == where), None)

    def _read(self, stored: PostalAddress) -> Address:
        name = self.person.name if self.person else ""
        return address_book.read(stored, name=name)


def first_choice(person: Recipient, program: Program | None) -> str:
    """What is marked for somebody on record: the address they used last.

    Nothing where another program's book has them too, which may have brought the
    address: then whoever sends the card has to look at it and choose.
    """
    latest = next(iter(address_book.latest_first(person)), None)
    if latest is None:
        return Where.NEW.value
    return str(latest.pk) if list(person.programs.all()) == [program] else ""


def unchosen() -> str:
    """Why somebody has to choose, where nothing is marked."""
    return _(
        "Check the address and choose. Another program knows this person too and may "
        "have entered it."
    )


def whose(
    among: RecipientQuerySet, contact: Contact | None, pk: str
) -> Recipient | None:
    """Whoever has the contact; without one, the record with this id."""
    if contact and contact.email:
        return among.filter(email=contact.email).first()
    if contact:
        return among.filter(phone=contact.phone).first()
    number = whole_number(pk)
    return None if number is None else among.filter(pk=number).first()


def is_same_person(person: Recipient, name: str) -> bool:
    """Whether somebody of this name may be them: another name is somebody else."""
    return fold(person.name) == fold(name)


def _without_verdict(data: QueryDict, act: Act) -> QueryDict:
    typed = data.copy()
    typed[_ACT] = act.value
    return typed


def _option(stored: PostalAddress) -> Option:
    lines = label_lines(address_book.read(stored), home="")
    kept = _("Kept as typed: %(reason)s") % {"reason": stored.reason}
    said = kept if stored.reason else _("In the address book")
    return Option(", ".join(lines), said)
