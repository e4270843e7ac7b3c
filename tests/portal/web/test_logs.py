"""What the log keeps of a failure: where and of which kind, never a value."""

import logging

import pytest

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


@pytest.mark.parametrize(
    "door",
    [
        "a",
        "api/v1/events",
        "api/v1/rewards",
        "c",
        "hooks",
        "invitations/accept",
        "p",
        "u",
    ],
)
def test_the_secret_of_a_public_path_is_not_logged(door):
    secret = record('"GET %s HTTP/1.1" 200 %s', f"/{door}/Zm9vYm_-YmF6?x=1", 512)

    NoTokens().filter(secret)

    assert secret.getMessage() == f'"GET /{door}/- HTTP/1.1" 200 512'


@pytest.mark.parametrize(
    "path",
    [
        "/c/ {}",
        '/c/"{}',
        "/c/?{}",
        "/c//{}",
        "/c/./{}",
        "//c/{}",
        "/C/{}",
        "/c/ab cd{}",
        "/c/\n{}",
    ],
)
@pytest.mark.parametrize("words", ["Not Found: %s", "%s: %s"])
def test_a_mangled_path_hides_its_secret_too(path, words):
    args = (path.format("Zm9vYmFy"),)
    line = record(words, *(args if words.count("%s") == 1 else ("Gone", *args)))

    NoTokens().filter(line)

    assert "Zm9vYmFy" not in line.getMessage()
    assert "/-" in line.getMessage()


@pytest.mark.parametrize("path", ["/c/%20{}", "/c//{}", "/c/./{}", "/C/{}", "/c/?{}"])
def test_so_does_a_mangled_request_line(path):
    line = record('"%s" %s', f"GET {path.format('Zm9vYmFy')} HTTP/1.1", 404)

    NoTokens().filter(line)

    assert "Zm9vYmFy" not in line.getMessage()
    assert line.getMessage().endswith('HTTP/1.1" 404')


def test_other_lines_are_left_alone():
    plain = record("Not Found: %s", "/orders/")

    NoTokens().filter(plain)

    assert plain.getMessage() == "Not Found: /orders/"
