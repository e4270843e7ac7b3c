"""Asking for an address: typed or pasted, judged, and corrected if that is wanted.

Nothing of what was typed or pasted is lost.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.address_form import asking, offering
from programs.address_form.acts import Act, Choice, pressed
from programs.address_form.asking import OWN
from programs.address_form.outcome import (
    STATES,
    Finding,
    Version,
    findings,
    fingerprint,
    versions,
)
from programs.addresses import rules
from programs.addresses.characters import fold
from programs.addresses.checking import Judgement, Outcome, judge
from programs.addresses.fields import Address, Field, fields_of, label
from programs.addresses.pasting import MOST_PASTED, paste
from programs.models.address import MOST_REASON
from programs.states import State


class AddressForm(forms.Form):
    """A part of a form. Where `act` is set, one of its own buttons was pressed and the
    page is shown again; once valid, `address` is what to keep and `reason_given` why,
    where somebody keeps an address in doubt. A text far too long for an address is
    never looked at, whichever button was pressed: its field says how long it may be.
    """

    paste = forms.CharField(
        label=gettext_lazy("Paste an address"),
        required=False,
        help_text=gettext_lazy("All of it at once, as it stands in a mail or letter."),
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
        validators=[asking.at_most(MOST_PASTED)],
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
        verifies: bool = False,
        prefix: str = "address",
    ) -> None:
        """`home` is the country it begins with; `name` whose address it is, if the
        form does not ask for it. `keeps` says which outcomes this person may decide
        against, with a reason; `verifies` whether they may ask the provider, where it
        answers. The view then calls `verifying.answered` on what was posted first;
        for others, whatever claims to be the provider's word is nothing.
        """
        self.name, self.keeps, self.home = name, keeps, home
        self.verifies = verifies and settings.PROVIDER_ADDRESS_VERIFICATION
        self.is_offered = False
        self.judgement: Judgement | None = None
        self.was_read = False
        self.leftover: list[str] = []
        self.replaced: list[str] = []
        unread = self._unread()
        typed = asking.typed(data, prefix, unread) if data is not None else None
        self.act = pressed(typed, verifies=self.verifies) if typed else None
        start = typed or {**(asdict(initial) if initial else {}), "reason": reason}
        self._seen, self._offer = start.get("seen", ""), start.get("offer", "")
        self.verdict = offering.verdict_of(start.get("verdict", ""))
        if self.act is Act.FILL:
            start = self._filled(start)
        shown = None if self.act else data
        super().__init__(shown, initial=start, prefix=prefix)
        self.country = _known(start.get("country", ""), home)
        self.initial["country"] = self.initial.get("country") or self.country
        self._ask()
        if self.act in {Act.FILL, Act.CHECK, Act.VERIFY}:
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
        if self.judgement is None:
            return []
        is_said = bool(self.versions or self.errors.keys() & set(Field))
        ids = {part: self[part].id_for_label for part in Field if part in self.fields}
        return findings(self.judgement, ids, is_said=is_said)

    @property
    def versions(self) -> tuple[Version, Version] | None:
        """The suggestion and what was typed, where one is offered."""
        judged = self.judgement
        if judged is None:
            return None
        is_one = self.is_offered or judged.outcome is Outcome.SUGGESTED
        return versions(judged) if is_one else None

    @property
    def may_keep(self) -> bool:
        """Whether this person may keep it as it was typed."""
        judged = self.judgement
        if judged is None:
            return False
        return self._is_right or (judged.outcome in self.keeps and judged.is_sendable)

    @property
    def asks_reason(self) -> bool:
        """Whether keeping it as it was typed takes a reason of this person."""
        return self.may_keep and not self._is_right

    @property
    def needs_permission(self) -> bool:
        """Whether others may keep it as it was typed, and this person may not."""
        judged = self.judgement
        return bool(judged and judged.is_sendable and not self.may_keep)

    @property
    def may_verify(self) -> bool:
        """Whether the provider can be asked about an address of this country."""
        return self.verifies and self.country == offering.COUNTRY

    @property
    def offer(self) -> str:
        """The provider's version, to be posted with the choice."""
        judged = self.judgement if self.is_offered else None
        return offering.packed(judged.suggestion) if judged else ""

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
        return fingerprint(judged) if judged else ""

    @property
    def chosen(self) -> str:
        """The version that is marked; the suggestion until somebody marks the other."""
        marked = self["choice"].value() if self._seen == self.seen else ""
        return str(marked or Choice.SUGGESTION)

    def clean(self) -> None:
        """Judge what was typed, and go by what was chosen where it is in doubt."""
        if self.errors:
            return
        self.judgement = judged = self._judged(self.cleaned_data)
        self.address, self.reason_given = judged.address, ""
        choice = self.cleaned_data["choice"] if self._seen == self.seen else ""
        if choice == Choice.SUGGESTION and self.versions and judged.suggestion:
            self.address = judged.suggestion
        elif self._is_right:
            return
        elif choice == Choice.MINE and self.may_keep:
            self.reason_given = self.cleaned_data["reason"]
            if not self.reason_given:
                self.add_error("reason", _("Say why it is right as it was typed."))
        else:
            self._complain(judged)

    @property
    def _is_right(self) -> bool:
        """Whether it can go as it was typed, whoever types it."""
        judged = self.judgement
        return judged is not None and judged.outcome is Outcome.CONFIRMED

    def _unread(self) -> set[str]:
        """What this form does not look at, whoever posts it."""
        word = set() if self.verifies else {"offer", "verdict"}
        return word if self.name is None else {*word, Field.NAME}

    def _ask(self) -> None:
        """The fields of the country; choices and reason come after them."""
        last = {name: self.fields.pop(name) for name in ("choice", "reason")}
        for rule in fields_of(self.country):
            if rule.field != Field.NAME or self.name is None:
                value = self.data.get(self.add_prefix(rule.field)) or (
                    self.initial.get(rule.field, "")
                )
                self.fields[rule.field] = asking.field_for(rule, value)
        self.fields.update(last)

    def _filled(self, start: Mapping[str, str]) -> dict[str, str]:
        """What was pasted in its fields; what stood in them before is told."""
        pasted = paste(start["paste"], country=_known(start["country"], self.home))
        read, filled = pasted.address, dict(start)
        self.leftover = list(pasted.leftover)
        self.was_read = any(read[part] for part in OWN)
        if not self.was_read:
            return filled
        if self.name is None:
            filled["name"] = read.name or start["name"]
        elif read.name and fold(read.name) != fold(self.name):
            self.leftover.insert(0, read.name)
        filled["country"] = read.country or start["country"]
        for part in (*OWN, Field.STATE):
            before = start[part]
            if before and fold(before) != fold(read[part]):
                self.replaced.append(f"{label(part, start['country'])}: {before}")
            filled[part] = read[part]
        return filled

    def _look(self, start: Mapping[str, str]) -> None:
        """Judge what stands in the fields; on the way, not before all are filled."""
        wanted = [rule.field for rule in fields_of(self.country) if rule.is_required]
        address = self._address(start)
        if self.act is not Act.CHECK or all(address[part] for part in wanted):
            self.judgement = self._judged(start)

    def _judged(self, texts: Mapping[str, str]) -> Judgement:
        """With what the provider offered in place of ours, while that is for this."""
        judged = judge(self._address(texts))
        offered = offering.unpacked(self._offer, name=judged.address.name)
        if offered is None:
            return judged
        by_provider = replace(judged, suggestion=offered, left=())
        is_new = self.act is Act.VERIFY
        self.is_offered = is_new or self._seen == fingerprint(by_provider)
        return by_provider if self.is_offered else judged

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


def _known(country: str, home: str) -> str:
    return country if country in rules.countries() else home
