"""The portal's settings, with one view in place of its pages."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.bare_view"
