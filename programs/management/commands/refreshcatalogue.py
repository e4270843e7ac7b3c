"""Read the provider's catalogue now, without the worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import actors
from portal.provider import connection
from portal.provider.errors import ProviderError
from programs import catalogue


class Command(BaseCommand):
    help = "Reads the provider's catalogue and applies it to our copy."

    def handle(self, *args: Any, **options: Any) -> None:
        actor = actors.command("refreshcatalogue")
        try:
            snapshot = catalogue.snapshot(connection.client())
            refresh = catalogue.apply(snapshot, actor=actor)
        except ProviderError as error:
            raise CommandError(f"The provider gives no catalogue: {error}.") from error
        except catalogue.EmptyCatalogue as error:
            raise CommandError(
                "The provider's catalogue came back empty, so nothing was changed."
            ) from error
        except catalogue.Outdated as error:
            raise CommandError(
                "A later reading has been applied meanwhile, so this one was not."
            ) from error
        self.stdout.write(
            f"{refresh.products} products: {refresh.added} added, "
            f"{refresh.changed} changed, {refresh.retired} retired."
        )
