"""How contacts are shown."""

from django import template

from programs import contacts

register = template.Library()


@register.filter
def phone(number: str | None) -> str:
    """A stored number as people write it; nothing for none."""
    return contacts.readable(number) if number else ""
