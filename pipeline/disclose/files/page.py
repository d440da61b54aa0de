"""Web pages: text, tables by their headers, attributes, alternative texts, comments, scripts, and charts in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from pipeline.disclose.files.chart import read_chart
from pipeline.disclose.files.explain import Explainer
from pipeline.disclose.files.names import Names, merge_labels
from pipeline.disclose.files.passages import Context, Finding, Passage, Place

HEADINGS = {f"h{level}": level for level in range(1, 7)}
CELLS = ("td", "th")
INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip
STRUCTURE = {
    "class", "id", "href", "src", "lang", "dir", "role", "scope", "colspan", "rowspan", "tabindex", "charset", "for",
    "headers", "name", "rel", "type", "media",
}  # fmt: skip
"""Attributes that lead somewhere or say how something looks; what a reader is told stands in the others."""
SHARE = re.compile(r"(left|width|right|height|bottom|top):\s*(-?[\d.]+)%")
CHART = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)


def read_page(path: Path, explainer: Explainer, context: Context) -> Iterator[Passage | Finding]:
    """Passages and findings of a page."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Finding("unknown")
        return
    reader = _Reader(explainer.names, context)
    at = line = 0
    for chart in CHART.finditer(text):
        reader.offset = line
        reader.feed(text[at : chart.start()])
        line += text.count("\n", at, chart.start())
        reader.found += read_chart(chart.group(), explainer, reader.context(), line + 1)
        line += text.count("\n", chart.start(), chart.end())
        at = chart.end()
        reader.forget_position()
    reader.offset = line
    reader.feed(text[at:])
    reader.close()
    reader.flush()
    yield from reader.found


@dataclass
class _Cell:
    tag: str
    line: int
    span: int
    text: str = ""
    others: list[str] = field(default_factory=list)
    """What the cell's attributes say, and where its bars end."""


@dataclass
class _Table:
    caption: Context = field(default_factory=Context)
    header: list[str] = field(default_factory=list)
    cells: list[_Cell] = field(default_factory=list)
    open: bool = False


class _Reader(HTMLParser):
    """Collects passages; knows the headings above and the table around."""

    def __init__(self, names: Names, page: Context) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage | Finding] = []
        self.offset = 0
        self._names, self._page = names, page
        self._headings: dict[int, Context] = {}
        self._tables: list[_Table] = []
        self._text: list[str] = []
        self._line, self._tag = 1, ""
        self._quiet = ""
        self._told: set[str] = set()

    def forget_position(self) -> None:
        """The next piece of the file is counted from its own first line."""
        self.lineno = 1

    def context(self) -> Context:
        """What the headings above say, and the caption of the table around."""
        context = self._page
        for level in sorted(self._headings):
            context = context.narrow(self._headings[level])
        return context.narrow(self._tables[-1].caption) if self._tables else context

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in INLINE and tag != "br":
            self.flush()
            self._tag = tag
        if tag in ("style", "script"):
            self._quiet = tag
        table = self._tables[-1] if self._tables else None
        if tag == "table":
            self._tables.append(_Table())
        elif tag == "tr" and table:
            table.cells = []
        elif tag in CELLS and table:
            span = dict(attrs).get("colspan") or "1"
            table.cells.append(_Cell(tag, self._here(), int(span) if span.isdigit() else 1))
            table.open = True
        self._read_attributes(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._read_attributes(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in INLINE:
            return
        self.flush()
        table = self._tables[-1] if self._tables else None
        if tag == self._quiet:
            self._quiet = ""
        elif tag == "tr" and table:
            self._close_row(table)
        elif tag in CELLS and table:
            table.open = False
        elif tag == "table" and table:
            self._tables.pop()

    def handle_data(self, data: str) -> None:
        if self._quiet == "style":
            return
        if not self._text and data.strip():
            self._line = self._here() + data[: len(data) - len(data.lstrip())].count("\n")
        if self._text or data.strip():
            self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(Passage(data, Place(row=self._here(), column="a comment in the page"), self.context()))

    def flush(self) -> None:
        """Close the piece of text that was being collected."""
        text, self._text = " ".join("".join(self._text).split()), []
        if not text:
            return
        if self._tables and self._tables[-1].open:
            cell = self._tables[-1].cells[-1]
            cell.text = f"{cell.text} {text}".strip()
            return
        named = self._names.find(text)
        if self._tag in HEADINGS:
            level = HEADINGS[self._tag]
            self._headings = {above: each for above, each in self._headings.items() if above < level}
            self._headings[level] = self._names.find_heading(text)
        elif self._tag == "caption" and self._tables:
            label = self._names.find_heading(text)
            self._tables[-1].caption = label if label.measures else Context(named.groups, years=named.years)
        column = "a script" if self._quiet else "title of the page" if self._tag == "title" else ""
        self.found.append(Passage(text, Place(row=self._line, column=column), self.context()))

    def _here(self) -> int:
        return self.offset + self.getpos()[0]

    def _read_attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta" and ("name", "viewport") in attrs:
            return
        cell = self._tables[-1].cells[-1] if self._tables and self._tables[-1].open else None
        for name, value in attrs:
            if not value:
                continue
            place = Place(row=self._here(), column=f"attribute {name}")
            if name == "style":
                shares = _read_shares(value)
                if cell:
                    cell.others += shares
                else:
                    self.found += (Passage(share, place, self.context(), figure=True) for share in shares)
            elif name in STRUCTURE:
                if value not in self._told:
                    self._told.add(value)
                    self.found.append(Passage(value, place, numbers=False))
            elif cell and any(map(str.isdigit, value)):
                cell.others.append(value)
            else:
                self.found.append(Passage(value, place, self.context()))

    def _close_row(self, table: _Table) -> None:
        texts = [cell.text for cell in table.cells]
        if not table.header and all(cell.tag == "th" for cell in table.cells):
            table.header = texts
            self.found += (Passage(cell.text, Place(row=cell.line), self.context()) for cell in table.cells)
            return
        context = self.context()
        find = {"th": self._names.find_heading, "td": self._names.find_label}
        labels = [find[cell.tag](cell.text) for cell in table.cells]
        row = merge_labels(labels)
        at = 0
        for cell, label in zip(table.cells, labels, strict=True):
            title = table.header[at] if at < len(table.header) else ""
            column = self._names.find_heading(title) if title and cell.span == 1 else Context()
            about = context.narrow(merge_labels([row, column]))
            place = Place(row=cell.line, column=title)
            numbers = not (label.exact or cell.tag == "th")
            self.found.append(Passage(cell.text, place, about, figure=cell.tag == "td", numbers=numbers))
            self.found += (Passage(text, place, about, figure=True) for text in cell.others)
            at += cell.span
        table.cells = []


def _read_shares(style: str) -> list[str]:
    """Where a bar of a page starts and ends on its line from 0 to 100, as far as it is told."""
    sizes = {name: float(share) for name, share in SHARE.findall(style)}
    ends = [sizes.get("left"), sizes.get("left", 0.0) + sizes["width"] if "width" in sizes else None]
    ends += [size for name, size in sizes.items() if name not in ("left", "width")]
    return [f"{end:g}" for end in ends if end is not None]
