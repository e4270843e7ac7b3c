"""The same people through django-import-export, as fast as its settings make it."""

import time
from pathlib import Path
from typing import Any

from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import CharWidget
from tablib import Dataset

from programs import consent, contacts, recipient_search
from programs.models import ConsentEntry, Program, Recipient
from programs.sheets import mail_typos

Channel = ConsentEntry.Channel


class _People(ModelResource):  # type: ignore[misc]  # it has no types
    """Every check of a list, written as one writes them there: row by row."""

    # Nobody has an empty number twice: it has to stay null.
    phone = Field("phone", "phone", CharWidget(allow_blank=False))

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.seen: set[str] = set()

    class Meta:
        model = Recipient
        fields = ("name", "email", "phone", "search_text")
        import_id_fields = ()
        use_bulk = True
        batch_size = 1000
        force_init_instance = True
        skip_diff = True
        skip_html_diff = True
        use_transactions = True
        clean_model_instances = False

    def before_import_row(self, row: dict[str, Any], **_: object) -> None:
        name = contacts.tidy(row["Name"])
        email = contacts.normal_email(row["E-mail"])
        phone = None
        if row["Mobile"]:
            phone = contacts.normal_phone(row["Mobile"], self.program.phone_region)
        if mail_typos.meant(email.rpartition("@")[2]):
            raise ValueError("a typo in the address")
        for contact in filter(None, (email, phone)):
            if contact in self.seen:
                raise ValueError("twice in this list")
            self.seen.add(contact)
        consent.allows_stranger(Channel.EMAIL, email, program=self.program)
        if phone:
            consent.allows_stranger(Channel.SMS, phone, program=self.program)
        text = recipient_search.indexed(name, email, phone)
        row.update(name=name, email=email, phone=phone, search_text=text)


def seconds(program: Program, path: Path, rows: int) -> float:
    """How long it takes, all rows stored: its own verdict does not count them."""
    begin = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        people = Dataset().load(file, format="csv")
    _People(program).import_data(people, raise_errors=True)
    taken = time.perf_counter() - begin
    stored = Recipient.objects.count()
    assert stored == rows, stored
    return taken
