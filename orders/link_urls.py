"""Addresses of claim links: the batches for staff, and one door for whoever has one."""

from django.urls import URLPattern, path

from orders.views import (
    claim,
    link_acts,
    link_assign,
    link_batch,
    link_detail,
    link_export,
    link_mail,
    link_qr,
    link_show,
    links,
)

_batch = "links/<slug:reference>/"
_link = f"{_batch}<slug:code>/"

urlpatterns: list[URLPattern] = [
    path("links/", links.links_list, name="links_list"),
    path("links/new/", links.links_create, name="links_create"),
    path(f"{_batch}edit/", links.links_edit, name="links_edit"),
    path(_batch, link_batch.links_detail, name="links_detail"),
    path(f"{_batch}find/", link_batch.links_find, name="links_find"),
    path(f"{_batch}void/", link_acts.links_void, name="links_void"),
    path(f"{_batch}extend/", link_acts.links_extend, name="links_extend"),
    path(f"{_batch}export/", link_export.links_export, name="links_export"),
    path(f"{_batch}qr/", link_qr.links_qr, name="links_qr"),
    path(f"{_batch}assign/", link_assign.links_assign, name="links_assign"),
    path(f"{_batch}mail/", link_mail.links_mail, name="links_mail"),
    path(_link, link_detail.link_detail, name="link_detail"),
    path(f"{_link}void/", link_acts.link_void, name="link_void"),
    path(f"{_link}extend/", link_acts.link_extend, name="link_extend"),
    path(f"{_link}reissue/", link_acts.link_reissue, name="link_reissue"),
    path(f"{_link}show/", link_show.link_show, name="link_show"),
    path(f"{_link}assign/", link_assign.link_assign, name="link_assign"),
    path(f"{_link}mail/", link_mail.link_mail, name="link_mail"),
    path("c/<str:token>", claim.claim, name="claim"),
]
