from django.urls import URLPattern, path

from orders.views import acts, approvals, digital, hints, orders, settling

app_name = "orders"

_one = "orders/<slug:reference>/"

urlpatterns: list[URLPattern] = [
    path("send/digital/", digital.order_create, name="order_create"),
    path("orders/", orders.order_list, name="order_list"),
    path(_one, orders.order_detail, name="order_detail"),
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
    path("hooks/<slug:token>/", hints.hint_receive, name="hint_receive"),
]
