"""``cip check FOLDER``: a release folder, also one that somebody else edited, read back as anybody can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.places import find_database, find_programmes, find_root

if TYPE_CHECKING:
    from pipeline.stages.check_release import FolderReport


def split_folders(names: Iterable[str], root: Path | None) -> tuple[list[Path], list[str]]:
    """Arguments that are folders, and those that are programmes; a programme's own name comes first."""
    from pipeline.store.paths import list_programmes

    known = list_programmes(find_root(root))
    folders = [Path(name) for name in names if name not in known and Path(name).is_dir()]
    return folders, [name for name in names if Path(name) not in folders]


def check_release_folder(folder: Path, programmes: list[str], root: Path | None, year: int | None) -> FolderReport:
    """Audit and file check of one folder."""
    from pipeline.stages.check_release import check_folder
    from pipeline.stages.publish import list_published_files

    folder = folder.resolve()
    paths = _find_programme(folder, programmes, root)
    if folder.name != paths.programme or year:
        return check_folder(paths, folder, list_published_files(folder), str(year or ""))
    # the programme's own pages, and what Prefect kept; its years and periods are folders of their own
    own = [file for file in list_published_files(folder) if file.parent == folder]
    done = check_folder(paths, folder, [*own, *find_database()])
    note = "These are the programme's own pages; check the folder of each year and period too."
    return replace(done, notes=(*done.notes, note))


def _find_programme(folder: Path, programmes: list[str], root: Path | None) -> Any:
    """The programme whose reports the folder is among, unless one is named."""
    for above in (folder, *folder.parents):
        if above.parent.name == "reports" and not programmes:
            base = above.parents[1] if root is None else root
            if (base / "data" / "raw" / above.name / "programme.toml").is_file():
                return find_programmes(base, [above.name])[0]
    paths, *others = find_programmes(root, programmes)
    if others:
        raise click.UsageError("There are several programmes: name the folder's after it.")
    return paths
