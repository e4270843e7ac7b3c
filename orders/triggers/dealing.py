"""Self-dealing: whether the two sides of a referral look like one person."""

import re

from orders.triggers.calls import Address, Person

# Mail systems where dots and what follows a plus lead to the same mailbox; tags with a
# plus are that widespread that they are taken off everywhere.
_DOTS_DO_NOT_COUNT = {"gmail.com", "googlemail.com"}
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}
_LAST_DIGITS = re.compile(r"(?<=[a-z])\d{1,4}$")


def likeness(person: Person, advocate: Person) -> str:
    """What the two have in common: "email", "phone", "address" or nothing.

    An e-mail is alike if the mailbox may be the same: tags, dots, separators and a
    number at its end left out.
    """
    if person.email and advocate.email and _is_same_mailbox(person, advocate):
        return "email"
    if person.phone and person.phone == advocate.phone:
        return "phone"
    is_same_place = (
        person.address is not None
        and advocate.address is not None
        and _place(person.address) == _place(advocate.address)
    )
    return "address" if is_same_place else ""


def _is_same_mailbox(person: Person, advocate: Person) -> bool:
    return _mailbox(person.email) == _mailbox(advocate.email)


def _mailbox(email: str) -> tuple[str, str]:
    local, _, domain = email.casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in _DOTS_DO_NOT_COUNT:
        local = local.replace(".", "")
    plain = _letters(local) or local
    return _LAST_DIGITS.sub("", plain), _SAME_DOMAIN.get(domain, domain)


def _place(address: Address) -> tuple[str, ...]:
    parts = (address.line1, address.line2, address.postal_code, address.country)
    return tuple(map(_letters, parts))


def _letters(text: str) -> str:
    """Letters and digits of any script, without regard to their case."""
    return "".join(each for each in text.casefold() if each.isalnum())
