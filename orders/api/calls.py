"""The five calls of the API."""

import uuid
from typing import Annotated

from django.http import HttpResponse
from ninja import Body, Header, NinjaAPI, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from orders.api import answers, bodies, kinds, running, translating
from orders.api.door import ApiRequest, BearerKey, Caller
from orders.api.problem_json import StoredRefusal
from orders.api.reading import StrictParser
from orders.models import Award, Event
from orders.models.event import AwardQuerySet
from orders.triggers import accepting, requesting
from orders.triggers.problems import Code, Refused
from programs import catalogue
from programs.models import ApiKey, Product

Scope = ApiKey.Scope
_IDEMPOTENCY_KEY = "Idempotency-Key"


class Api(NinjaAPI):
    """Leaves every error to the entrance, where all of them become problems."""

    def on_exception(self, request: object, exc: BaseException) -> HttpResponse:  # type: ignore[override]
        raise exc


api = Api(
    title="Laurel trigger API",
    version="1",
    description="Report what happened; the program's rules decide who is rewarded.",
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)


class Cut(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[
        kinds.Words | None, Field(description="The last id of the part before.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, description="How many at most.")] = 50


@api.post(
    "/events",
    auth=BearerKey(Scope.EVENTS_WRITE),
    response={202: answers.EventTaken},
    url_name="event_report",
    operation_id="reportEvent",
    summary="Report an event",
)
def report_event(
    request: ApiRequest,
    response: HttpResponse,
    body: Annotated[bodies.Event, Body()],
    idempotency_key: Annotated[
        kinds.Key | None,
        Header(
            alias=_IDEMPOTENCY_KEY,
            description="The event's id, where it is not in the body.",
        ),
    ] = None,
) -> answers.EventTaken:
    """Store an event, once per id; its rules are asked right after.

    The same id with the same body gets the same answer, with another body 409.
    """
    caller = _caller(request)
    key, call = caller.key, translating.event(body, idempotency_key, caller.region)
    with running.alone(key, call.event_id):
        event = accepting.accept(call, key=key)
    response["Location"] = f"{request.path}/{event.event_id}"
    return answers.EventTaken.of(event)


@api.get(
    "/events/{event_id}",
    auth=BearerKey(Scope.EVENTS_READ),
    response={200: answers.EventOutcome},
    url_name="event_read",
    operation_id="readEvent",
    summary="What became of an event",
)
def read_event(
    request: ApiRequest, event_id: Annotated[kinds.Id, Path()]
) -> answers.EventOutcome:
    """Which rules matched, which did not and why, and the rewards it earned."""
    key = _caller(request).key
    events = Event.objects.filter(program=key.program_id, is_test=key.is_test)
    event = events.exclude(type="").filter(event_id=event_id).first()
    if event is None:
        raise Refused(Code.NOT_FOUND)
    awards = _awards(key).filter(event=event).order_by("pk")
    return answers.EventOutcome.of(event, list(awards))


@api.post(
    "/rewards",
    auth=BearerKey(Scope.REWARDS_WRITE),
    response={201: answers.RewardTaken},
    url_name="reward_request",
    operation_id="requestReward",
    summary="Send a reward now",
)
def request_reward(
    request: ApiRequest,
    response: HttpResponse,
    body: Annotated[bodies.Reward, Body()],
    idempotency_key: Annotated[
        kinds.Key,
        Header(
            alias=_IDEMPOTENCY_KEY,
            description="Your id of this request: one reward per id.",
        ),
    ],
) -> answers.RewardTaken:
    """Ask for one reward without a rule; the program's approval rules still hold.

    The same id with the same body gets the same answer, also the same refusal.
    """
    caller = _caller(request)
    key, call = caller.key, translating.reward(body, idempotency_key, caller.region)
    with running.alone(key, call.request_id):
        answer = requesting.request(call, key=key, request_id=request.request_id)
    if answer.refusal is not None:
        raise StoredRefusal(answer.refusal)
    assert answer.award is not None  # noqa: S101  (it is the one or the other)
    award = _awards(key).get(pk=answer.award.pk)
    response["Location"] = f"{request.path}/{award}"
    return answers.RewardTaken.of(award)


@api.get(
    "/rewards/{reward_id}",
    auth=BearerKey(Scope.REWARDS_READ),
    response={200: answers.RewardOutcome},
    url_name="reward_read",
    operation_id="readReward",
    summary="Where a reward is",
)
def read_reward(
    request: ApiRequest, reward_id: Annotated[kinds.RewardId, Path()]
) -> answers.RewardOutcome:
    """Its status, and why it was refused or is held."""
    public_id = uuid.UUID(reward_id.removeprefix("rw_"))
    award = _awards(_caller(request).key).filter(public_id=public_id).first()
    if award is None:
        raise Refused(Code.NOT_FOUND)
    return answers.RewardOutcome.of(award)


@api.get(
    "/products",
    auth=BearerKey(Scope.PRODUCTS_READ),
    response={200: answers.Offers},
    url_name="product_list",
    operation_id="listProducts",
    summary="What may be sent",
)
def list_products(request: ApiRequest, cut: Annotated[Cut, Query()]) -> answers.Offers:
    """The products of the program, by their id."""
    offered = catalogue.offered_in(_caller(request).key.program).order_by("provider_id")
    if cut.after:
        offered = offered.filter(provider_id__gt=cut.after)
    rows: list[Product] = list(offered[: cut.limit + 1])
    shown = rows[: cut.limit]
    return answers.Offers(
        products=[answers.Offer.of(product) for product in shown],
        after=shown[-1].provider_id if len(rows) > len(shown) else None,
    )


def _caller(request: ApiRequest) -> Caller:
    caller: Caller | None = request.caller
    assert caller is not None  # noqa: S101  (the door let the call in)
    return caller


def _awards(key: ApiKey) -> AwardQuerySet:
    """Awards of the key's program and mode, with what is told of them."""
    awards = Award.objects.filter(program=key.program_id, event__is_test=key.is_test)
    return awards.select_related("program", "event", "product", "reward__order")
