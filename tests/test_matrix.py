"""Every address x everybody: who is let in, who sees nothing, and what GET changes.

A new address without a row fails.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.permissions import Role
from tests import factories
from tests.addresses import OF_A_PROGRAM, address, routes
from tests.tables import changed, contents
from tests.world import Side, World, make_world

# In the program: M manager, A approver, U auditor, P administrator. In the
# organisation: O administrator. "signed-in" is whoever has an account, "public"
# everybody, "key" nobody but another system, "-" nobody, because the method is not
# there.
TABLE: Final = """
  address                           leads to    GET        POST

  health                            -           public     -
  home                              -           MAUPO      -

  account_login                     -           public     public
  account_logout                    -           public     public
  account_signup                    -           public     public
  account_inactive                  -           public     -
  account_reauthenticate            -           signed-in  signed-in
  account_change_password           -           signed-in  signed-in
  account_reset_password            -           public     public
  account_reset_password_done       -           public     -
  account_reset_password_from_key   key         public     public
  account_reset_password_from_key_done  -       public     -
  account_settings                  -           signed-in  signed-in
  theme                             -           -          signed-in

  person_list                       -           O          -
  person_detail                     person      O          -
  person_change_role                person      -          O
  person_deactivate                 person      -          O
  person_reactivate                 person      -          O
  invitation_create                 -           O          O
  invitation_resend                 invitation  -          O
  invitation_revoke                 invitation  -          O
  invitation_accept                 invited     public     public

  audit:entry_list                  -           UPO        -
  audit:entry_verify                -           UPO        UPO
  audit:entry_detail                entry       UPO        -
  outbox:message_list               -           O          -
  outbox:message_detail             message     O          -
  outbox:message_retry              message     -          O
  outbox:message_give_up            message     -          O

  programs:program_list             -           MAUPO      -
  programs:program_create           -           O          O
  programs:program_detail           program     MAUPO      -
  programs:program_edit             program     PO         PO
  programs:program_pause            program     PO         PO
  programs:program_resume           program     PO         PO
  programs:program_close            program     PO         PO
  programs:budget_fund              program     PO         PO
  programs:budget_adjust            program     PO         PO
  programs:member_add               program     PO         PO
  programs:member_remove            member      PO         PO

  programs:product_list             -           MAUPO      -
  programs:product_detail           product     MAUPO      -
  programs:product_refresh          -           -          MO
  programs:product_status           -           MAUPO      -
  programs:shipping_list            -           MAUPO      -
  programs:transit_edit             method      O          O
  programs:holiday_list             -           O          O
  programs:holiday_remove           holiday     -          O
  programs:dated_list               -           O          -
  programs:dated_create             -           O          O
  programs:key_list                 -           MUPO       -
  programs:key_create               -           M          M
  programs:key_detail               api-key     MUPO       -
  programs:key_edit                 api-key     M          M
  programs:key_rotate               api-key     M          M
  programs:key_revoke               api-key     MPO        MPO

  programs:recipient_list           -           MUPO       -
  programs:recipient_add            -           M          M
  programs:recipient_detail         recipient   MUPO       -
  programs:recipient_edit           recipient   M          M
  programs:recipient_merge_pick     recipient   M          -
  programs:recipient_merge          pair        M          M
  programs:address_add              recipient   M          M
  programs:address_edit             postal      M          M
  programs:address_remove           postal      M          M
  programs:consent_grant            recipient   M          M
  programs:consent_withdraw         recipient   M          M
  programs:consent_wording_add      -           O          O
  programs:recipient_import         -           M          M
  programs:preferences              token       public     public
  programs:unsubscribe              token       public     public

  programs:sheet_list               -           M          -
  programs:sheet_create             -           M          M
  programs:sheet_sample             -           M          -
  programs:sheet_detail             reading     M          -
  programs:sheet_map                mapping     M          M
  programs:sheet_reopen             list        M          M
  programs:sheet_rows               list        M          -
  programs:sheet_row                row         M          M
  programs:sheet_repair             list        -          M
  programs:sheet_problems           list        M          -
  programs:sheet_corrections        list        M          M
  programs:sheet_add                people      -          M
  programs:sheet_cancel             list        M          M

  orders:send                       -           M          -
  orders:order_create               -           M          M
  orders:postal_create              -           M          M
  orders:postal_edit                postal-draft  M        M
  orders:order_list                 -           MAUPO      -
  orders:order_detail               completed   MAUPO      -
  orders:order_edit                 draft       M          M
  orders:order_check                draft       M          -
  orders:order_submit               draft       -          M
  orders:order_undo                 approved    -          MA
  orders:order_cancel               draft       M          M
  orders:order_resume               attention   -          M
  orders:order_give_up              attention   M          M
  orders:order_settle               attention   PO         PO
  orders:approval_list              -           A          -
  orders:approval_review            submitted   A          A
  orders:bulk_begin                 list        -          M
  orders:bulk_orders                bulk-both   M          -
  orders:order_reopen               bulk        -          M
  orders:order_test                 bulk        -          MAUPO
  orders:order_pause                bulk-sending  -        M
  orders:order_continue             bulk-sending  -        M
  orders:order_stop                 bulk-sending  M        M
  orders:order_retry                bulk-failed   -        M
  orders:order_correct              bulk-failed   -        M
  orders:order_result               bulk-result   -        MUPO
  orders:reward_list                bulk-failed   MAUPO    -
  orders:placement_list             bulk-failed   MAUPO    -
  orders:links_list                 -           MAUPO      -
  orders:links_create               -           M          M
  orders:links_edit                 links-draft  M         M
  orders:links_detail               links       MAUPO      -
  orders:links_find                 links       -          MAUPO
  orders:links_void                 links       M          M
  orders:links_extend               links       M          M
  orders:links_export               links       M          M
  orders:links_qr                   links       M          M
  orders:shipment_list              -           MAUPO      -
  orders:shipments_tracking         -           M          M
  orders:shipment_detail            parcel      MAUPO      -
  orders:shipment_track             parcel      M          M
  orders:shipment_deliver           parcel      M          M
  orders:shipment_return            parcel      M          M
  orders:shipment_undo              parcel      -          M
  orders:shipments_print            -           M          M
  orders:shipments_addresses        -           M          M
  orders:links_assign               links       M          M
  orders:links_mail                 links       M          M
  orders:link_detail                link        MAUPO      -
  orders:link_void                  link        M          M
  orders:link_extend                link        M          M
  orders:link_reissue               link        M          M
  orders:link_show                  link        M          M
  orders:link_assign                link        M          M
  orders:link_mail                  link        M          M
  orders:claim                      claim-token  public    public
  orders:order_collect              postal-draft  M        M
  orders:collect_remind             collecting  -          M
  orders:collect_stop               collecting  -          M
  orders:collect_leave_out          postal-draft  -        M
  orders:address_answer             address-token  public  public
  orders:rule_list                  -           MAUPO      -
  orders:rule_create                -           M          M
  orders:rule_detail                rule        MAUPO      -
  orders:rule_edit                  rule        M          M
  orders:rule_submit                rule-draft  -          M
  orders:rule_decide                rule-change  A         A
  orders:rule_pause                 rule        -          MA
  orders:rule_resume                rule        -          M
  orders:rule_end                   rule        M          M
  orders:rule_dry_run               rule        MAUPO      MAUPO
  orders:event_list                 -           MAUPO      -
  orders:event_detail               event       MAUPO      -
  orders:event_replay               event       M          M
  orders:events_replay              -           M          M
  orders:events_export              -           MU         MU
  orders:refused_call_list          -           MAUPO      -
  orders:held_list                  -           MAUPO      -
  orders:award_decide               held        A          A
  orders:campaign_report            -           MAUPO      -
  orders:campaign_file              -           MU         -
  orders:try_api                    -           MUPO       MUPO
  orders:endpoint_list              -           MPO        -
  orders:endpoint_create            -           MPO        MPO
  orders:endpoint_detail            endpoint    MPO        -
  orders:endpoint_edit              endpoint    MPO        MPO
  orders:endpoint_pause             endpoint    -          MPO
  orders:endpoint_resume            endpoint    -          MPO
  orders:endpoint_rotate            endpoint    MPO        MPO
  orders:endpoint_test              endpoint    -          MPO
  orders:endpoint_replay            endpoint    MPO        MPO
  orders:delivery_detail            delivery    MPO        -
  orders:delivery_replay            delivery    -          MPO
  orders:hint_receive               hook        -          public
  orders:api_docs                   -           public     -

  api:openapi                       -           public     -
  api:event_report                  -           -          key
  api:event_read                    called      key        -
  api:reward_request                -           -          key
  api:reward_read                   earned      key        -
  api:product_list                  -           key        -
  api:nowhere                       -           -          -
"""


class Row(NamedTuple):
    route: str
    thing: str
    get: str
    post: str

    def may(self, method: str) -> str:
        return self.get if method == "GET" else self.post


ROWS: Final = [Row(*line.split()) for line in TABLE.splitlines()[2:] if line.strip()]

# Letters of the table by actor, and the side they belong to.
ACTORS: Final = {
    "anonymous": ("", ""),
    "outsider": ("", ""),
    "manager": ("M", "Spring"),
    "approver": ("A", "Spring"),
    "auditor": ("U", "Spring"),
    "program administrator": ("P", "Spring"),
    "organisation administrator": ("O", "Spring Autumn"),
    "member of another program": ("M", "Autumn"),
}
ROLES: Final = {
    "M": Role.MANAGER,
    "A": Role.APPROVER,
    "U": Role.AUDITOR,
    "P": Role.ADMINISTRATOR,
}
# What belongs to a side: its name stands in every text, its digits in every number.
WORDS: Final = {"Spring": r"spring|555\D?010\d", "Autumn": r"autumn|555\D?014\d"}
# Answers of a page that let somebody in; 409 and 422 are verdicts on an empty form.
LET_IN: Final = frozenset({200, 204, 302, 303, 409, 422})
SIGN_IN: Final = frozenset({302})
NOT_FOUND: Final = frozenset({404})
NO_METHOD: Final = frozenset({405})
# What systems with a key may do is in tests/orders/api.
NO_KEY: Final = frozenset({401})


def test_every_address_has_one_row():
    assert sorted(row.route for row in ROWS) == sorted(routes())


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_get_lets_in_whom_it_should_and_changes_nothing(world):
    actors, targets = [Actor(name, world) for name in ACTORS], visits(world)
    before = contents()

    wrong = [
        complaint
        for actor in actors
        for row, side, url in targets
        for complaint in complaints(actor, row, "GET", side, actor.ask("GET", url))
    ]

    assert wrong == []
    assert changed(before) == set()


def test_post_lets_in_whom_it_should_and_else_changes_nothing(world):
    actors, targets = [Actor(name, world) for name in ACTORS], visits(world)
    before = contents()
    wrong: list[str] = []

    for actor, (row, side, url) in itertools.product(actors, targets):
        savepoint = transaction.savepoint()
        response = actor.ask("POST", url)
        wrong += complaints(actor, row, "POST", side, response)
        if response.status_code in LET_IN:
            transaction.savepoint_rollback(savepoint)
        else:
            transaction.savepoint_commit(savepoint)

    assert wrong == []
    assert changed(before) == set()


def test_what_another_program_gave_somebody_stays_there(world):
    shared = {"pk": world.shared.pk}
    routes_of_people = [row.route for row in ROWS if row.thing == "recipient"]
    for name in ("manager", "auditor", "member of another program"):
        actor = Actor(name, world)
        for route in routes_of_people:
            response = actor.ask("GET", reverse(f"{route}", kwargs=shared))

            assert leaks(actor, response) == []


class Actor:
    """Somebody of the table, at a browser."""

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.letter, sides = ACTORS[name]
        self.sides = frozenset(sides.split())
        self.is_known = name != "anonymous"
        self._session = ""
        if self.is_known:
            signed_in = factories.signed_in(self._user(world))
            self._session = signed_in.cookies["sessionid"].value

    def client(self) -> Client:
        """A browser signed in as before, unspoilt by what the last one did."""
        client = Client()
        if self._session:
            client.cookies["sessionid"] = self._session
        return client

    def ask(self, method, url):
        client = self.client()
        return client.get(url) if method == "GET" else client.post(url)

    def expected(self, row: Row, method: str, side: Side) -> frozenset[int]:
        """The statuses that are right for this person."""
        who = row.may(method)
        if who == "public" or (who == "signed-in" and self.is_known):
            return LET_IN
        if who == "key":
            return NO_KEY
        if {"key", "public"} & {row.get, row.post}:
            return NO_METHOD
        if row.route == "api:nowhere":
            return NOT_FOUND
        if not self.is_known:
            return SIGN_IN
        if who == "-":
            return NO_METHOD | NOT_FOUND
        belongs = row.thing not in OF_A_PROGRAM or side.name in self.sides
        is_named = who == "signed-in" or (self.letter and self.letter in who)
        return LET_IN if is_named and belongs else NOT_FOUND

    def _user(self, world: World) -> User:
        if not self.letter:
            return world.otto
        if self.letter == "O":
            return world.adam
        side = world.spring if "Spring" in self.sides else world.autumn
        return side.staff[ROLES[self.letter]]


def visits(world: World) -> list[tuple[Row, Side, str]]:
    """Every row with its address, on both sides where it leads into a program."""
    return [
        (row, side, address(row.route, row.thing, world, side))
        for row in ROWS
        for side in (world.spring, world.autumn)
        if side is world.spring or row.thing in OF_A_PROGRAM
    ]


def complaints(
    actor: Actor, row: Row, method: str, side: Side, response: HttpResponse
) -> Iterator[str]:
    """What is wrong with an answer, in words that name the row."""
    status, expected = response.status_code, actor.expected(row, method, side)
    asks = response.headers.get("Location", "").startswith("/sign-in/")
    about = f"{actor.name}: {method} {row.route} of {side.name}: {status}"
    if status not in expected:
        yield f"{about}, not {sorted(expected)}"
    elif (expected is SIGN_IN) != asks and not row.route.startswith("account_"):
        yield f"{about} to {response.headers.get('Location')}"
    if row.may(method) != "public":
        yield from (f"{about} shows {word}" for word in leaks(actor, response))


def leaks(actor: Actor, response: HttpResponse) -> list[str]:
    """Words of programs that are none of this person's."""
    page = response.getvalue().decode(errors="replace").lower()
    return [
        found[0]
        for name, pattern in WORDS.items()
        if name not in actor.sides and (found := re.search(pattern, page))
    ]
