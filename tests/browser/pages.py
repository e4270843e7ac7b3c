"""Every page of the portal, and the looks it can have.

Each row says who looks: M manager, A approver, U auditor, P program administrator,
O organisation administrator, S somebody signed in, - nobody in particular.
"""

from typing import Final, NamedTuple

from portal.accounts.models import User
from portal.permissions import Role
from tests.addresses import address
from tests.world import Side, World

# The extra word after a thing is a query string.
PAGES: Final = """
  home                              -          M
  home                              -          A
  account_login                     -          -
  account_logout                    -          S
  account_signup                    -          -
  account_inactive                  -          -
  account_reauthenticate            -          S
  account_change_password           -          S
  account_reset_password            -          -
  account_reset_password_done       -          -
  account_reset_password_from_key   key        -
  account_reset_password_from_key_done  -      -
  account_settings                  -          S

  person_list                       -          O
  person_list                       -          O  ?state=deactivated
  person_detail                     person     O
  invitation_create                 -          O
  invitation_accept                 invited    -

  audit:entry_list                  -          O
  audit:entry_detail                entry      U
  audit:entry_verify                -          U
  outbox:message_list               -          O
  outbox:message_list               -          O  ?state=waiting
  outbox:message_detail             message    O

  programs:program_list             -          O
  programs:program_create           -          O
  programs:program_detail           program    P
  programs:program_edit             program    P
  programs:program_pause            program    P
  programs:program_resume           program    P
  programs:program_close            program    P
  programs:budget_fund              program    P
  programs:budget_adjust            program    P
  programs:member_add               program    P
  programs:member_remove            member     P
  programs:product_list             -          M
  programs:product_detail           product    M
  programs:product_status           -          M
  programs:shipping_list            -          M
  programs:shipping_list            -          O  ?company=Swiftline
  programs:transit_edit             method     O
  programs:holiday_list             -          O
  programs:holiday_list             -          O  ?show=past
  programs:dated_list               -          O
  programs:dated_create             -          O
  programs:key_list                 -          M
  programs:key_list                 -          U  ?mode=live
  programs:key_create               -          M
  programs:key_detail               api-key    M
  programs:key_detail               api-key    P
  programs:key_edit                 api-key    M
  programs:key_rotate               api-key    M
  programs:key_revoke               api-key    P

  programs:recipient_list           -          M
  programs:recipient_add            -          M
  programs:recipient_detail         recipient  M
  programs:recipient_edit           recipient  M
  programs:recipient_merge_pick     recipient  M
  programs:recipient_merge          pair       M
  programs:address_add              recipient  M
  programs:address_edit             postal     M
  programs:address_remove           postal     M
  programs:consent_grant            recipient  M
  programs:consent_withdraw         recipient  M
  programs:consent_wording_add      -          O
  programs:preferences              token      -

  programs:recipient_import         -          M
  programs:sheet_list               -          M
  programs:sheet_create             -          M
  programs:sheet_detail             reading    M
  programs:sheet_map                mapping    M
  programs:sheet_reopen             list       M
  programs:sheet_rows               list       M
  programs:sheet_rows               list       M  ?show=all
  programs:sheet_rows               people     M
  programs:sheet_row                row        M
  programs:sheet_corrections        list       M
  programs:sheet_cancel             list       M

  orders:send                       -          M
  orders:order_create               -          M
  orders:postal_create              -          M
  orders:postal_edit                postal-draft      M
  orders:order_check                postal-draft      M
  orders:order_detail               postal-submitted  M
  orders:order_detail               postal-order      U
  orders:approval_review            postal-submitted  A
  orders:order_list                 -          M
  orders:order_detail               draft      M
  orders:order_detail               approved   M
  orders:order_detail               attention  M
  orders:order_detail               completed  U
  orders:order_edit                 draft      M
  orders:order_check                draft      M
  orders:order_cancel               draft      M
  orders:order_give_up              attention  M
  orders:order_settle               attention  P
  orders:approval_list              -          A
  orders:approval_review            submitted  A
  orders:order_detail               bulk       M
  orders:order_detail               bulk-sending    M
  orders:order_detail               bulk-failed     U
  orders:order_check                bulk       M
  orders:order_stop                 bulk-sending    M
  orders:approval_review            bulk-submitted  A
  orders:reward_list                bulk-failed     M
  orders:reward_list                bulk-failed     M  ?q=nothing
  orders:placement_list             bulk-failed     M
  orders:bulk_orders                bulk-both            M
  orders:bulk_orders                list                 M
  orders:order_check                bulk-post            M
  orders:order_check                bulk-post-open       M
  orders:order_detail               bulk-post-sending    M
  orders:approval_review            bulk-post-submitted  A
  orders:reward_list                bulk-post-sending    M
  orders:links_list                 -               M
  orders:links_list                 -               M  ?q=nothing
  orders:links_create               -               M
  orders:links_edit                 links-draft     M
  orders:order_check                links-draft     M
  orders:order_detail               links-submitted  M
  orders:order_detail               links           U
  orders:approval_review            links-submitted  A
  orders:reward_list                links           M
  orders:links_detail               links-submitted  M
  orders:links_detail               links           M
  orders:links_detail               links           U  ?status=claimed
  orders:links_void                 links           M
  orders:links_extend               links           M
  orders:links_export               links           M
  orders:links_export               links           M  ?status=expired
  orders:links_export               links-submitted  M
  orders:links_qr                   links           M
  orders:shipment_list              -               M
  orders:shipment_list              -               U  ?status=late
  orders:shipment_list              -               M  ?q=nothing
  orders:shipments_tracking         -               M
  orders:shipment_detail            parcel          M
  orders:shipment_detail            parcel          U
  orders:shipment_track             parcel          M
  orders:shipment_deliver           parcel          M
  orders:shipment_return            parcel          M
  orders:shipments_print            -               M
  orders:shipments_print            -               M  ?status=shipped
  orders:shipments_addresses        -               M  ?status=shipped
  orders:links_assign               links           M
  orders:links_mail                 links           M
  orders:link_detail                link            M
  orders:link_show                  link            M
  orders:link_assign                link            M
  orders:link_mail                  link            M
  orders:link_void                  link            M
  orders:link_extend                link            M
  orders:link_reissue               link            M
  orders:claim                      claim-token     -
  orders:order_collect              postal-draft    M
  orders:order_detail               collecting      M
  orders:address_answer             address-token   -
  orders:rule_list                  -               M
  orders:rule_list                  -               A  ?status=submitted
  orders:rule_create                -               M
  orders:rule_detail                rule            M
  orders:rule_detail                rule-change     A
  orders:rule_detail                rule-draft      M
  orders:rule_edit                  rule            M
  orders:rule_decide                rule-change     A
  orders:rule_end                   rule            M
  orders:rule_dry_run               rule            M
  orders:rule_dry_run               rule            U  ?of=test
  orders:event_list                 -               M
  orders:event_list                 -               U  ?status=reward-held
  orders:event_list                 -               M  ?q=nothing
  orders:event_detail               event           M
  orders:event_detail               event           A
  orders:event_replay               event           M
  orders:events_replay              -               M
  orders:events_export              -               U
  orders:refused_call_list          -               M
  orders:held_list                  -               A
  orders:award_decide               held            A
  orders:campaign_report            -               U
  orders:order_detail               triggered       M
  orders:approval_review            triggered       A
  orders:order_detail               collected       M
  orders:order_check                collected-draft  M
  orders:approval_review            collected       A
  orders:reward_list                collected       M
  orders:try_api                    -               M
  orders:try_api                    -               U
  orders:api_docs                   -               M
  orders:api_docs                   -               -
  orders:endpoint_list              -               M
  orders:endpoint_create            -               M
  orders:endpoint_detail            endpoint        M
  orders:endpoint_detail            endpoint        P  ?status=failed
  orders:endpoint_edit              endpoint        M
  orders:endpoint_rotate            endpoint        M
  orders:endpoint_replay            endpoint        M
  orders:endpoint_replay            endpoint        M  ?which=failed
  orders:delivery_detail            delivery        M
"""
# Addresses that show no page of their own, and why.
NO_PAGE: Final = {
    "health": "for machines",
    "theme": "a button of the account menu",
    "person_change_role": "a form of the person's page",
    "person_deactivate": "a button of the person's page",
    "person_reactivate": "a button of the person's page",
    "invitation_resend": "a button of the list of people",
    "invitation_revoke": "a button of the list of people",
    "outbox:message_retry": "a button of the message's page",
    "outbox:message_give_up": "a form of the message's page",
    "programs:product_refresh": "a button of the list of products",
    "programs:holiday_remove": "a button of the list of holidays",
    "programs:unsubscribe": "for mail programs",
    "programs:sheet_sample": "a file",
    "programs:sheet_problems": "a file",
    "programs:sheet_repair": "buttons of the list's rows",
    "programs:sheet_add": "a button of the list's rows",
    "orders:order_submit": "the button of the check page",
    "orders:order_undo": "a button of the order's page",
    "orders:order_resume": "a button of the order's page",
    "orders:bulk_begin": "a button of the list's rows",
    "orders:order_reopen": "a button of the check page",
    "orders:order_test": "a button of the message preview",
    "orders:order_pause": "a button of the order's page",
    "orders:order_continue": "a button of the order's page",
    "orders:order_retry": "a button of the order's page",
    "orders:order_correct": "a button of the order's page",
    "orders:order_result": "a file",
    "orders:campaign_file": "a file",
    "orders:collect_remind": "a button of the order's page",
    "orders:collect_stop": "a button of the order's page",
    "orders:collect_leave_out": "a button of the check page",
    "orders:shipment_undo": "a button of the shipment's page",
    "orders:endpoint_pause": "a button of the endpoint's page",
    "orders:endpoint_resume": "a button of the endpoint's page",
    "orders:endpoint_test": "a button of the endpoint's page",
    "orders:delivery_replay": "a button of the delivery's page",
    "orders:rule_submit": "a button of the rule's page",
    "orders:rule_pause": "a button of the rule's page",
    "orders:rule_resume": "a button of the rule's page",
    "orders:links_find": "the search of the batch's page",
    "orders:hint_receive": "for the provider",
    "api:openapi": "for other systems",
    "api:event_report": "for other systems",
    "api:event_read": "for other systems",
    "api:reward_request": "for other systems",
    "api:reward_read": "for other systems",
    "api:product_list": "for other systems",
    "api:nowhere": "for other systems",
}
# Forms that can be sent empty, and then say what is missing.
FORMS: Final = """
  account_login                     -          -
  account_reauthenticate            -          S
  account_change_password           -          S
  account_reset_password            -          -
  account_reset_password_from_key   key        -
  account_settings                  -          S
  invitation_create                 -          O
  invitation_accept                 invited    -
  outbox:message_detail             message    O
  programs:program_create           -          O
  programs:program_edit             program    P
  programs:budget_fund              program    P
  programs:budget_adjust            program    P
  programs:member_add               program    P
  programs:recipient_add            -          M
  programs:recipient_edit           recipient  M
  programs:address_add              recipient  M
  programs:address_edit             postal     M
  programs:consent_grant            recipient  M
  programs:consent_withdraw         recipient  M
  programs:consent_wording_add      -          O
  programs:transit_edit             method     O
  programs:holiday_list             -          O
  programs:dated_create             -          O
  programs:key_create               -          M
  programs:key_edit                 api-key    M
  programs:recipient_import         -          M
  programs:sheet_create             -          M
  programs:sheet_map                mapping    M
  programs:sheet_corrections        list       M
  orders:try_api                    -          M
  orders:order_create               -          M
  orders:postal_create              -          M
  orders:postal_edit                postal-draft  M
  orders:order_edit                 draft      M
  orders:order_settle               attention  P
  orders:links_create               -          M
  orders:links_edit                 links-draft  M
  orders:links_qr                   links      M
  orders:links_void                 links      M
  orders:links_extend               links      M
  orders:link_extend                link       M
  orders:links_assign               links      M
  orders:link_assign                link       M
  orders:shipments_tracking         -          M
  orders:shipment_return            parcel     M
  orders:address_answer             address-token  -
  orders:rule_create                -          M
  orders:rule_edit                  rule-draft  M
  orders:rule_decide                rule-change  A
  orders:award_decide               held       A
  orders:rule_dry_run               rule       M
  orders:endpoint_create            -          M
  orders:endpoint_edit              endpoint   M
"""
# What lists say when nothing is there, and when nothing matches.
EMPTY: Final = """
  home                              -          M
  orders:order_list                 -          M
  orders:order_list                 -          M  ?q=nothing
  orders:approval_list              -          A
  programs:program_list             -          M  ?q=nothing
  programs:program_detail           program    M
  programs:product_list             -          M
  programs:product_list             -          M  ?q=nothing
  programs:shipping_list            -          M
  programs:key_list                 -          M
  programs:key_list                 -          M  ?mode=live
  programs:recipient_list           -          M
  programs:recipient_list           -          M  ?q=nothing
  programs:sheet_list               -          M
  audit:entry_list                  -          U  ?about=nothing
  outbox:message_list               -          O
  person_list                       -          O  ?q=nothing
  orders:order_create               -          M
  orders:postal_create              -          M
  orders:links_list                 -          M
  orders:links_create               -          M
  orders:shipment_list              -          M
  orders:shipment_list              -          U
  orders:shipments_print            -          M
  orders:try_api                    -          M
  orders:event_list                 -          M
  orders:event_list                 -          M  ?q=nothing
  orders:refused_call_list          -          M
  orders:held_list                  -          A
  orders:campaign_report            -          U
  orders:events_export              -          U
  orders:rule_list                  -          M
  orders:rule_list                  -          A  ?status=paused
  orders:rule_create                -          M
  orders:endpoint_list              -          M
"""
_ROLES: Final = {
    "M": Role.MANAGER,
    "A": Role.APPROVER,
    "U": Role.AUDITOR,
    "P": Role.ADMINISTRATOR,
}


class Look(NamedTuple):
    """One page as one person sees it."""

    route: str
    thing: str
    who: str
    query: str = ""

    def path(self, world: World, side: Side) -> str:
        return address(self.route, self.thing, world, side) + self.query

    def viewer(self, world: World, side: Side) -> User | None:
        """Who is signed in; None for nobody."""
        if self.who == "-":
            return None
        if self.who == "O":
            return world.adam
        return world.otto if self.who == "S" else side.staff[_ROLES[self.who]]


def looks(table: str) -> list[Look]:
    return [Look(*line.split()) for line in table.splitlines() if line.strip()]
