"""One pandera model per table: grain (docstring), key, columns, units, descriptions.

``year`` is part of every key and lives in the folder name (``year=2027``), not in the file, so that
any Parquet reader finds it exactly once; see docs/decisions/0003-year-in-the-folder.md.
The data dictionary in docs/ is generated from these models.
"""

from __future__ import annotations

from schemas.tables import released, stored
from schemas.tables._base import KINDS, Table

__all__ = ["KINDS", "TABLES", "Table"]

TABLES: dict[str, type[Table]] = {
    "respondents": stored.Respondents,
    "answers": stored.Answers,
    "comments": stored.Comments,
    "item_counts": stored.ItemCounts,
    "responses": stored.Responses,
    "scores": stored.Scores,
    "trends": stored.Trends,
    "released_responses": released.ReleasedResponses,
    "released_scores": released.ReleasedScores,
    "released_item_counts": released.ReleasedItemCounts,
    "released_trends": released.ReleasedTrends,
}
