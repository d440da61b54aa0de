"""How long the main job takes and how much memory it needs, as whole processes.

Usage: python benchmarks/measure_run.py [RUNS]

Copies the shipped programmes to a scratch folder, then times, RUNS times each (default 3): a run on a
warm Prefect home, a second run with nothing changed, ``cip check`` and ``cip --help``. The first run,
on a cold home, is timed once. Prints a Markdown table.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def time_command(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Wall seconds and peak memory (MB; 0 where the system does not tell) of one command."""
    probe = (
        "import sys, subprocess, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "wall = time.perf_counter() - start\n"
        "try:\n    import resource\n    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024\n"
        "except ImportError:\n    peak = 0\n"
        "assert done.returncode == 0, done.returncode\n"
        "print(wall, peak)\n"
    )
    cip = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    done = subprocess.run(
        [sys.executable, "-c", probe, *cip], capture_output=True, text=True, env=environment, check=True
    )
    wall, peak = done.stdout.split()
    return float(wall), float(peak)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        root = Path(scratch)
        shutil.copytree(REPOSITORY / "data" / "raw", root / "data" / "raw")
        environment = os.environ | {"PREFECT_HOME": str(root / "prefect")}
        place = ["--root", str(root)]
        rows = [("cip run, both programmes, cold Prefect home", [time_command(["run", *place], environment)])]
        warm = []
        for _ in range(runs):
            for folder in ("data/processed", "reports"):
                shutil.rmtree(root / folder)
            warm.append(time_command(["run", *place], environment))
        rows.append(("cip run, both programmes, warm", warm))
        rows.append(("cip run, nothing changed", [time_command(["run", *place], environment) for _ in range(runs)]))
        rows.append(("cip check, both programmes", [time_command(["check", *place], environment) for _ in range(runs)]))
        rows.append(("cip --help", [time_command(["--help"], environment) for _ in range(runs)]))
    print("| command | runs | median s | max s | peak MB |\n|---|---|---|---|---|")
    for title, measured in rows:
        walls = [wall for wall, _ in measured]
        peak = max(memory for _, memory in measured)
        print(f"| {title} | {len(walls)} | {statistics.median(walls):.1f} | {max(walls):.1f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
