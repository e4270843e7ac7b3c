"""Radios drawn at once look as their widget draws them."""

import pytest
from django import forms

from portal.web.templatetags.laurel import drawn


class _Choosing(forms.Form):
    way = forms.ChoiceField(
        choices=[("", "None"), ("a", "A"), ('<b> & "c"', "C")],
        widget=forms.RadioSelect({"data-of": "a & b"}),
        initial="a",
    )


@pytest.mark.parametrize("data", [None, {}, {"way": "a"}, {"way": "nothing"}])
def test_a_radio_is_drawn_as_its_widget_draws_it(data):
    for radio in _Choosing(data)["way"]:
        whole = " ".join(str(radio.tag()).split()).replace(" >", ">")

        assert set(drawn(radio)[:-1].split()) == set(whole[:-1].split())
