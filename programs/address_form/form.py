"""Asking for an address: typed or pasted, judged, and corrected if that is wanted.

Nothing of what was typed or pasted is lost.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Final

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import crypto
from programs.address_form.asking import field_for
from programs.address_form.outcome import STATES, Finding, Version, versions
from programs.addresses import rules
from programs.addresses.characters import fold
from programs.addresses.checking import Judgement, Outcome, judge
from programs.addresses.fields import Address, Field, fields_of, label
from programs.addresses.pasting import paste
from programs.addresses.problems import Note, Problem
from programs.models.address import MOST_REASON
from programs.states import State

# What tells an address from a form that was not filled in: a country is always chosen.
_OWN: Final = (Field.LINE1, Field.LINE2, Field.LINE3, Field.CITY, Field.POSTAL_CODE)


class Act(StrEnum):
    """What the buttons within the part do; they save nothing."""

    FILL = "fill"
    COUNTRY = "country"
    CHECK = "check"


class Choice(StrEnum):
    SUGGESTION = "suggestion"
    MINE = "mine"


class AddressForm(forms.Form):
    """A part of a form. Where `act` is set, one of its own buttons was pressed and the
    page is shown again; once valid, `address` is what to keep and `reason_given` why,
    where somebody keeps an address in doubt.
    """

    paste = forms.CharField(
        label=gettext_lazy("Paste an address"),
        required=False,
        help_text=gettext_lazy("All of it at once, as it stands in a mail or letter."),
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
    )
    choice = forms.ChoiceField(
        label=gettext_lazy("Version to keep"),
        required=False,
        choices=[(choice.value, choice.value) for choice in Choice],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is right as it was typed"),
        required=False,
        max_length=MOST_REASON,
        help_text=gettext_lazy("Needed if you keep it as typed; kept beside it."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    address: Address
    reason_given: str

    def __init__(
        self,
        data: "MultiValueDict[str, str] | None" = None,
        *,
        home: str,
        name: str | None = None,
        initial: Address | None = None,
        reason: str = "",
        keeps: Collection[Outcome] = (),
        prefix: str = "address",
    ) -> None:
        """`home` is the country it begins with; `name` whose address it is, if the
        form does not ask for it. `keeps` says which outcomes this person may decide
        against, with a reason.
        """
        self.name, self.keeps, self.home = name, keeps, home
        self.judgement: Judgement | None = None
        self.was_read = False
        self.leftover: list[str] = []
        self.replaced: list[str] = []
        typed = _typed(data, prefix) if data is not None else None
        self.act = _act(typed) if typed else None
        start = typed or {**(asdict(initial) if initial else {}), "reason": reason}
        self._seen = start.get("seen", "")
        if self.act is Act.FILL:
            start = self._filled(start)
        shown = None if self.act else data
        super().__init__(shown, initial=start, prefix=prefix)
        self.country = _known(start.get("country", ""), home)
        self.initial["country"] = self.initial.get("country") or self.country
        self._ask()
        if self.act in {Act.FILL, Act.CHECK}:
            self._look(start)

    @property
    def parts(self) -> list[forms.BoundField]:
        """The fields that follow the country, without the country."""
        asked = [part for part in Field if part != Field.COUNTRY]
        return [self[name] for name in self.fields if name in asked]

    @property
    def outcome(self) -> State | None:
        """What came of the address, in a word and a sentence."""
        return STATES[self.judgement.outcome] if self.judgement else None

    @property
    def findings(self) -> list[Finding]:
        """What is said of the address besides its outcome and beside no field."""
        judged = self.judgement
        if judged is None:
            return []
        is_said = self.versions or self.errors.keys() & set(Field)
        found: list[Problem | Note] = [] if is_said else [*judged.problems]
        return [
            Finding(
                each.message,
                self[each.field].id_for_label if each.field in self.fields else "",
            )
            for each in (*found, *judged.notes)
        ]

    @property
    def versions(self) -> tuple[Version, Version] | None:
        """The suggestion and what was typed, where one is offered."""
        judged = self.judgement
        is_offered = judged is not None and judged.outcome is Outcome.SUGGESTED
        return versions(judged) if judged and is_offered else None

    @property
    def may_keep(self) -> bool:
        """Whether this person may keep it as it was typed."""
        judged = self.judgement
        return bool(judged and judged.outcome in self.keeps and judged.is_sendable)

    @property
    def why_not(self) -> str:
        """Why this person may not keep it as it was typed."""
        if self.judgement and not self.judgement.is_sendable:
            return _("The provider does not take it like this.")
        return _("Ask a manager of the program if it is right like this.")

    @property
    def seen(self) -> str:
        """Ties a choice to the two versions it was made between."""
        judged = self.judgement
        return _fingerprint(judged) if judged else ""

    @property
    def chosen(self) -> str:
        """The version that is marked; the suggestion until somebody marks the other."""
        marked = self["choice"].value() if self._seen == self.seen else ""
        return str(marked or Choice.SUGGESTION)

    def clean(self) -> None:
        """Judge what was typed, and go by what was chosen where it is in doubt."""
        if self.errors:
            return
        self.judgement = judged = judge(self._address(self.cleaned_data))
        self.address, self.reason_given = judged.address, ""
        if judged.outcome is Outcome.CONFIRMED:
            return
        choice = self.cleaned_data["choice"] if self._seen == self.seen else ""
        if choice == Choice.SUGGESTION and self.versions and judged.suggestion:
            self.address = judged.suggestion
        elif choice == Choice.MINE and self.may_keep:
            self.reason_given = self.cleaned_data["reason"]
            if not self.reason_given:
                self.add_error("reason", _("Say why it is right as it was typed."))
        else:
            self._complain(judged)

    def _ask(self) -> None:
        """The fields of the country; choices and reason come after them."""
        last = {name: self.fields.pop(name) for name in ("choice", "reason")}
        for rule in fields_of(self.country):
            if rule.field != Field.NAME or self.name is None:
                value = self.data.get(self.add_prefix(rule.field)) or (
                    self.initial.get(rule.field, "")
                )
                self.fields[rule.field] = field_for(rule, value)
        self.fields.update(last)

    def _filled(self, start: Mapping[str, str]) -> dict[str, str]:
        """What was pasted in its fields; what stood in them before is told."""
        pasted = paste(start["paste"], country=_known(start["country"], self.home))
        read, filled = pasted.address, dict(start)
        self.leftover = list(pasted.leftover)
        self.was_read = any(read[part] for part in _OWN)
        if not self.was_read:
            return filled
        if self.name is None:
            filled["name"] = read.name or start["name"]
        elif read.name and fold(read.name) != fold(self.name):
            self.leftover.insert(0, read.name)
        filled["country"] = read.country or start["country"]
        for part in (*_OWN, Field.STATE):
            before = start[part]
            if before and fold(before) != fold(read[part]):
                self.replaced.append(f"{label(part, start['country'])}: {before}")
            filled[part] = read[part]
        return filled

    def _look(self, start: Mapping[str, str]) -> None:
        """Judge what stands in the fields; on the way, not before all are filled."""
        wanted = [rule.field for rule in fields_of(self.country) if rule.is_required]
        address = self._address(start)
        if self.act is Act.FILL or all(address[part] for part in wanted):
            self.judgement = judge(address)

    def _address(self, texts: Mapping[str, str]) -> Address:
        parts = {part.value: texts.get(part, "") for part in Field}
        return Address(**parts | ({} if self.name is None else {"name": self.name}))

    def _complain(self, judged: Judgement) -> None:
        if self.versions:
            said = _("We suggest a correction. Choose one of the two.")
            self.add_error("choice", said)
            return
        for problem in judged.problems:
            if problem.field in self.fields:
                self.add_error(problem.field, problem.message)
            else:
                self.add_error(None, f"{label(problem.field, '')}: {problem.message}")


def _typed(data: "MultiValueDict[str, str]", prefix: str) -> dict[str, str]:
    names = (*Field, "paste", "choice", "reason", "seen", "act")
    return {name: data.get(f"{prefix}-{name}") or "" for name in map(str, names)}


def _act(typed: Mapping[str, str]) -> Act | None:
    """The button that was pressed; whoever only pasted has the fields filled first."""
    if typed["act"] in set(Act):
        return Act(typed["act"])
    is_empty = not any(typed[part].strip() for part in _OWN)
    return Act.FILL if is_empty and typed["paste"].strip() else None


def _known(country: str, home: str) -> str:
    return country if country in rules.countries() else home


def _fingerprint(judged: Judgement) -> str:
    both = (judged.address, judged.suggestion)
    texts = [each[part] for each in both if each for part in Field]
    return crypto.digest("\x00".join(texts), purpose="address suggestion")
