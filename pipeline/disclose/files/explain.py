"""Is every number in a passage one that the release prints about just that, or a public one?"""

from __future__ import annotations

from dataclasses import replace

from pipeline.disclose.files.figures import Figures
from pipeline.disclose.files.names import Names
from pipeline.disclose.files.passages import Context, Passage
from pipeline.disclose.files.wording import Number, Wording, find_numbers

FEWEST_WORDS, FEWEST_WORDS_OF_A_SENTENCE = 5, 3
"""A cell with as many words speaks of more than its row's own figure; with a full stop, fewer words will do."""


class Explainer:
    """Explains numbers by the figures of the release and by public texts.

    Args:
        figures: of the release.
        wording: public texts and constants.
        names: of the programme.
    """

    def __init__(self, figures: Figures, wording: Wording, names: Names) -> None:
        self.figures, self.wording, self.names = figures, wording, names

    def find_fault(self, passage: Passage) -> str:
        """The kind of finding that a passage's numbers make; blank where all are explained."""
        numbers = find_numbers(passage.text) if passage.numbers else ()
        if not numbers or (" ".join(passage.text.split()).casefold() in self.wording.whole and not passage.figure):
            return ""
        words = sum(word.isalpha() for word in passage.text.split())
        full = passage.text.endswith(".")
        sentence = not passage.figure or words >= (FEWEST_WORDS_OF_A_SENTENCE if full else FEWEST_WORDS)
        context = passage.context
        if sentence:
            context = replace(context.widen(self.names.find(passage.text)), exact=False)
        allowed = self.figures.of(context, passage.figure and not sentence)
        faults = {self._find_fault(number, allowed, context, sentence, passage.place.column) for number in numbers}
        return next((kind for kind in ("withheld", "finer", "strange") if kind in faults), "")

    def _find_fault(
        self, number: Number, allowed: frozenset[float], context: Context, sentence: bool, header: str
    ) -> str:
        if self._is_figure(number, allowed) or self._is_public(number, sentence, header):
            return ""
        if "." in number.text:
            return "finer"
        named = context.groups and context.measures
        return "withheld" if named and not self.figures.prints(context) else "strange"

    def _is_figure(self, number: Number, allowed: frozenset[float]) -> bool:
        whole = number.size.is_integer() and "." not in number.text
        return number.size in allowed and (whole or self.figures.is_decimal(number.size))

    def _is_public(self, number: Number, sentence: bool, header: str) -> bool:
        """Whether no answer is behind a number: a year, a constant, or a count of what the definitions list."""
        wording, size = self.wording, number.size
        if size in wording.years or wording.is_public(number):
            return True
        listed = size.is_integer() and size <= wording.most_listed
        if listed and number.then == ":":  # a point of a scale, with what was counted
            return True
        if not sentence:
            return listed and not wording.things.isdisjoint(header.casefold().split())  # a column 'Questions'
        opens = number.first and number.then == "."  # the number of a question
        counted = any(word in wording.things for word in number.after)  # 'over 5 principles'
        return size in wording.constants or (listed and (opens or counted))
