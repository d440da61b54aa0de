"""Other answer sets that agree with the same publication, found by letting people exchange answers (methods S17.6).

From one answer set that agrees with everything printed many others follow without a program: two people of different
groups exchange their answers to a question, and no figure that counts both groups moves. Where a group's own score is
printed, the same two exchange as many points the other way round on a second question. Whatever is tried is
believed only after it was put into the relations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, hstack

from pipeline.disclose.linear_system import TOLERANCE, Floats, LinearSystem, allow_for_rounding
from pipeline.disclose.seen_answers import Counts, HiddenSums, Places, Question
from pipeline.disclose.shifts import ScoreCells, Shifts

DISTANCES = (1, -1, 0, 2, -2, 3, -3)
"""Places in the register between groups that exchange; 0 is a change without partner. No further than helps."""
HOLDERS = 12
"""Groups that are asked for an answer that another one was not yet seen to give."""
STEPS = 400
"""Changes made together to reach an answer set further away."""


class Exchanger:
    """Tries changes of answer sets against the relations, and notes what those that agree show."""

    def __init__(
        self, system: LinearSystem, questions: Sequence[Question], sums: Sequence[HiddenSums], scores: ScoreCells
    ) -> None:
        self.system, self.questions, self.sums, self.scores = system, questions, sums, scores
        self._agreed: list[csc_array] = []
        self._by_cell = csr_array(system.matrix.T)

    @property
    def is_done(self) -> bool:
        """Whether every hidden figure is known to be safe."""
        return self._count_doubts() == 0

    def see(self, witness: Floats) -> None:
        """Take note of an answer set that agrees with everything printed."""
        for question in self.questions:
            question.see(np.arange(len(question.n)), question.count(witness))
        for each in self.sums:
            each.see(np.arange(len(each.cells)), witness[each.cells])

    def wander(self, witness: Floats, rounds: int) -> None:
        """From an answer set that was looked at, go on to one that differs in many answers, and look around there."""
        rng = np.random.default_rng(len(witness))
        for _ in range(rounds):
            doubts = self._count_doubts()
            if not (doubts and self._agreed):
                return
            witness = self._go_on(witness, rng)
            self.look_around(witness)
            if self._count_doubts() == doubts:
                return

    def _go_on(self, witness: Floats, rng: np.random.Generator) -> Floats:
        """Make many of the changes that agreed, one after the other as long as they agree together."""
        moved = hstack(self._agreed, format="csc")
        order = rng.permutation(moved.shape[1])[:STEPS]
        steps = csc_array(moved[:, order])
        told_steps = csc_array(self.system.matrix @ steps)
        now, told = witness.copy(), self.system.matrix @ witness
        for step in range(len(order)):
            cells, relations = (slice(part.indptr[step], part.indptr[step + 1]) for part in (steps, told_steps))
            at, at_told = steps.indices[cells], told_steps.indices[relations]
            cell, value = now[at] + steps.data[cells], told[at_told] + told_steps.data[relations]
            system = self.system
            slack, slack_told = allow_for_rounding(cell), allow_for_rounding(value)
            if (
                (cell >= system.cell_low[at] - slack).all() and (cell <= system.cell_high[at] + slack).all()
                and (value >= system.low[at_told] - slack_told).all()
                and (value <= system.high[at_told] + slack_told).all()
            ):  # fmt: skip
                now[at], told[at_told] = cell, value
        return now

    def look_around(self, witness: Floats) -> None:
        """See an answer set, and what exchanges make of it while something is not yet known to be safe."""
        self.see(witness)
        self._agreed = []
        counts = [question.count(witness) for question in self.questions]
        self._told = self.system.matrix @ witness
        self._slack = self._measure_slack()
        for at in range(len(self.questions)):
            self._try(witness, counts, self._exchange_for_unseen(counts, at))
        for distance in DISTANCES:
            doubts = self._count_doubts()
            for each in self.sums:
                self._try(witness, counts, self._exchange_people(counts, each, distance))
            for at in range(len(self.questions)):
                self._try(witness, counts, self._exchange(counts, at, distance))
            for at, question in enumerate(self.questions):
                for other, second in enumerate(self.questions):
                    if other != at and second.year == question.year and not question.is_safe.all():
                        self._try(witness, counts, self._exchange_back(counts, at, other, distance))
            left = self._count_doubts()
            if left == 0 or (left == doubts and abs(distance) > 1):
                return

    def _count_doubts(self) -> int:
        in_questions = sum(int((~each.hides_others).sum() + (~each.moves).sum()) for each in self.questions)
        return in_questions + sum(int((~each.is_safe).sum()) for each in self.sums)

    def _measure_slack(self) -> tuple[Floats, Floats]:
        """How far k times each sum of scores may rise and fall before the counts forbid it."""
        told, scores = self._told, self.scores
        room = np.where(scores.upper >= 0, (self.system.high - told)[scores.upper] if len(told) else 0.0, np.inf)
        below = np.where(scores.lower >= 0, (told - self.system.low)[scores.lower] if len(told) else 0.0, np.inf)
        return room, below

    def _try(self, witness: Floats, counts: Sequence[Counts], shifts: Shifts) -> None:
        for tried in shifts.split():
            moved = self._move(tried)
            agrees = self._agree(witness, moved)
            if not agrees.any():
                continue
            self._agreed.append(csc_array(moved[:, np.flatnonzero(agrees)[:STEPS]]))
            kept = tried.pick(agrees[tried.trial])
            for at in np.unique(kept.question):
                rows = np.flatnonzero(kept.question == at)
                after = counts[at][kept.at[rows]]
                after[np.arange(len(rows)), kept.old[rows]] -= 1
                after[np.arange(len(rows)), kept.new[rows]] += 1
                self.questions[at].see(kept.at[rows], after)
            for each in self.sums:
                gains = csc_array(moved[each.cells][:, np.flatnonzero(agrees)]).tocoo()
                at = gains.coords[0]
                each.see(at, witness[each.cells[at]] + gains.data)

    def _move(self, shifts: Shifts) -> csc_array:
        """How cells move: cells × changes. Sums of scores move as little as the counts allow."""
        parts: list[tuple[Places, Places, Floats]] = []
        scored: list[tuple[Places, Places, Floats, Floats]] = []
        for at in np.unique(shifts.question):
            question, rows = self.questions[at], shifts.question == at
            trial, group, old, new = shifts.trial[rows], shifts.at[rows], shifts.old[rows], shifts.new[rows]
            ones = np.ones(len(trial))
            parts += [(question.where[group, old], trial, -ones), (question.where[group, new], trial, ones)]
            points = question.points_of_options
            silent = np.arange(len(points)) >= len(question.points)
            gain, hush = points[new] - points[old], silent[new].astype(float) - silent[old]
            for cells in question.sums.T:
                real = cells[group] >= 0
                scored.append((cells[group][real], trial[real], gain[real], hush[real]))
        n, trials_n = len(self.system.cell_low), int(shifts.trial.max()) + 1
        if scored:
            cell, trial, gain, hush = (np.concatenate([part[at] for part in scored]) for at in range(4))
            keys, place = np.unique(cell * trials_n + trial, return_inverse=True)
            gain, hush = np.bincount(place, gain, len(keys)), np.bincount(place, hush, len(keys))
            cell, trial = np.divmod(keys, trials_n)
            room, below = (slack[cell] for slack in self._slack)
            shift = np.minimum(np.maximum(gain - below, 0.0), gain + 100.0 * hush + room)
            parts.append((cell, trial, shift / self.scores.k[cell]))
        row, column, value = (np.concatenate([part[at] for part in parts]) for at in range(3))
        return csc_array((value, (row, column)), shape=(n, trials_n))

    def _agree(self, witness: Floats, moved: csc_array) -> NDArray[np.bool_]:
        """Which changes leave the answer set in agreement with everything printed."""
        system, changes = self.system, csr_array(moved.T)  # this way round only what is touched is read
        agrees = np.ones(moved.shape[1], dtype=bool)
        for change, now, low, high in (
            (changes @ self._by_cell, self._told, system.low, system.high),
            (changes, witness, system.cell_low, system.cell_high),
        ):
            parts = change.tocoo()
            trial, relation = parts.coords
            slack = allow_for_rounding(now[relation])
            after = now[relation] + parts.data
            agrees[trial[(after < low[relation] - slack) | (after > high[relation] + slack)]] = False
        return agrees

    def _pairs(self, at: int, distance: int) -> tuple[Places, Places]:
        """Rows of groups that are not known to be safe, and of the group so far behind each in the register."""
        question = self.questions[at]
        groups = np.flatnonzero(~question.is_safe)
        partners = (groups + distance) % len(question.n)
        real = (partners != groups) | (distance == 0)
        return groups[real], partners[real]

    def _may(self, counts: Sequence[Counts], at: int, groups: Places, partners: Places) -> NDArray[np.bool_]:
        """Pairs × old × new option: one of the group may change so, and one of its partner the other way round."""
        open_, given = self.questions[at].where >= 0, counts[at] > 0
        may_go = (open_ & given)[groups][:, :, None] & open_[groups][:, None, :]
        back = (open_ & given)[partners][:, None, :] & open_[partners][:, :, None]
        apart = ~np.eye(given.shape[1], dtype=bool)
        return may_go & apart & (back | (groups == partners)[:, None, None])

    def _part(
        self, at: int, trial: Places, groups: Places, partners: Places, old: Places, new: Places
    ) -> list[tuple[int, Places, Places, Places, Places]]:
        two = groups != partners
        return [(at, trial, groups, old, new), (at, trial[two], partners[two], new[two], old[two])]

    def _exchange(self, counts: Sequence[Counts], at: int, distance: int) -> Shifts:
        """An answer of each group in doubt for one of its partner."""
        groups, partners = self._pairs(at, distance)
        pair, old, new = np.nonzero(self._may(counts, at, groups, partners))
        return Shifts.together(self._part(at, np.arange(len(pair)), groups[pair], partners[pair], old, new))

    def _exchange_for_unseen(self, counts: Sequence[Counts], at: int) -> Shifts:
        """Answers that nobody of a group was yet seen to give, from groups that have them."""
        question, own = self.questions[at], counts[at]
        open_ = question.where >= 0
        none = np.empty(0, dtype=np.intp)
        parts = [(none, none, none, none)]
        for option in np.flatnonzero(question.unseen.any(axis=0)):
            groups = np.flatnonzero(question.unseen[:, option])
            holders = np.flatnonzero((own[:, option] > 0) & open_[:, option])[:HOLDERS]
            able = (open_ & (own > 0))[groups][:, None, :] & open_[holders][None]
            group, holder, old = np.nonzero(able)
            parts.append((groups[group], holders[holder], old, np.full(len(old), option)))
        groups, partners, old, new = (np.concatenate([part[at] for part in parts]) for at in range(4))
        return Shifts.together(self._part(at, np.arange(len(groups)), groups, partners, old, new))

    def _exchange_back(self, counts: Sequence[Counts], at: int, other: int, distance: int) -> Shifts:
        """The same, and as many points the other way round on a second question."""
        first, second = self.questions[at], self.questions[other]
        groups, partners = self._pairs(at, distance)
        row_of = {group: row for row, group in enumerate(second.groups)}
        rows = np.array([row_of.get(group, -1) for group in first.groups], dtype=np.intp)
        real = (rows[groups] >= 0) & (rows[partners] >= 0)
        groups, partners = groups[real], partners[real]
        may = [self._may(counts, at, groups, partners), self._may(counts, other, rows[groups], rows[partners])]
        points = [question.points_of_options for question in (first, second)]
        gains = [each[None, :] - each[:, None] for each in points]
        opposite = np.abs(gains[0][:, :, None, None] + gains[1]) < TOLERANCE
        found = np.nonzero(may[0][:, :, :, None, None] & may[1][:, None, None] & opposite)
        pair, trial = found[0], np.arange(len(found[0]))
        return Shifts.together(
            [
                *self._part(at, trial, groups[pair], partners[pair], found[1], found[2]),
                *self._part(other, trial, rows[groups[pair]], rows[partners[pair]], found[3], found[4]),
            ]
        )

    def _exchange_people(self, counts: Sequence[Counts], sums: HiddenSums, distance: int) -> Shifts:
        """Exchange of one person on all questions of a score, as different from each other as there are."""
        doubtful = np.flatnonzero(~sums.is_safe)
        partner = (doubtful + distance) % len(sums.cells)
        parts: list[tuple[int, Places, Places, Places, Places]] = []
        for way in (0, 1):
            trial = np.arange(len(doubtful)) + way * len(doubtful)
            for at, rows in sums.rows:
                real = (rows[doubtful] >= 0) & (rows[partner] >= 0)
                groups, partners = rows[doubtful[real]], rows[partner[real]]
                question = self.questions[at]
                answers_n = len(question.points)
                given = ((counts[at] > 0) & (question.where >= 0))[:, :answers_n]
                ends = [
                    np.where(given, question.points * side, np.inf).argmin(axis=1) for side in (1.0, -1.0)
                ]  # the answer with the fewest and with the most points
                old, new = ends[way][groups], ends[1 - way][partners]
                if distance == 0:
                    new = np.full(len(groups), question.points.argmax() if way == 0 else question.points.argmin())
                able = given[groups].any(axis=1) & given[partners].any(axis=1) & (old != new)
                able &= (question.where[groups, new] >= 0) & (question.where[partners, old] >= 0)
                parts += self._part(at, trial[real][able], groups[able], partners[able], old[able], new[able])
        return Shifts.together(parts)
