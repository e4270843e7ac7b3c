"""The kinds of problems people in a list can have."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs.sheets import kinds
from programs.sheets.kinds import Kind, Repair

_BY_MAIL: Final = ngettext_lazy(
    "Send by e-mail only to %(count)d", "Send by e-mail only to %(count)d", "count"
)
_BY_SMS: Final = ngettext_lazy(
    "Send by SMS only to %(count)d", "Send by SMS only to %(count)d", "count"
)
_LEAVE_OUT: Final = ngettext_lazy("Leave out %(count)d", "Leave out %(count)d", "count")

_CONTACTS: Final = {
    "no_contact": Kind(
        label=_("Rows without an e-mail address or mobile number"),
        message=_("Enter an e-mail address or a mobile number."),
    ),
    "bad_email": Kind(
        label=_("E-mail addresses that cannot be right"), message=_("%(reason)s")
    ),
    "email_typo": Kind(
        label=_("E-mail addresses that probably end in %(variant)s"),
        message=_("“%(typed)s” is probably meant to be %(variant)s."),
        repair=Repair.SUGGESTION,
        repair_label=ngettext_lazy(
            "Change %(count)d to %(variant)s",
            "Change %(count)d to %(variant)s",
            "count",
        ),
        accept_label=ngettext_lazy("Keep as typed", "Keep %(count)d as typed", "count"),
    ),
    "bad_phone": Kind(
        label=_("Mobile numbers that no phone has"), message=_("%(reason)s")
    ),
    "phone_code": Kind(
        label=_("Mobile numbers that lack %(variant)s"),
        message=_("No phone has this number, but with %(variant)s it is a valid one."),
        repair=Repair.SUGGESTION,
        repair_label=ngettext_lazy(
            "Add %(variant)s to %(count)d", "Add %(variant)s to %(count)d", "count"
        ),
    ),
    "two_people": Kind(
        label=_("E-mail and mobile of two different people"),
        message=_(
            "The e-mail address and the mobile number belong to two people on record. "
            "Correct one of them, or merge the two records."
        ),
        repair=Repair.CLEAR,
        repair_label=_BY_MAIL,
    ),
    "name_missing": Kind(
        label=_("Rows without a name"),
        message=_("There is no name, so “%(used)s” is used."),
    ),
    "language": Kind(
        label=_("Languages that are not known"),
        message=_("“%(typed)s” is no language we know. Use a code such as en or de."),
    ),
    "too_long": Kind(
        label=_("Values that are too long"),
        message=_("This holds at most %(most)s characters. Shorten it."),
    ),
}

_CONSENT: Final = {
    "sms_consent": Kind(
        label=_("SMS without recorded consent"),
        message=_("%(reason)s Add where and when they agreed, or use e-mail only."),
        repair=Repair.CLEAR,
        repair_label=_BY_MAIL,
    ),
    "sms_only_consent": Kind(
        label=_("SMS without recorded consent, and no e-mail to use instead"),
        message=_("%(reason)s Add where and when they agreed, or an e-mail address."),
    ),
    "email_consent": Kind(
        label=_("E-mail without recorded consent"),
        message=_("%(reason)s Add where and when they agreed, or use SMS only."),
        repair=Repair.CLEAR,
        repair_label=_BY_SMS,
    ),
    "email_only_consent": Kind(
        label=_("E-mail without recorded consent, and no number to use instead"),
        message=_("%(reason)s Add where and when they agreed."),
    ),
    "sms_stopped": Kind(
        label=_("People who stopped SMS"),
        message=_("%(reason)s Use e-mail only."),
        repair=Repair.CLEAR,
        repair_label=_BY_MAIL,
    ),
    "sms_only_stopped": Kind(
        label=_("People who stopped SMS and have no e-mail to use instead"),
        message=_("%(reason)s Leave the row out."),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
    ),
    "email_stopped": Kind(
        label=_("People who stopped e-mail"),
        message=_("%(reason)s Use SMS only."),
        repair=Repair.CLEAR,
        repair_label=_BY_SMS,
    ),
    "email_only_stopped": Kind(
        label=_("People who stopped e-mail and have no number to use instead"),
        message=_("%(reason)s Leave the row out."),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
    ),
    "consent_source": Kind(
        label=_("Consent from an unknown source"),
        message=_(
            "“%(typed)s” does not say how they agreed. "
            "Write web form, paper, spoken or reply."
        ),
    ),
    "consent_on": Kind(
        label=_("Consent without a usable date"),
        message=_("Enter the day they agreed, such as 2025-03-31."),
    ),
    "consent_to_come": Kind(
        label=_("Consent dated in the future"),
        message=_("Enter the day they agreed, not a day to come."),
    ),
}

_ACROSS: Final = {
    "duplicate": Kind(
        label=_("The same person again"),
        message=_("This person is in row %(row)s already."),
        repair=Repair.LEAVE_OUT,
        repair_label=ngettext_lazy(
            "Leave out the later %(count)d", "Leave out the later %(count)d", "count"
        ),
        accept_label=ngettext_lazy(
            "Use it all the same", "Use all %(count)d all the same", "count"
        ),
        is_across=True,
    ),
    "sent_before": Kind(
        label=_("Sent before from another list"),
        message=_("This reward was sent before, from the list “%(list)s”."),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
        accept_label=ngettext_lazy("Send again", "Send %(count)d again", "count"),
    ),
    "came_back": Kind(
        label=_("Rewards that could not be sent"),
        message=_("%(reason)s"),
        accept_label=ngettext_lazy(
            "Try again as it is",
            "Try %(count)d again as they are",
            "count",
        ),
    ),
}


def register() -> None:
    """Make them known."""
    for known in (_CONTACTS, _CONSENT, _ACROSS):
        kinds.register(known)
