"""Lists as somebody brings them, and as far as reading them gets."""

import uuid
from collections.abc import Iterable
from io import BytesIO

from portal.accounts.models import User, actor_of
from programs.models import Program, Sheet
from programs.sheets import intake, splitting


def upload(
    program: Program,
    maker: User,
    content: str | bytes,
    *,
    purpose: str = Sheet.Purpose.REWARDS,
    name: str = "people.csv",
    form_key: uuid.UUID | None = None,
) -> Sheet:
    """A list as the person has just brought it."""
    data = content.encode() if isinstance(content, str) else content
    return intake.upload(
        program,
        purpose=purpose,
        name=name,
        content=BytesIO(data),
        actor=actor_of(maker),
        form_key=form_key or uuid.uuid4(),
    )


def read(
    program: Program,
    maker: User,
    content: str | bytes,
    *,
    purpose: str = Sheet.Purpose.REWARDS,
    name: str = "people.csv",
) -> Sheet:
    """A list whose file was read to its end."""
    sheet = upload(program, maker, content, purpose=purpose, name=name)
    while not splitting.split(sheet.pk):
        pass
    sheet.refresh_from_db()
    return sheet


def lines(*rows: Iterable[object]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def many(count: int) -> str:
    """People with a card and its value, under names that leave no doubt."""
    rows = (
        (f"Person {n}", f"person{n}@example.com", "CVS", 25)
        for n in range(1, count + 1)
    )
    return lines(("Name", "E-mail", "Gift card", "Value"), *rows)
