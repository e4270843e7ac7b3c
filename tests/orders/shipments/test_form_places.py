"""Where a card goes: entered, verified, on record, or asked for."""

import pytest
from django.core.cache import cache

from orders.models import Order, Shipment
from portal.audit.models import Entry
from programs import address_book
from programs.models import PostalAddress, Recipient
from tests import factories
from tests.orders.shipments import posted
from tests.orders.shipments.filled import (
    ADDRESS,
    DOUBTED,
    NEW,
    PASTED,
    asked,
    emptied,
    refused,
    words,
)


class TestAnAddress:
    def test_that_is_pasted_is_shown_before_anything_is_saved(self, as_manu, typed):
        sent = typed(**emptied(), address_paste=PASTED) | {"address-country": "US"}

        page = as_manu.post(NEW, sent)

        assert page.status_code == 200
        assert not Order.objects.exists()
        address = page.context["address"]
        shown = {f"address-{name}": address[name].value() for name in address.fields}
        assert ADDRESS.items() <= shown.items()
        assert "Confirmed" in words(page)
        assert "The fields are filled in. Check them." in words(page)
        assert page.context["preview"].parcel.label[0] == "Rosa Example"

        again = as_manu.post(NEW, sent | {k: v for k, v in shown.items() if v})

        assert again.status_code == 303

    @pytest.mark.parametrize("act", ["fill", "country", "check"])
    def test_has_buttons_that_keep_all_else_and_complain_of_nothing(
        self, as_manu, typed, act
    ):
        sent = typed(
            address_act=act,
            address_city="",
            value="11",
            message="Typed",
            needed_by="2020-01-01",
            contact="nobody",
        )

        page = as_manu.post(NEW, sent)

        form = page.context["form"]
        assert page.status_code == 200
        assert not form.errors
        assert "There is a problem" not in words(page)
        assert (form["message"].value(), form["value"].value()) == ("Typed", "11")

    def test_of_another_country_asks_for_its_parts(self, as_manu, typed):
        page = as_manu.post(NEW, typed(address_act="country", address_country="CA"))

        assert str(page.context["address"]["state"].label) == "Province"
        assert str(page.context["address"]["postal_code"].label) == "Postal code"

    def test_in_doubt_shows_both_versions(self, as_manu, typed):
        page = as_manu.post(NEW, typed(**DOUBTED, address_city="Boston"))

        said = words(page)
        assert refused(page) == ["address-choice"]
        assert "Use the suggestion" in said
        assert "Keep it as typed" in said

    def test_in_doubt_goes_as_it_is_suggested(self, as_manu, typed):
        sent = typed(**DOUBTED, address_city="Boston")
        seen = as_manu.post(NEW, sent).context["address"].seen
        choice = {"address-seen": seen, "address-choice": "suggestion"}

        page = as_manu.post(NEW, sent | choice)

        assert page.status_code == 303
        parcel = Shipment.objects.get()
        assert (parcel.postal_code, parcel.reason) == ("02201", "")

    def test_is_kept_as_typed_for_a_reason_that_the_journal_notes(
        self, as_manu, typed, manu
    ):
        sent = typed(**DOUBTED, address_city="Boston")
        seen = as_manu.post(NEW, sent).context["address"].seen
        choice = {"address-seen": seen, "address-choice": "mine"}

        without = as_manu.post(NEW, sent | choice)
        assert refused(without) == ["address-reason"]
        page = as_manu.post(NEW, sent | choice | {"address-reason": "They write so"})

        assert page.status_code == 303
        parcel = Shipment.objects.get()
        assert (parcel.postal_code, parcel.reason) == ("O2201", "They write so")
        assert parcel.overridden_by == manu
        made = Entry.objects.get(action="order.created")
        assert made.data["address_overridden"] is True
        assert "They write so" not in str(list(Entry.objects.values_list("data")))

    def test_is_not_kept_as_typed_without_the_permission(
        self, as_manu, typed, may_not_override
    ):
        sent = typed(**DOUBTED, address_city="Boston")
        seen = as_manu.post(NEW, sent).context["address"].seen
        choice = {"address-seen": seen, "address-choice": "mine"}

        page = as_manu.post(NEW, sent | choice | {"address-reason": "They write so"})

        assert refused(page) == ["address-choice"]

    def test_the_provider_would_refuse_is_never_kept(self, as_manu, typed):
        sent = typed(address_line1="x" * 101, address_choice="mine")

        page = as_manu.post(NEW, sent | {"address-reason": "It is long"})

        assert refused(page) == ["address-line1"]


class TestAskingTheProviderAboutAnAddress:
    @pytest.fixture
    def provider(self, sandbox, settings):
        settings.PROVIDER_ADDRESS_VERIFICATION = True
        cache.clear()  # how often somebody asked is counted there
        sandbox.settings(address_verification="yes")
        return sandbox

    def test_is_one_call_that_keeps_all_else(self, provider, as_manu, typed, program):
        sent = typed(address_act="verify", message="Typed", value="11")

        page = as_manu.post(NEW, sent)

        assert page.status_code == 200
        assert "The provider" in words(page)
        form = page.context["form"]
        assert (form["message"].value(), form["value"].value()) == ("Typed", "11")
        noted = Entry.objects.get(action="address.verified")
        assert noted.program_id == program.pk
        assert asked(provider) == 1
        assert not Order.objects.exists()

    @pytest.mark.parametrize(
        "answers", [{}, {"preview": "page"}, {"address_act": "check"}], ids=str
    )
    def test_never_happens_by_itself(self, provider, as_manu, typed, answers):
        as_manu.get(NEW)
        as_manu.post(NEW, typed(**answers))

        assert asked(provider) == 0


class TestSomebodyOnRecord:
    @pytest.fixture
    def dana(self, program, manager):
        dana = factories.make_recipient(
            "Dana Rivera", program, email="dana@example.com"
        )
        address_book.add(dana, posted.LIBRARY, actor=manager)
        return dana

    def test_is_sent_to_the_address_in_the_book(self, as_manu, typed, dana):
        form = as_manu.get(NEW, {"recipient": dana.pk}).context["form"]
        shown = {n: form[n].value() for n in ("contact", "where", "recipient")}
        stored = dana.addresses.get()

        page = as_manu.post(NEW, typed(**emptied(), **shown))

        assert shown["where"] == str(stored.pk)
        assert page.status_code == 303
        reward = Order.objects.get().rewards.get()
        assert reward.recipient == dana
        assert (reward.shipment.name, reward.shipment.line1) == (
            "Dana Rivera",
            "476 5th Ave",
        )
        assert PostalAddress.objects.count() == 1

    def test_without_a_contact_too(self, as_manu, typed, program, dana):
        Recipient.objects.filter(pk=dana.pk).update(email=None, is_by_post_only=True)
        where = dana.addresses.get().pk

        page = as_manu.post(NEW, typed(**emptied(), where=where, recipient=dana.pk))

        assert page.status_code == 303
        assert Order.objects.get().rewards.get().recipient == dana

    def test_is_found_by_the_contact_that_is_typed(self, as_manu, typed, dana):
        sent = typed(contact="dana@example.com", preview="places")

        page = as_manu.post(NEW, sent, headers={"hx-request": "true"})

        assert page.status_code == 200
        assert "476 5th Ave" in words(page)
        assert "Paste an address" not in words(page)

    def test_of_another_program_is_not_shown(self, as_manu, typed, manager):
        other = factories.make_program("Other")
        ella = factories.make_recipient("Ella", other, email="ella@example.com")
        stored = address_book.add(ella, posted.LIBRARY, actor=manager)

        shown = as_manu.get(NEW, {"recipient": ella.pk})
        looked = as_manu.post(NEW, typed(contact=ella.email, preview="page"))
        taken = as_manu.post(
            NEW, typed(contact=ella.email, where=stored.pk, recipient=ella.pk)
        )

        assert "Ella" not in words(shown)
        assert "In the address book" not in words(looked)
        assert refused(taken) == ["where"]

    def test_whose_name_is_typed_over_is_somebody_else(self, as_manu, typed, dana):
        as_manu.post(NEW, typed(recipient=dana.pk))

        assert Order.objects.get().rewards.get().recipient != dana

    def test_can_be_moved_to_another_address(self, as_manu, typed, dana):
        moved = {"address_name": "Dana Rivera", "address_line1": "1 City Hall Sq"}
        boston = {"address_city": "Boston", "address_state": "MA"}

        page = as_manu.post(
            NEW,
            typed(recipient=dana.pk, **moved, **boston, address_postal_code="02201"),
        )

        assert page.status_code == 303
        assert Order.objects.get().rewards.get().recipient == dana
        assert dana.addresses.count() == 2

    def test_whose_address_somebody_kept_is_not_used_without_the_permission(
        self, as_manu, typed, dana, may_not_override
    ):
        odd = PostalAddress.objects.get()
        PostalAddress.objects.update(postal_code="1OO18", reason="They write so")

        page = as_manu.post(NEW, typed(recipient=dana.pk, where=odd.pk))

        assert refused(page) == ["where"]

    def test_whose_address_somebody_kept_takes_the_reason_along(
        self, as_manu, typed, dana, manu
    ):
        odd = PostalAddress.objects.get()
        PostalAddress.objects.update(postal_code="1OO18", reason="They write so")

        page = as_manu.post(NEW, typed(recipient=dana.pk, where=odd.pk))

        assert page.status_code == 303
        parcel = Shipment.objects.get()
        assert (parcel.reason, parcel.overridden_by) == ("They write so", manu)


class TestAskingForTheAddress:
    def test_needs_a_name_and_an_e_mail_address_alone(self, as_manu, typed):
        asked = {"where": "ask", "name": "Dana Rivera", "contact": "dana@example.com"}

        page = as_manu.post(NEW, typed(**emptied(), **asked))

        assert page.status_code == 303
        parcel = Shipment.objects.get()
        assert (parcel.name, parcel.has_address) == ("Dana Rivera", False)
        assert parcel.reward.email == "dana@example.com"
        assert parcel.reward.to_name == "Dana Rivera"

    @pytest.mark.parametrize(
        ("answers", "fields"),
        [
            ({"contact": "dana@example.com"}, ["name"]),
            ({"name": "Dana"}, ["contact"]),
            ({"name": "Dana", "contact": "+1 202 555 0123"}, ["contact"]),
            ({}, ["name", "contact"]),
        ],
        ids=str,
    )
    def test_says_what_is_missing(self, as_manu, typed, answers, fields):
        page = as_manu.post(NEW, typed(**emptied(), where="ask", **answers))

        assert refused(page) == fields
