"""Parses one SPSS file in a process of its own, because a damaged one can bring the parser down.

Run by ``_sav`` as a script: the file on standard input, encodings to try as arguments (``-``: the
file's own), an Arrow stream on standard output. It imports nothing of this package.
"""

import io
import json
import sys

DAMAGED, NO_ENCODING = 3, 4
"""Exit codes; 0 is success, anything else a crash."""


def main() -> int:
    """Parse, write, and say how it went."""
    import pyarrow as pa
    import pyreadstat

    data = sys.stdin.buffer.read()
    for encoding in sys.argv[1:]:
        try:
            table, meta = pyreadstat.read_sav(
                io.BytesIO(data),
                user_missing=True,
                disable_datetime_conversion=True,
                output_format="dict",
                encoding=None if encoding == "-" else encoding,
            )
            break
        except UnicodeError:
            continue
        except Exception as error:
            # all of the parser's errors are of one class; only a text it cannot convert is worth another try
            if "encoding" not in str(error).casefold():
                return DAMAGED
    else:
        return NO_ENCODING
    labels = [list((meta.variable_value_labels.get(name) or {}).items()) for name in meta.column_names]
    about = {
        "encoding": encoding,
        "names": meta.column_names,
        "labels": [label or "" for label in meta.column_labels],
        "values": [[[code, label or ""] for code, label in pairs] for pairs in labels],
        "kinds": [str(meta.original_variable_types.get(name, "")) for name in meta.column_names],
    }
    columns = [pa.array(table[name]) for name in meta.column_names]
    names = [str(position) for position in range(len(columns))]
    stored = pa.table(columns, names=names).replace_schema_metadata({"about": json.dumps(about)})
    with pa.ipc.new_stream(sys.stdout.buffer, stored.schema) as stream:
        stream.write_table(stored)
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception:
        code = DAMAGED
    sys.exit(code)
