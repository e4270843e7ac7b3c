"""What the log keeps of a failure: where and of which kind, never a value."""

import logging

from portal.web.logs import Frames, NoTokens


def record(message: str, *args: object, exc_info: object = None) -> logging.LogRecord:
    return logging.LogRecord(
        "tests",
        logging.ERROR,
        __file__,
        1,
        message,
        args,
        exc_info,  # type: ignore[arg-type]
    )


def test_an_exception_is_logged_without_its_text():
    person = "jamie@" + "example.com"
    try:
        raise ValueError(f"Key (email)=({person}) already exists.")
    except ValueError as error:
        failed = record("failed", exc_info=(ValueError, error, error.__traceback__))

    line = Frames("%(message)s").format(failed)

    assert person not in line
    assert "ValueError" in line
    assert "test_logs.py" in line


def test_the_secret_of_a_public_path_is_not_logged():
    secret = record("Not Found: %s", "/p/Zm9vYmFyYmF6/")

    NoTokens().filter(secret)

    assert secret.getMessage() == "Not Found: /p/-/"


def test_other_lines_are_left_alone():
    plain = record("Not Found: %s", "/orders/")

    NoTokens().filter(plain)

    assert plain.getMessage() == "Not Found: /orders/"
