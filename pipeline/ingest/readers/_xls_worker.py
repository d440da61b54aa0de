"""Opens one old workbook (.xls) in a process of its own, because a damaged one can take all memory or time.

Run by ``_workbook`` as a script: the file on standard input; the exit code says whether every sheet
can be opened. It imports nothing of this package.
"""

import contextlib
import io
import sys

MOST_MEMORY = 4 << 30
PASSWORD, DAMAGED = 4, 3
"""Exit codes; 0 is success, anything else a crash."""


def main() -> int:
    """Open every sheet, and say how it went."""
    from python_calamine import CalamineWorkbook, PasswordError

    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        return PASSWORD
    for sheet in book.sheet_names:
        if sum(1 for _ in book.get_sheet_by_name(sheet).iter_rows()) > 1 << 20:
            return DAMAGED
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:  # the library's panics are no exceptions of the common kind
        code = DAMAGED
    sys.exit(code)
