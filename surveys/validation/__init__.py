"""All faults of meaning of a questionnaire, at once."""

from __future__ import annotations

from surveys.validation import contents, counting, kinds, names, routing_rules
from surveys.validation.ballots import ballot_size
from surveys.validation.draft import Draft, Located
from surveys.validation.problem import Problem, near
from surveys.wordings import check_places

RULES = (
    contents.check_whole,
    names.check_names,
    names.check_codes,
    names.check_references,
    contents.check_pages,
    contents.check_frames,
    kinds.check_kinds,
    routing_rules.check_routing,
    routing_rules.check_screening,
    counting.check_counting,
    contents.check_derived,
    contents.check_texts,
)


def check(draft: Draft) -> tuple[Problem, ...]:
    problems = tuple(problem for rule in RULES for problem in rule(draft))
    # Marks can be laid out, and counted, only where names are in order.
    return problems or tuple(contents.check_size(draft))


__all__ = ["Draft", "Located", "Problem", "ballot_size", "check", "check_places", "near"]
