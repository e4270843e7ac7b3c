"""Who has which link: typed, pasted or from a list, and never two for one person."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from orders import drafts, screening
from orders.links import assigning
from orders.models import Claim
from portal.audit.models import Entry
from programs import merging, recipients
from programs.merging import Take
from programs.models import Recipient, Sheet, SheetRow
from programs.sheets.people import Person
from tests import factories
from tests.orders.bulk import lists
from tests.orders.claims import made

RILEY = Person("Riley Reed", "riley@example.com", "")


@pytest.fixture
def batch(program, cvs, manu):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    return made.make_batch(program, cvs, manu, quantity=3)


@pytest.fixture
def claim(batch):
    return batch.claims.earliest("number")


def page_of(claim):
    where = {"reference": claim.batch.order.reference, "code": claim.code}
    return reverse("orders:link_assign", kwargs=where)


def pages_of(batch):
    return reverse("orders:links_assign", args=[batch.order.reference])


def typed(claim, **fields):
    return {
        "contact": "riley@example.com",
        "name": "Riley Reed",
        "version": claim.version,
        **fields,
    }


def give(claim, person, actor):
    claim.refresh_from_db()
    return assigning.assign(claim, person, version=claim.version, actor=actor)


def people_of(program, *names):
    return [
        factories.make_recipient(name, program, email=f"{name.lower()}@example.com")
        for name in names
    ]


def list_of(program, product, maker, people, **fields):
    """A list brought before, whose rows know their people."""
    rows = [{"recipient": person, "name": person.name} for person in people]
    return lists.make_sheet(program, product, maker, rows, **fields)


def names_by_number(batch):
    claims = batch.claims.order_by("number").select_related("recipient")
    return [claim.recipient.name if claim.recipient else "" for claim in claims]


def test_a_typed_person_is_added_and_has_the_link(as_manu, program, claim):
    answer = as_manu.post(page_of(claim), typed(claim, contact=" Riley@Example.com "))

    assert answer.status_code == 303
    claim.refresh_from_db()
    assert claim.recipient.email == "riley@example.com"
    assert program in claim.recipient.programs.all()
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.subject_id) == ("claim.assigned", str(claim.pk))
    assert entry.data == {"recipient": claim.recipient_id, "before": None}


def test_a_mobile_number_will_do_and_somebody_known_keeps_their_name(
    as_manu, program, claim
):
    known = factories.make_recipient("Dana Rivera", program, phone="+12025550123")

    as_manu.post(page_of(claim), typed(claim, contact="(202) 555-0123", name="D."))

    claim.refresh_from_db()
    assert (claim.recipient, claim.recipient.name) == (known, "Dana Rivera")


def test_a_link_can_be_taken_back_and_given_to_another(as_manu, manager, claim):
    give(claim, RILEY, manager)
    riley = claim.batch.claims.get(pk=claim.pk).recipient
    claim.refresh_from_db()

    taken = as_manu.post(page_of(claim), {"unassign": "1", "version": claim.version})

    assert taken.status_code == 303
    claim.refresh_from_db()
    assert claim.recipient is None
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.data) == ("claim.unassigned", {"recipient": riley.pk})
    again = as_manu.post(page_of(claim), typed(claim, contact="sam@example.com"))
    assert again.status_code == 303


@pytest.mark.parametrize("field", ["claimed_at", "redeemed_at"])
def test_who_claimed_a_card_stays_on_its_link(as_manu, manager, claim, field):
    give(claim, RILEY, manager)
    Claim.objects.filter(pk=claim.pk).update(
        **{field: timezone.now(), "holder_digest": "x"}
    )
    claim.refresh_from_db()

    page = as_manu.get(page_of(claim))
    refused = as_manu.post(page_of(claim), {"unassign": "1", "version": claim.version})

    assert "Take it from them" not in page.text
    assert refused.status_code == 422
    assert "The card is claimed" in refused.text
    claim.refresh_from_db()
    assert claim.recipient.name == "Riley Reed"
    assert Entry.objects.latest("sequence").action == "claim.assigned"


def test_the_journal_names_nobody(manager, claim):
    give(claim, RILEY, manager)
    assigning.assign_people(
        claim.batch, [Person("Sam Canary", "canary@example.com", "")], actor=manager
    )

    written = repr(list(Entry.objects.values_list("data", flat=True)))
    assert "iley" not in written
    assert "anary" not in written


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("contact", "", "required"),
        ("contact", "riley at example", "Enter an e-mail address with an @"),
        ("contact", "12345 678 910 111213", "No phone has this number."),
        ("name", "", "required"),
        ("name", "Riley\x07", "control characters"),
    ],
)
def test_bad_input_is_named_and_kept(as_manu, claim, field, value, says):
    answer = as_manu.post(page_of(claim), typed(claim, **{field: value}))

    assert answer.status_code == 422
    assert says in str(answer.context["form"].errors[field])
    assert answer.context["form"]["contact"].value() is not None
    claim.refresh_from_db()
    assert claim.recipient is None


def test_one_person_gets_one_link_of_a_batch(as_manu, manager, program, claim):
    give(claim, RILEY, manager)
    other = claim.batch.claims.latest("number")

    refused = as_manu.post(page_of(other), typed(other))

    assert refused.status_code == 422
    assert "have a link of this batch already" in refused.text
    claim.refresh_from_db()
    Claim.objects.filter(pk=claim.pk).update(voided_at=timezone.now())
    assert as_manu.post(page_of(other), typed(other)).status_code == 303


def test_a_merged_record_counts_as_the_same_person(manager, program, claim):
    dana, twin = people_of(program, "Dana", "Twin")
    give(claim, Person("Twin", "twin@example.com", ""), manager)
    merging.merge(dana, twin, take=Take(), actor=manager)

    other = claim.batch.claims.latest("number")
    with pytest.raises(assigning.Refused):
        give(other, Person("Dana", "dana@example.com", ""), manager)


@pytest.mark.parametrize(
    "fields",
    [
        {"problem": "No answer."},
        {"claimed_at": timezone.now(), "holder_digest": "x"},
        {"redeemed_at": timezone.now()},
        {"voided_at": timezone.now()},
        {"expires_at": timezone.now()},
    ],
)
def test_only_a_link_that_can_be_claimed_is_given(as_manu, claim, fields):
    Claim.objects.filter(pk=claim.pk).update(**fields)

    refused = as_manu.post(page_of(claim), typed(claim))

    assert refused.status_code == 422
    assert "can still be claimed" in refused.text
    assert not Recipient.objects.filter(email="riley@example.com").exists()
    assert assigning.free_links(claim.batch).count() == 2


def test_a_stale_page_changes_nothing_and_keeps_what_was_typed(as_manu, manager, claim):
    form = typed(claim, contact="sam@example.com", name="Sam Smith")
    give(claim, RILEY, manager)

    stale = as_manu.post(page_of(claim), form)
    unassign = as_manu.post(
        page_of(claim), {"unassign": "1", "version": form["version"]}
    )

    assert {stale.status_code, unassign.status_code} == {409}
    assert "Riley Reed" in stale.text
    assert stale.context["form"]["name"].value() == "Sam Smith"
    claim.refresh_from_db()
    assert claim.recipient.name == "Riley Reed"
    form["version"] = stale.context["form"]["version"].value()
    assert as_manu.post(page_of(claim), form).status_code == 303


def test_the_cap_for_one_person_counts_rewards_and_links(
    program, cvs, manu, manager, claim
):
    program.recipient_cap_minor = 2500
    program.save()
    give(claim, RILEY, manager)
    second = made.make_batch(program, cvs, manu, quantity=1).claims.get()
    third = made.make_batch(program, cvs, manu, quantity=1).claims.get()
    give(second, RILEY, manager)

    with pytest.raises(assigning.Refused, match=r"at most \$25\.00"):
        give(third, RILEY, manager)

    # $15 by e-mail, and then a link of $10.
    factories.make_submitted(program, cvs, manu, name="Sam", email="sam@example.com")
    give(third, Person("Sam", "sam@example.com", ""), manager)


def test_the_cap_counts_a_link_before_a_card_by_mail(
    program, cvs, manu, manager, claim, clock
):
    program.recipient_cap_minor, program.recipient_cap_days = 2000, 30
    program.save()
    give(claim, RILEY, manager)
    order = factories.make_draft(program, cvs, manu, email=RILEY.email)

    with pytest.raises(drafts.NotSubmittable) as refusal:
        drafts.submit(order, version=order.version, actor=manager)

    assert "$10.00 is given already" in refusal.value.problems[0].message
    clock.shift(timedelta(days=31))
    assert drafts.submit(order, version=order.version, actor=manager)


@pytest.mark.parametrize(
    "gone", [{"voided_at": timezone.now()}, {"recipient": None}, {"problem": "No."}]
)
def test_a_link_that_is_nobodys_or_stopped_uses_up_no_cap(
    program, cvs, manu, manager, claim, gone
):
    program.recipient_cap_minor = 2000
    program.save()
    give(claim, RILEY, manager)
    Claim.objects.filter(pk=claim.pk).update(**gone)

    factories.make_submitted(program, cvs, manu, email=RILEY.email)


def test_the_cap_counts_links_before_the_cards_of_a_list(
    program, cvs, manu, manager, claim
):
    dana, twin = people_of(program, "Dana", "Twin")
    give(claim, Person("Twin", "twin@example.com", ""), manager)
    merging.merge(dana, twin, take=Take(), actor=manager)
    rows = [{"email": "dana@example.com"}, {"email": "other@example.com"}]
    order = lists.make_order(lists.make_sheet(program, cvs, manu, rows=rows), manu)
    assert order.rewards.count() == 2
    program.recipient_cap_minor = 1500
    program.save()
    order.program.refresh_from_db()
    first, _other = order.rewards.order_by("pk")

    found = dict(screening.of_stored(order))

    assert set(found) == {first}
    assert "$10.00 is given already" in found[first].message


def test_a_list_gives_its_people_the_next_links_in_its_order(
    as_manu, program, cvs, manu, batch
):
    cleo, abel = people_of(program, "Cleo", "Abel")
    sheet = list_of(program, cvs, manu, [cleo, abel, cleo])
    url = pages_of(batch)

    shown = as_manu.get(url, {"sheet": sheet.pk})
    done = as_manu.post(url, {"sheet": sheet.pk, "count": 2})

    assert "Assign 2 links" in shown.text
    assert done.status_code == 303
    assert names_by_number(batch) == ["Cleo", "Abel", ""]
    entry = Entry.objects.latest("sequence")
    assert entry.action == "links.assigned"
    assert (entry.data["count"], entry.data["sheet"]) == (2, sheet.pk)
    assert len(entry.data["digest"]) == 64
    again = as_manu.get(url, {"sheet": sheet.pk})
    assert "2 have a link of this batch already" in again.text
    assert "Assign 2 links" not in again.text


def test_a_list_with_more_people_than_links_says_how_many_and_what_to_do(
    as_manu, program, cvs, manu, batch
):
    people = people_of(program, *(f"P{number}" for number in range(5)))
    sheet = list_of(program, cvs, manu, people)

    shown = as_manu.get(pages_of(batch), {"sheet": sheet.pk})

    assert "There are 3 free links for 5 people" in shown.text
    as_manu.post(pages_of(batch), {"sheet": sheet.pk, "count": 3})
    assert names_by_number(batch) == ["P0", "P1", "P2"]


def test_a_list_says_whom_it_leaves_out(program, cvs, manu, manager, batch):
    program.recipient_cap_minor = 1500
    program.save()
    known, rich, left = people_of(program, "Known", "Rich", "Left")
    factories.make_submitted(program, cvs, manu, name="Rich", email=rich.email)
    give(batch.claims.latest("number"), Person("Known", known.email, ""), manager)
    sheet = list_of(program, cvs, manu, [known, rich])
    lists._row(sheet, 9, cvs, {}).save()
    lists._row(sheet, 10, cvs, {"recipient": left, "status": "excluded"}).save()
    batch.order.program.refresh_from_db()

    plan = assigning.plan(batch, sheet)

    assert (plan.people, plan.free) == ([], 2)
    assert (plan.has_one, plan.over_cap, plan.unknown) == (1, 1, 1)


def test_people_whom_the_order_of_a_list_added_are_known(
    program, cvs, manu, manager, batch
):
    sheet = lists.make_sheet(program, cvs, manu, 2)
    lists.make_order(sheet, manu)
    assert not sheet.rows.filter(recipient__isnull=False).exists()

    assert assigning.assign_list(batch, sheet, count=2, actor=manager) == 2

    assert names_by_number(batch) == ["Person 2", "Person 3", ""]


def test_links_that_left_the_portal_are_given_last(
    program, cvs, manu, manager, batch, claim
):
    Claim.objects.filter(pk=claim.pk).update(handed_out_at=timezone.now())
    sheet = list_of(program, cvs, manu, people_of(program, "Abel", "Bert", "Cleo"))

    assigning.assign_list(batch, sheet, count=3, actor=manager)

    assert names_by_number(batch) == ["Cleo", "Abel", "Bert"]


def test_somebody_of_another_program_comes_into_the_address_book(
    program, cvs, manu, manager, batch
):
    stranger = factories.make_recipient("Ada", email="ada.l@example.com")
    sheet = list_of(program, cvs, manu, [stranger])

    assigning.assign_list(batch, sheet, count=1, actor=manager)

    assert program in stranger.programs.all()


def test_a_list_that_changed_since_it_was_shown_is_not_assigned(
    as_manu, program, cvs, manu, manager, batch
):
    sheet = list_of(program, cvs, manu, people_of(program, "Abel", "Bert", "Cleo"))
    give(batch.claims.earliest("number"), RILEY, manager)

    for count in ("3", "", "0", "-1", "x"):
        answer = as_manu.post(pages_of(batch), {"sheet": sheet.pk, "count": count})
        assert answer.status_code == 409
        assert "Assign 2 links" in answer.text

    assert names_by_number(batch) == ["Riley Reed", "", ""]


def test_only_lists_of_the_same_program_can_be_chosen(as_manu, manu, cvs, batch):
    autumn = factories.make_program("Autumn")
    theirs = list_of(autumn, cvs, manu, people_of(autumn, "Abel"))
    reading = list_of(
        batch.order.program, cvs, manu, [], status=Sheet.Status.READING, name="R.csv"
    )

    page = as_manu.get(pages_of(batch))
    for sheet in (theirs, reading):
        answer = as_manu.post(pages_of(batch), {"sheet": sheet.pk, "count": 1})

        assert answer.status_code == 422
    assert "No list of this program" in page.text
    assert names_by_number(batch) == ["", "", ""]


def test_a_list_longer_than_any_batch_is_refused(
    as_manu, program, cvs, manu, batch, settings
):
    settings.LINKS_MOST = 2
    sheet = list_of(program, cvs, manu, people_of(program, "A", "B", "C"))

    answer = as_manu.get(pages_of(batch), {"sheet": sheet.pk})

    assert answer.status_code == 422
    assert "This list has 3 rows, and a batch at most 2 links." in answer.text


def test_a_few_lines_are_enough(as_manu, program, batch):
    lines = (
        "Riley Reed, riley@example.com\n"
        "\n"
        "Smith, Sam; (202) 555-0123\n"
        "Dana Rivera <dana@example.com>\n"
    )

    answer = as_manu.post(pages_of(batch), {"lines": lines})

    assert answer.status_code == 303
    assert names_by_number(batch) == ["Riley Reed", "Smith, Sam", "Dana Rivera"]
    people = Recipient.objects.filter(programs=program)
    assert people.filter(phone="+12025550123", name="Smith, Sam").exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("riley@example.com", "Line 2: Write a name, a comma,"),
        ("Riley", "Line 2: Write a name, a comma,"),
        ("Riley, a@example.com, b@example.com", "Line 2: Write a name, a comma,"),
        ("Riley, riley@example", "Line 2: Check the e-mail address."),
        (f"{'R' * 151}, riley@example.com", "Line 2: Use a name of at most 150"),
        ("Ann, ANN@example.com", "Line 2: The same person as above."),
        ("Known, known@example.com", "Line 2: They have a link of this batch already"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_assigned(
    as_manu, manager, batch, line, says
):
    give(batch.claims.latest("number"), Person("K", "known@example.com", ""), manager)
    lines = f"Ann, ann@example.com\n{line}"

    answer = as_manu.post(pages_of(batch), {"lines": lines})

    assert answer.status_code == 422
    assert says in str(answer.context["lines_form"].errors["lines"])
    assert answer.context["lines_form"]["lines"].value() == lines
    assert names_by_number(batch) == ["", "", "K"]
    assert not Recipient.objects.filter(email="ann@example.com").exists()


def test_two_records_in_one_line_of_people_are_told_apart(program, manager, batch):
    factories.make_recipient("One", program, email="one@example.com")
    factories.make_recipient("Two", program, phone="+12025550123")

    both = Person("Both", "one@example.com", "+12025550123")
    with pytest.raises(assigning.LinesRefused) as refusal:
        assigning.assign_people(batch, [both], actor=manager)

    assert "belong to two people" in refusal.value.problems[0]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("", "required"),
        ("\n".join(f"P, p{n}@example.com" for n in range(51)), "more than 50 lines"),
        (
            "\n".join(f"P, p{n}@example.com" for n in range(4)),
            "There are 3 free links for 4 people.",
        ),
    ],
)
def test_too_few_and_too_many_lines_are_refused(as_manu, batch, lines, says):
    answer = as_manu.post(pages_of(batch), {"lines": lines})

    assert answer.status_code == 422
    assert says in str(answer.context["lines_form"].errors["lines"])
    assert names_by_number(batch) == ["", "", ""]


def test_a_list_is_assigned_with_few_questions_however_long_it_is(
    program, cvs, manu, manager, django_assert_max_num_queries
):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.recipient_cap_minor = 10**6
    program.save()
    batch = made.make_batch(program, cvs, manu, quantity=60)
    people = people_of(program, *(f"P{number}" for number in range(50)))
    sheet = list_of(program, cvs, manu, people)

    with django_assert_max_num_queries(22):
        assigning.assign_list(batch, sheet, count=50, actor=manager)

    assert batch.claims.filter(recipient__isnull=False).count() == 50


def test_the_persons_page_lists_their_links(as_manu, manager, program, cvs, claim):
    dana, twin = people_of(program, "Dana", "Twin")
    give(claim, Person("Twin", "twin@example.com", ""), manager)
    merging.merge(dana, twin, take=Take(), actor=manager)

    page = as_manu.get(reverse("programs:recipient_detail", args=[dana.pk]))

    assert [row.pk for row in page.context["links"]] == [claim.pk]
    assert claim.code in page.text
    assert "Spring fair" in page.text
    assert "$10.00" in page.text


def test_the_persons_page_hides_links_of_other_programs(as_manu, manager, cvs, manu):
    autumn = factories.make_program("Autumn", delivery_types=["Links"])
    theirs = made.make_batch(autumn, cvs, manu, quantity=1).claims.get()
    give(theirs, RILEY, manager)
    riley = recipients.find_or_add(
        manu.memberships.get().program,
        name="Riley",
        email=RILEY.email,
        phone=None,
        actor=manager,
    )

    page = as_manu.get(reverse("programs:recipient_detail", args=[riley.pk]))

    assert page.context["links"] == []
    assert theirs.code not in page.text


@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once_give_no_link_and_no_person_twice(
    program, cvs, manu, manager
):
    program.delivery_types = ["DigitalDelivery", "Links"]
    program.save()
    batch = made.make_batch(program, cvs, manu, quantity=8)
    people = people_of(program, *(f"P{number}" for number in range(6)))
    sheets = [
        list_of(program, cvs, manu, people, name="one.csv"),
        list_of(program, cvs, manu, people[::-1], name="two.csv"),
    ]
    start, outcomes = threading.Barrier(2), []

    def assign(sheet):
        start.wait()
        try:
            assigning.assign_list(batch, sheet, count=6, actor=manager)
        except assigning.Stale:
            outcomes.append("stale")
        else:
            outcomes.append("done")
        finally:
            connection.close()

    threads = [threading.Thread(target=assign, args=[sheet]) for sheet in sheets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "stale"]
    held = [pk for (pk,) in batch.claims.values_list("recipient") if pk]
    assert sorted(held) == sorted(person.pk for person in people)


def test_rows_that_are_left_out_name_nobody(program, cvs, manu, manager, batch):
    (abel,) = people_of(program, "Abel")
    sheet = list_of(program, cvs, manu, [abel])
    sheet.rows.update(status=SheetRow.Status.PROBLEM)

    with pytest.raises(assigning.Stale):
        assigning.assign_list(batch, sheet, count=1, actor=manager)


def test_odd_lines_are_read_without_end_of_patience(as_manu, batch):
    """A pattern that tries every split of so much space would not come back."""
    lines = [" " * 100_000 + "x", "<" * 100_000, "Riley Reed ,; <riley@example.com>"]

    answer = as_manu.post(pages_of(batch), {"lines": "\n".join(lines)})

    assert answer.status_code == 422
    assert len(answer.context["lines_form"].errors["lines"]) == 2
