"""Forms about consent: recording it, recording a withdrawal, a new wording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from programs import consent, consent_words
from programs.consent_history import Channel, contact_of
from programs.models import ConsentEntry, Recipient, Wording

_SOURCES = [("", gettext_lazy("Choose"))] + [
    (source.value, source.label) for source in consent.STAFF_SOURCES
]
ALL = "all"


@dataclass(frozen=True, slots=True)
class _Card:
    """A choice with its text beneath."""

    name: str
    detail: str

    def __str__(self) -> str:
        return self.name


class _RecordForm(forms.Form):
    source = forms.ChoiceField(label=gettext_lazy("How they said so"), choices=_SOURCES)
    evidence = forms.CharField(
        label=gettext_lazy("Where the proof is kept"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Such as a file number. It can never be changed, so no personal details."
        ),
    )

    def clean_source(self) -> ConsentEntry.Source:
        """One of those staff can name."""
        return ConsentEntry.Source(self.cleaned_data["source"])


class GrantForm(_RecordForm):
    """That somebody agreed: for the contacts on the screen, which `version` names."""

    channel = forms.ChoiceField(
        label=gettext_lazy("What they agreed to"), widget=forms.RadioSelect
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Messages about"),
        choices=ConsentEntry.Purpose.choices,
        initial=ConsentEntry.Purpose.REWARDS,
        widget=forms.RadioSelect,
    )
    wording = forms.TypedChoiceField(
        label=gettext_lazy("The words they agreed to"), widget=forms.RadioSelect
    )
    given_on = forms.DateField(
        label=gettext_lazy("Day they agreed"),
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("channel", "purpose", "wording", "source", "given_on", "evidence")

    def __init__(
        self,
        recipient: Recipient,
        wordings: Sequence[Wording],
        data: QueryDict | None = None,
        *,
        channel: str = "",
    ) -> None:
        known = {str(wording.pk): wording for wording in wordings}
        initial = {
            "version": recipient.version,
            "channel": channel,
            "wording": next(iter(known), ""),
        }
        super().__init__(data, initial=initial)
        reachable = [
            (each.value, consent_words.target(each, contact))
            for each in Channel
            if (contact := contact_of(recipient, each))
        ]
        channels = cast(forms.ChoiceField, self.fields["channel"])
        channels.choices = reachable
        if len(reachable) == 1:
            self.initial["channel"] = reachable[0][0]
        texts = cast(forms.TypedChoiceField, self.fields["wording"])
        texts.choices = [
            (pk, _Card(wording.version, wording.text)) for pk, wording in known.items()
        ]
        texts.coerce = known.__getitem__

    def clean_channel(self) -> Channel:
        """The channel as the verbs take it."""
        return Channel(self.cleaned_data["channel"])

    def clean_purpose(self) -> ConsentEntry.Purpose:
        """The purpose as the verbs take it."""
        return ConsentEntry.Purpose(self.cleaned_data["purpose"])


class WithdrawForm(_RecordForm):
    """That somebody stopped one channel, or everything (an empty `channel`)."""

    channel = forms.ChoiceField(
        label=gettext_lazy("What they stopped"),
        choices=[*Channel.choices, (ALL, gettext_lazy("Everything"))],
        widget=forms.RadioSelect,
    )
    field_order = ("channel", "source", "evidence")

    def clean_channel(self) -> Channel | None:
        """The channel, or None for all of them."""
        chosen = self.cleaned_data["channel"]
        return None if chosen == ALL else Channel(chosen)


class WordingForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("The words people agree to"),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy(
            "It can never be edited afterwards; a change is another version."
        ),
    )
