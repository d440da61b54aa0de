"""Every real export is drafted and read once for all tests, the first time one asks for it."""

from __future__ import annotations

from functools import cache

import pytest

from tests.shared.real_years import GiveYear, RealYear, make_real_year
from tests.shared.truth import BY_NAME


@pytest.fixture(scope="session")
def real_year(tmp_path_factory: pytest.TempPathFactory) -> GiveYear:
    """Name of an export, as in the judged truth, to what became of it."""

    @cache
    def make(name: str) -> RealYear | Exception:
        try:
            return make_real_year(BY_NAME[name], tmp_path_factory.mktemp("real"))
        except Exception as fault:  # kept, so that one fault is met once and not by every test again
            return fault

    def give(name: str) -> RealYear:
        made = make(name)
        if isinstance(made, Exception):
            raise made
        return made

    return give
