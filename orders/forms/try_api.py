"""Which key and which rule a call is made for; a key pasted for it; an event sent."""

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.award_states import RuleStatus
from orders.models import Rule
from portal.permissions import Access, Permission
from portal.web.numbers import whole_number
from programs import keys
from programs.models import ApiKey
from programs.models.key import ApiKeyQuerySet

Chosen = TypeVar("Chosen", ApiKey, Rule)


class ChoiceForm(forms.Form):
    """A key, and a rule of its program; what makes no sense is chosen anew.

    `chosen_key` and `chosen_rule` are None where there is none.
    """

    key = forms.ChoiceField(label=gettext_lazy("Key"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Rule"), required=False)

    def __init__(self, data: Any, *, access: Access) -> None:
        super().__init__()
        usable = list(_usable(access).select_related("program").order_by("-pk"))
        # Nothing is bought with a test key, so one of those is the usual choice.
        usable.sort(key=lambda key: not key.is_test)
        reachable = Rule.objects.reachable(access, Permission.RULES_VIEW)
        running = reachable.exclude(status=RuleStatus.ENDED)
        rules = list(running.select_related("program").order_by("-pk"))
        wanted = _named(rules, data.get("rule", ""))
        likely = [key for key in usable if wanted and key.program == wanted.program]
        self.chosen_key = _first(_named(usable, data.get("key", "")), likely or usable)
        program = self.chosen_key and self.chosen_key.program
        offered = [rule for rule in rules if rule.program == program]
        self.chosen_rule = _first(_named(offered, data.get("rule", "")), offered)
        self._offer("key", [(key.pk, _label(key)) for key in usable], self.chosen_key)
        self._offer(
            "rule", [(rule.pk, rule.name) for rule in offered], self.chosen_rule
        )

    def _offer(
        self, name: str, choices: list[tuple[int, str]], chosen: ApiKey | Rule | None
    ) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.initial[name] = chosen and chosen.pk


class FillForm(forms.Form):
    """A test key, to stand in the calls; it is looked up and kept nowhere."""

    secret = forms.CharField(
        label=gettext_lazy("Test key"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("It is shown in the calls below and kept nowhere."),
    )

    def __init__(self, data: Any = None, *, access: Access) -> None:
        super().__init__(data)
        self._usable = _usable(access)
        self.key: ApiKey | None = None

    def clean_secret(self) -> str:
        """As it was pasted, of the key in `key`."""
        secret: str = self.cleaned_data["secret"]
        if secret.startswith("lrl_live_"):
            said = _("This is a live key: its calls buy cards. Paste a test key.")
            raise ValidationError(said, code="live")
        self.key = keys.with_secret(self._usable, secret)
        if self.key is None:
            said = _(
                "No key of your programs that works is this one. Paste it whole, or "
                "have a new one made."
            )
            raise ValidationError(said, code="unknown")
        return secret


class SendForm(forms.Form):
    """The event on the screen: sent twice, it is still the same event."""

    event_id = forms.RegexField(r"^try-[0-9a-f]{16}$")
    at = forms.DateTimeField()


def _usable(access: Access) -> ApiKeyQuerySet:
    """Keys this person may see that work today."""
    reachable = ApiKey.objects.reachable(access, Permission.KEYS_VIEW)
    lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return reachable.filter(lasting, revoked_at=None)


def _named(among: Sequence[Chosen], typed: str) -> Chosen | None:
    """The one with this id, if it is among them."""
    pk = whole_number(typed)
    return next((each for each in among if each.pk == pk), None)


def _first(named: Chosen | None, among: Sequence[Chosen]) -> Chosen | None:
    return named or next(iter(among), None)


def _label(key: ApiKey) -> str:
    words = {"name": key.name, "program": key.program, "mode": key.mode}
    text = (
        _("%(name)s, %(program)s (test)")
        if key.is_test
        else _("%(name)s, %(program)s (live)")
    )
    return text % words
