"""What callers send: every field, and nothing beside them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from orders.api import kinds


class Body(BaseModel):
    """Words are never taken for numbers, nor what we do not know for nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Address(Body):
    """Compared with that of the other side of a referral; nothing is posted to it."""

    line1: Annotated[kinds.Words, Field(examples=["12 Main St"])]
    line2: kinds.ShortLine = ""
    city: Annotated[kinds.Words, Field(examples=["Springfield"])]
    state: kinds.ShortLine = ""
    postal_code: Annotated[kinds.Words, Field(examples=["62701"])]
    country: Annotated[
        kinds.Country,
        Field(description="Two letters, as ISO 3166 has it.", examples=["US"]),
    ]


class Person(Body):
    """Somebody, with an e-mail address, a mobile number or both."""

    name: Annotated[kinds.Name, Field(examples=["Fred Friend"])]
    email: Annotated[
        kinds.Email | None,
        Field(description="One e-mail address.", examples=["fred@example.com"]),
    ] = None
    phone: Annotated[
        kinds.Line | None,
        Field(
            description="A mobile number; one without a country code is taken for "
            "the program's own country.",
            examples=["+1 202 555 0123"],
        ),
    ] = None
    address: Address | None = None


class Consent(Body):
    """That the person agreed to be written to."""

    given_on: Annotated[kinds.Day, Field(examples=["2026-03-01"])]
    wording: Annotated[
        kinds.Version,
        Field(description="The version they agreed to; the current one if left out."),
    ] = ""
    evidence: Annotated[
        kinds.LongLine,
        Field(
            description="How anybody can see that they did.",
            examples=["Box ticked at the checkout"],
        ),
    ] = ""


class Event(Body):
    """Something that somebody did."""

    event_id: Annotated[
        kinds.Id | None,
        Field(
            description="Your id of it. The same id with the same body gets the same "
            "answer, and never a second reward. May be sent as Idempotency-Key.",
            examples=["evt-2026-0001"],
        ),
    ] = None
    type: Annotated[
        kinds.Type,
        Field(
            description="A type that a rule of the program names; with “reverses”, "
            "one that ends in “.reversed”.",
            examples=["referral.completed"],
        ),
    ]
    occurred_at: Annotated[
        kinds.Moment,
        Field(description="When, with a zone.", examples=["2026-03-01T14:05:00Z"]),
    ]
    person: Annotated[
        Person | None, Field(description="Whom it is about; in a referral the friend.")
    ] = None
    advocate: Annotated[
        Person | None, Field(description="In a referral, who referred them.")
    ] = None
    attributes: Annotated[
        kinds.Attributes,
        Field(
            description="What the conditions of rules compare.",
            examples=[{"purchase": 60, "country": "US"}],
        ),
    ] = {}
    consent: Annotated[Consent | None, Field(description="Of the person.")] = None
    advocate_consent: Annotated[
        Consent | None, Field(description="Of the advocate.")
    ] = None
    reverses: Annotated[
        kinds.Id | None,
        Field(description="The id of the event that this one takes back."),
    ] = None


class Reward(Body):
    """One reward, to be sent now."""

    product: Annotated[
        kinds.Words,
        Field(description="Its id, as GET /products names it.", examples=["CVS"]),
    ]
    value: Annotated[
        kinds.Amount,
        Field(
            description="In the program's currency; a number, or a text of digits.",
            examples=["15.00"],
        ),
    ]
    person: Person
    by: Annotated[
        Literal["email", "sms", "both"],
        Field(description="How it reaches them; “both” where there is a contact."),
    ] = "email"
    from_name: Annotated[
        kinds.Line, Field(description="Who it is from; the program's if left out.")
    ] = ""
    message: Annotated[
        kinds.Message, Field(description="The program's if left out.")
    ] = ""
    consent: Consent | None = None
