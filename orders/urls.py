from django.urls import URLPattern, path

from orders import event_urls, link_urls, rule_urls, shipment_urls, webhook_urls
from orders.api import docs
from orders.views import (
    acts,
    approvals,
    bulk,
    bulk_acts,
    bulk_list,
    digital,
    hints,
    orders,
    results,
    rewards,
    sending,
    settling,
    try_api,
)

app_name = "orders"

_one = "orders/<slug:reference>/"

urlpatterns: list[URLPattern] = [
    path("send/", sending.send, name="send"),
    path("send/digital/", digital.order_create, name="order_create"),
    path("orders/", orders.order_list, name="order_list"),
    path(_one, orders.order_detail, name="order_detail"),
    path("bulk/<int:pk>/continue/", bulk_list.bulk_begin, name="bulk_begin"),
    path("bulk/<int:pk>/orders/", bulk_list.bulk_orders, name="bulk_orders"),
    path(f"{_one}rewards/", rewards.reward_list, name="reward_list"),
    path(f"{_one}placements/", rewards.placement_list, name="placement_list"),
    path(f"{_one}test/", bulk.order_test, name="order_test"),
    path(f"{_one}back-to-list/", bulk_list.order_reopen, name="order_reopen"),
    path(f"{_one}result.<str:kind>", results.order_result, name="order_result"),
    path(f"{_one}pause/", bulk_acts.order_pause, name="order_pause"),
    path(f"{_one}continue/", bulk_acts.order_continue, name="order_continue"),
    path(f"{_one}stop/", bulk_acts.order_stop, name="order_stop"),
    path(f"{_one}retry/", bulk_acts.order_retry, name="order_retry"),
    path(f"{_one}correct/", bulk_acts.order_correct, name="order_correct"),
    path(f"{_one}edit/", digital.order_edit, name="order_edit"),
    path(f"{_one}check/", acts.order_check, name="order_check"),
    path(f"{_one}submit/", acts.order_submit, name="order_submit"),
    path(f"{_one}undo/", acts.order_undo, name="order_undo"),
    path(f"{_one}cancel/", acts.order_cancel, name="order_cancel"),
    path(f"{_one}resume/", acts.order_resume, name="order_resume"),
    path(f"{_one}give-up/", acts.order_give_up, name="order_give_up"),
    path(f"{_one}settle/", settling.order_settle, name="order_settle"),
    path("approvals/", approvals.approval_list, name="approval_list"),
    path(
        "approvals/<slug:reference>/",
        approvals.approval_review,
        name="approval_review",
    ),
    path("developers/api/", docs.api_docs, name="api_docs"),
    path("developers/try/", try_api.try_api, name="try_api"),
    path("hooks/<slug:token>/", hints.hint_receive, name="hint_receive"),
    *event_urls.urlpatterns,
    *link_urls.urlpatterns,
    *rule_urls.urlpatterns,
    *shipment_urls.urlpatterns,
    *webhook_urls.urlpatterns,
]
