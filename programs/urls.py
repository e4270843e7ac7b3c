"""Addresses of this package."""

from django.urls import URLPattern, path

from programs.key_urls import key_urls
from programs.recipient_urls import recipient_urls
from programs.sheet_urls import sheet_urls
from programs.views import (
    budget,
    catalogue,
    dated,
    members,
    programs,
    setup,
    shipping,
)

app_name = "programs"

program_urls: list[URLPattern] = [
    path("programs/", programs.program_list, name="program_list"),
    path("programs/new/", setup.program_create, name="program_create"),
    path("programs/<int:pk>/", programs.program_detail, name="program_detail"),
    path("programs/<int:pk>/edit/", setup.program_edit, name="program_edit"),
    path("programs/<int:pk>/pause/", programs.program_pause, name="program_pause"),
    path("programs/<int:pk>/resume/", programs.program_resume, name="program_resume"),
    path("programs/<int:pk>/close/", programs.program_close, name="program_close"),
    path("programs/<int:pk>/fund/", budget.budget_fund, name="budget_fund"),
    path("programs/<int:pk>/adjust/", budget.budget_adjust, name="budget_adjust"),
    path("programs/<int:pk>/members/add/", members.member_add, name="member_add"),
    path(
        "programs/<int:pk>/members/<int:membership_pk>/remove/",
        members.member_remove,
        name="member_remove",
    ),
    path("products/", catalogue.product_list, name="product_list"),
    path("products/<int:pk>/", catalogue.product_detail, name="product_detail"),
    path("products/refresh/", catalogue.product_refresh, name="product_refresh"),
    path("products/status/", catalogue.product_status, name="product_status"),
    path("products/shipping/", shipping.shipping_list, name="shipping_list"),
    path("products/shipping/<int:pk>/", shipping.transit_edit, name="transit_edit"),
    path("products/shipping/holidays/", shipping.holiday_list, name="holiday_list"),
    path(
        "products/shipping/holidays/<int:pk>/remove/",
        shipping.holiday_remove,
        name="holiday_remove",
    ),
    path("law/", dated.dated_list, name="dated_list"),
    path("law/new/", dated.dated_create, name="dated_create"),
]

urlpatterns: list[URLPattern] = [
    *program_urls,
    *key_urls,
    *recipient_urls,
    *sheet_urls,
]
