import pytest

from portal.audit import naming
from tests import factories


@pytest.fixture
def elsewhere(program, adam):
    """Another program, with an act of its own: its funding."""
    return factories.make_program("Autumn", funded=10, funded_by=adam)


@pytest.fixture(autouse=True)
def _own_names(monkeypatch):
    """Registrations of a test end with it."""
    monkeypatch.setattr(naming, "_namers", dict(naming._namers))
    monkeypatch.setattr(naming, "_finders", dict(naming._finders))
