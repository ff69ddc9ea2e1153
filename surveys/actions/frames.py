from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from surveys import storage
from surveys.codebook import RESERVED_CODES
from surveys.definition import Code, Definition
from surveys.models import Questionnaire

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class FrameProblems(Exception):
    """Everything that is wrong with codes that somebody wants to add, in sentences."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problems))


def append_codes(*, questionnaire: Questionnaire, frame: str, codes: Sequence[Code]) -> None:
    """Add codes at the end of a frame, inside the caller's transaction and audit row.

    A code's place is its mark, so that nothing is ever put in between, and answers stay what they were. The same codes
    belong into the questionnaire's file, or it can no longer be loaded.
    """
    locked = Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
    definition = storage.read(locked)
    if problems := problems_of(definition, frame, codes):
        raise FrameProblems(problems)
    longer = tuple(
        replace(found, codes=(*found.codes, *codes)) if found.key == frame else found
        for found in definition.code_frames
    )
    storage.append_codes(locked, replace(definition, code_frames=longer))


def problems_of(definition: Definition, frame: str, codes: Sequence[Code]) -> list[str]:
    known = {code.code for code in definition.frames[frame].codes}
    problems = []
    for code in codes:
        if not NAME.fullmatch(code.code):
            problems.append(
                _("“%(code)s” is no code: it begins with a small letter and has small letters, digits and _.")
                % {"code": code.code}
            )
        if code.code in known:
            problems.append(_("The frame has a code %(code)s already.") % {"code": code.code})
        if not code.label.strip():
            problems.append(_("The code %(code)s needs a label.") % {"code": code.code})
        known.add(code.code)
    if len(known) > RESERVED_CODES:
        problems.append(_("A frame holds at most %(most)s codes.") % {"most": RESERVED_CODES})
    return problems
