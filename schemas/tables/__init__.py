"""One pandera model per table: grain (docstring), key, columns, units, descriptions.

``year`` is part of every key and lives in the folder name (``year=2027``), not in the file, so that
any Parquet reader finds it exactly once; see docs/decisions/0003-year-in-the-folder.md.
The data dictionary in docs/ is generated from these models.
"""

from __future__ import annotations

from schemas.tables import comments, cuts, released, stored, together
from schemas.tables._base import KINDS, Table

__all__ = ["KINDS", "TABLES", "Table"]

TABLES: dict[str, type[Table]] = {
    "respondents": stored.Respondents,
    "answers": stored.Answers,
    "comments": stored.Comments,
    "comment_themes": comments.CommentThemes,
    "comment_excerpts": comments.CommentExcerpts,
    "item_counts": stored.ItemCounts,
    "responses": stored.Responses,
    "scores": stored.Scores,
    "trends": stored.Trends,
    "item_changes": stored.ItemChanges,
    "item_shifts": stored.ItemShifts,
    "cut_members": cuts.CutMembers,
    "cut_scores": cuts.CutScores,
    "weighted_scores": cuts.WeightedScores,
    "reliability": together.Reliability,
    "released_responses": released.ReleasedResponses,
    "released_scores": released.ReleasedScores,
    "released_item_counts": released.ReleasedItemCounts,
    "released_trends": released.ReleasedTrends,
    "released_item_changes": released.ReleasedItemChanges,
    "released_item_shifts": released.ReleasedItemShifts,
    "released_cuts": cuts.ReleasedCuts,
    "released_weighted": cuts.ReleasedWeighted,
    "released_reliability": together.ReleasedReliability,
    "released_agreement": together.ReleasedAgreement,
    "released_pooled": together.ReleasedPooled,
    "released_themes": comments.ReleasedThemes,
    "released_excerpts": comments.ReleasedExcerpts,
}
