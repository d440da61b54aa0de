"""Errors for people: what, where, what to do next, and an exit code. No traceback, no answers."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.problems import Problem


class UserError(Exception):
    """One or more problems of severity ``error`` that stop a run.

    Args:
        problems: what was found; the first decides the exit code.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not self.problems:
            raise ValueError("a UserError needs at least one problem")
        super().__init__("\n".join(problem.describe() for problem in self.problems))

    @property
    def exit_code(self) -> int:
        return self.problems[0].kind.exit_code

    def __reduce__(self) -> tuple[type[UserError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def blocked_file(error: OSError) -> UserError:
    """What to tell people when the system refuses a file: open elsewhere, not permitted, disk full."""
    name = "" if error.filename is None else str(error.filename)
    return user_error("file_blocked", error.strerror or "The system refuses it", file=name)


def user_error(code: str, what: str, **where: object) -> UserError:
    """A ``UserError`` with one problem; ``where`` takes the fields of ``Problem``."""
    return UserError(Problem(code=code, what=what, **where))  # type: ignore[arg-type]
