"""What schedules: Prefect flows as thin as they can be, and the command line.

Settings are defaults that must exist before Prefect is imported; anything already in the
environment wins.
"""

from __future__ import annotations

import os
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[1]
_HOME = _REPOSITORY if (_REPOSITORY / "pyproject.toml").is_file() else Path.home() / ".cip-survey"

PREFECT_DEFAULTS = {
    "PREFECT_HOME": str(_HOME / ".prefect"),
    # a cold home takes longer than Prefect's own limit to set up its database
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    # errors are told once, in plain words, by the command line
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}
for _name, _value in PREFECT_DEFAULTS.items():
    os.environ.setdefault(_name, _value)
