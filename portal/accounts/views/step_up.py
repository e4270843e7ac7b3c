"""Step-up: what cannot be taken back asks for the password once more.

allauth knows how long a confirmation counts, and asks for it. It would also run the
interrupted POST again by itself, hours later and past the gate; here the person is led
back to the page, with what they had typed, and presses the button again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.web.http import StaffRequest, see_other
from portal.web.interrupted import keep_typed

P = ParamSpec("P")


def step_up(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[StaffRequest, P], HttpResponseBase]:
    """Answer only somebody who has just confirmed that it is them.

    For the part of a view behind the look-up of its object, so that outsiders get 404.
    """
    confirmed = reauthentication_required(view)

    @wraps(view)
    def guarded(
        request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            response: HttpResponseBase = confirmed(request, *args, **kwargs)
        except ReauthenticationRequired:
            return _ask(request)
        return response

    return guarded


def _ask(request: StaffRequest) -> HttpResponseBase:
    if request.method == "POST":
        keep_typed(request, str(request.user.pk))
        said = _("Nothing was done yet. Confirm, then press the button again.")
        messages.info(request, said)
    back = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
    return see_other(request, f"{reverse('account_reauthenticate')}?{back}")
