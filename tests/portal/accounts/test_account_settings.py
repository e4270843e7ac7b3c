import pytest
from django.urls import reverse

SETTINGS = {"name": "Otto Outside", "time_zone": "Europe/Zurich"}


def test_account_settings_are_saved_for_somebody_without_any_role(as_otto, otto):
    response = as_otto.post(reverse("account_settings"), SETTINGS)

    otto.refresh_from_db()
    assert response.status_code == 303
    assert (otto.name, otto.time_zone) == ("Otto Outside", "Europe/Zurich")


def test_times_are_shown_in_the_chosen_zone(as_otto):
    as_otto.post(reverse("account_settings"), SETTINGS)

    page = as_otto.get(reverse("account_settings")).content.decode()

    assert "Times are shown in Europe/Zurich." in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
    ],
)
def test_account_settings_refuse_bad_input(as_otto, otto, field, value):
    response = as_otto.post(reverse("account_settings"), {**SETTINGS, field: value})

    otto.refresh_from_db()
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert otto.name == "Otto"


def test_account_settings_ask_for_a_sign_in(client, db):
    for response in (
        client.get(reverse("account_settings")),
        client.post(reverse("account_settings"), SETTINGS),
        client.post(reverse("theme"), {"theme": "dark"}),
    ):
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


def test_theme_is_kept_and_leads_back(as_otto, otto):
    back = reverse("account_settings")

    response = as_otto.post(reverse("theme"), {"theme": "dark", "next": back})

    assert (response.status_code, response["Location"]) == (303, back)
    assert 'data-theme="dark"' in as_otto.get(back).content.decode()


def test_an_unknown_theme_changes_nothing(as_otto, otto):
    as_otto.post(reverse("theme"), {"theme": "neon"})

    otto.refresh_from_db()
    assert otto.theme == "system"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", ""]
)
def test_theme_never_leads_elsewhere(as_otto, elsewhere):
    response = as_otto.post(reverse("theme"), {"theme": "dark", "next": elsewhere})

    assert response["Location"] == reverse("account_settings")


def test_theme_is_not_changed_by_looking(as_otto):
    assert as_otto.get(reverse("theme")).status_code == 405
