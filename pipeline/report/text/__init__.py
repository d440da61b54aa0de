"""Plain sentences for numbers: one function per sentence, shared by every report.

Reports never phrase a number themselves, so that a page, a workbook and a chart's text alternative say
the same thing, and a translation has one place to go. The rules behind the wording:

* the observed fact comes before the verdict (methods S11), the possible range before the likely one (S6);
* people who answered are "those who answered": what others think is not known;
* every number carries its n, and what is withheld says so without saying why it is sensitive (S17.8).
"""

from __future__ import annotations

from pipeline.report.text.before import *  # noqa: F403
from pipeline.report.text.change_details import *  # noqa: F403
from pipeline.report.text.changes import *  # noqa: F403
from pipeline.report.text.comments import *  # noqa: F403
from pipeline.report.text.cuts import *  # noqa: F403
from pipeline.report.text.pages import *  # noqa: F403
from pipeline.report.text.questions import *  # noqa: F403
from pipeline.report.text.responses import *  # noqa: F403
from pipeline.report.text.scores import *  # noqa: F403
from pipeline.report.text.together import *  # noqa: F403
from pipeline.report.text.words import *  # noqa: F403
