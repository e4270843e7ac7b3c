"""Asking the provider about an address, when a button says so: each call is charged.

For views, outside of any transaction. Nothing of the address is logged or journalled.
"""

from dataclasses import replace
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.datastructures import MultiValueDict

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.provider import bodies, connection
from portal.provider.errors import NoFunds, NotOffered, ProviderError
from portal.provider.types import VerifiedAddress
from portal.web import limits
from programs.address_form.acts import Act
from programs.address_form.form import AddressForm
from programs.address_form.offering import COUNTRY, Verdict, packed, unpacked
from programs.addresses.characters import fold
from programs.addresses.checking import Judgement
from programs.addresses.fields import Address, Field
from programs.models import Program, Recipient

_MOST_A_MINUTE: Final = 10


def is_asked(data: "MultiValueDict[str, str]", *, prefix: str = "address") -> bool:
    """Whether the button was pressed, where there is one."""
    is_pressed = data.get(f"{prefix}-act") == Act.VERIFY
    return is_pressed and settings.PROVIDER_ADDRESS_VERIFICATION


def answered(
    data: "MultiValueDict[str, str]",
    *,
    name: str | None,
    about: Recipient | Program,
    actor: Actor,
    prefix: str = "address",
) -> "MultiValueDict[str, str]":
    """What was typed into a form with an AddressForm, with the provider's answer in it.

    The same `data` where its button was not pressed. `name` is the form's own; `about`
    is whose journal notes that this person asked, and what came of it.
    """
    if not is_asked(data, prefix=prefix):
        return data
    form = AddressForm(data, home=COUNTRY, name=name, verifies=True, prefix=prefix)
    verdict, offer = _asked(form.judgement, actor)
    if verdict not in (Verdict.UNREADY, Verdict.TOO_OFTEN):
        _note(verdict, about, actor=actor)
    told = data.copy()
    told[f"{prefix}-verdict"] = verdict.value
    told[f"{prefix}-offer"] = packed(offer)
    return told


@transaction.atomic(durable=True)
def _note(verdict: Verdict, about: Recipient | Program, *, actor: Actor) -> None:
    journal.record(
        Action.ADDRESS_VERIFIED,
        about,
        actor=actor,
        program_id=about.pk if isinstance(about, Program) else None,
        data={"outcome": verdict.value},
    )


def _asked(judged: Judgement | None, actor: Actor) -> tuple[Verdict, Address | None]:
    if judged is None or judged.address.country != COUNTRY or not judged.is_sendable:
        return Verdict.UNREADY, None
    if not limits.allows("verify-address", actor.id, _MOST_A_MINUTE):
        return Verdict.TOO_OFTEN, None
    typed = judged.address
    body = bodies.encode_address(
        line1=typed.line1,
        line2=typed.line2,
        line3=typed.line3,
        city=typed.city,
        state=typed.state,
        zip=typed.postal_code,
    )
    try:
        known = connection.client().verify_address(body)
    except NotOffered:
        return Verdict.NOT_OFFERED, None
    except NoFunds:
        return Verdict.NO_FUNDS, None
    except ProviderError:
        return Verdict.FAILED, None
    # The likeliest that may be kept without a reason.
    offers = (unpacked(packed(_offer(each, typed)), name=typed.name) for each in known)
    offer = next((each for each in offers if each), None)
    if offer is None:
        return Verdict.UNKNOWN, None
    if all(fold(offer[part]) == fold(typed[part]) for part in Field):
        return Verdict.SAME, None
    return Verdict.OFFERED, offer


def _offer(known: VerifiedAddress, typed: Address) -> Address:
    """The provider's version; a flat it says nothing of stays, as it was typed."""
    lines = [known.line2, known.line3]
    if not any(lines):
        words = fold(known.line1).split()
        lines = [line for line in typed.lines[1:] if not _is_in(line, words)]
    line2, line3 = (*lines, "", "")[:2]
    return replace(
        typed,
        line1=known.line1,
        line2=line2,
        line3=line3,
        city=known.city,
        state=known.state,
        postal_code=known.zip,
    )


def _is_in(line: str, words: list[str]) -> bool:
    """Whether the number of a flat, which stands last, is among these words."""
    return bool(line) and fold(line).split()[-1:] == words[-1:]
