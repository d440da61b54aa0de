"""The file checker: reads finished files as anybody can, and finds what must not be in them (methods S17.7).

Every kind of file is taken apart by a module of its own into passages: a piece of text, where it stands, and what
it is about. Two things are asked of each passage: does it hold anything of a person (``secrets``), and is every
number in it one that the release prints there, or public (``explain``)? What a finding says never holds the value.
"""
