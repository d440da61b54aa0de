"""Settings of the whole test suite."""

from __future__ import annotations

from hypothesis import settings

# the same examples every time, and no deadline: a slow machine is not a failed test
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
