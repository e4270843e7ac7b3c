import getpass
import sys
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from portal.accounts import people
from portal.accounts.models import User
from portal.actors import command


class Command(BaseCommand):
    help = (
        "Make an administrator, such as the first one. Asks for a password, or with "
        "--link prints a link by which the person chooses one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--link", action="store_true", help="print a link instead of asking"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email, name, by_link = options["email"], options["name"], options["link"]
        try:
            person = User(email=email, name=name)
            person.clean_fields(exclude=["password"])
            password = None if by_link else _ask(person)
            user = people.create_administrator(
                email,
                name,
                hashed_password=make_password(password),
                actor=command("createadministrator"),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except people.AlreadyHere as error:
            raise CommandError(str(error)) from error
        self.stdout.write("The administrator is made.")
        if by_link:
            self.stdout.write(f"They choose a password at {_link(user)}")


def _ask(user: User) -> str:
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for a password: use --link.")
    password = getpass.getpass("Password: ")
    validate_password(password, user)
    if getpass.getpass("The same again: ") != password:
        raise CommandError("The two passwords differ.")
    return password


def _link(user: User) -> str:
    key = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
    )
    return f"{settings.SITE_URL}{path}"
