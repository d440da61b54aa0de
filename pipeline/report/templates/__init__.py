"""Page templates and the one function that fills them: autoescape on, unknown names are errors."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent, encoding="utf-8")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["css"] = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    return environment


def write_page(path: Path, template: str, **values: Any) -> Path:
    """Fill a template and write it as UTF-8 with plain line ends; the same values give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_environment().get_template(template).render(**values) + "\n", encoding="utf-8", newline="\n")
    return path
