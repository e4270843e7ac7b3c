"""What templates, styles and scripts may hold under a strict content policy."""

import gzip
import re
from typing import Final

import pytest
from django.template.utils import get_app_template_dirs

from tests import sources
from tests.sources import PACKAGES, ROOT, TEMPLATES, shown

LONGEST_TEMPLATE: Final = 150
LONGEST_SCRIPT: Final = 150
MOST_CSS_BYTES: Final = 20_000
# The one place where HTML from outside becomes trusted.
SANITIZER: Final = "programs/sanitize.py"
TRUSTING: Final = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape off")
INLINE: Final = re.compile(
    r"""<style|<script(?![^>]*\ssrc=)|<[^>]*\s(?:style|on[a-z]+|hx-on[a-z:-]*)\s*=|javascript:""",
    re.IGNORECASE,
)


def test_only_the_sanitizer_declares_html_safe():
    python = {
        shown(path)
        for path in sources.python_files(*PACKAGES)
        if re.search(r"\b(mark_safe|SafeString|SafeText)\(", path.read_text())
    }
    templates = [
        shown(path)
        for path in sources.templates()
        if path.suffix != ".txt"  # plain text has nothing to escape
        and TRUSTING.search(path.read_text())
    ]

    assert python <= {SANITIZER}
    assert templates == []


def test_no_template_holds_inline_style_or_script():
    found = [
        f"{shown(path)}: {match.group()}"
        for path in sources.templates()
        if "emails" not in path.parts  # mail programs know nothing but inline styles
        for match in INLINE.finditer(path.read_text())
    ]

    assert found == []


@pytest.mark.parametrize(
    "inline",
    [
        '<p style="color: red">',
        "<a href='#' onclick='go()'>",
        "<script>go()</script>",
        "<style>",
        '<button hx-on:click="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_every_inline_style_or_script_is_noticed(inline):
    assert INLINE.search(inline)


def test_templates_scripts_and_styles_stay_small():
    long_templates = [
        f"{shown(path)}: {lines} lines"
        for path in sources.templates()
        if (lines := len(path.read_text().splitlines())) > LONGEST_TEMPLATE
    ]
    scripts = sum(
        len(path.read_text().splitlines()) for path in (ROOT / "static").rglob("*.js")
    )
    css = b"".join(
        path.read_bytes() for path in sorted((ROOT / "static").rglob("*.css"))
    )

    assert long_templates == []
    assert scripts <= LONGEST_SCRIPT
    assert len(gzip.compress(css)) <= MOST_CSS_BYTES


def test_every_template_is_used():
    files = [*sources.python_files(*PACKAGES), *sources.templates()]
    text = "\n".join(path.read_text() for path in files)
    names = [str(path.relative_to(TEMPLATES)) for path in sources.templates()]

    unused = [
        name
        for name in names
        if not re.search(rf"[\"']{re.escape(name)}[#\"']", text)
        and not _overrides(name)
        and not _is_composed(name, text)
    ]

    assert unused == []


def _is_composed(name: str, text: str) -> bool:
    """Whether the name is put together: by allauth from a status, by our notices."""
    if name == "429.html":
        return True
    notice = re.fullmatch(r"emails/(?:order|rule)_(\w+?)(?:_subject)?\.txt", name)
    return notice is not None and bool(
        re.search(rf"[\"']{notice[1].replace('_', '[_ ]')}[\"']", text)
    )


def _overrides(name: str) -> bool:
    """Whether an installed package has, and so uses, a template of this name."""
    return any(
        (folder / name).is_file() for folder in get_app_template_dirs("templates")
    )
