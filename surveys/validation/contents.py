"""Pages, code frames, derived figures, texts, and the questionnaire as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveys.codebook import MOST_MARKS, RESERVED_CODES, Layout
from surveys.definition import CodeFrame, Control, Kind, Page, PageKind
from surveys.validation.draft import Draft
from surveys.validation.problem import Problem, near
from surveys.wordings import FORM

SCHEMA_VERSION = "1.1"
SOURCES = frozenset({"summary_2019", "report_2019", "method"})
ALWAYS_IN_FRAMES = ("other", "too_vague", "off_topic", "removed")
ONCE = frozenset(PageKind) - {PageKind.DEFINITIONS, PageKind.SCREEN_OUT}
BRACES = re.compile(r"\{([^{}]*)\}?|\}")


def check_whole(draft: Draft) -> Iterator[Problem]:
    definition = draft.definition
    if definition.schema_version and definition.schema_version != SCHEMA_VERSION:
        message = f"This reads schema version {SCHEMA_VERSION}, not {definition.schema_version}."
        yield Problem("schema_version", message)
    if not 1 <= definition.estimated_minutes <= 240:
        yield Problem("questionnaire.estimated_minutes", "This should be a number of minutes from 1 to 240.")
    if not 1 <= definition.version <= 1000:
        yield Problem("questionnaire.wording_version", "The number of a version counts from 1 to 1000.")
    for n, finding in enumerate(definition.findings):
        if finding.source and finding.source not in SOURCES:
            message = f"There is no source `{finding.source}`.{near(finding.source, SOURCES)}"
            yield Problem(f"findings[{n}].source", message)
    for n, section in enumerate(definition.sections):
        if not section.questions:
            yield Problem(f"sections[{n}].questions", "The section has no questions. Add one or take it out.")


def check_pages(draft: Draft) -> Iterator[Problem]:
    places = {section.key for section in draft.definition.sections} | set(draft.order)
    first: dict[PageKind, int] = {}
    for n, page in enumerate(draft.definition.pages):
        yield from _check_before(page, f"pages[{n}]", places)
        yield from _check_controls(page, f"pages[{n}].controls")
        if page.kind in ONCE and page.kind in first:
            message = f"There is a page of the kind {page.kind} already, pages[{first[page.kind]}]."
            yield Problem(f"pages[{n}].kind", message)
        first.setdefault(page.kind, n)
    if draft.definition.pages and PageKind.CONSENT not in first:
        yield Problem("pages", "There is no page of the kind consent. Add it.")


def _check_before(page: Page, path: str, places: set[str]) -> Iterator[Problem]:
    if page.kind is not PageKind.DEFINITIONS:
        if page.before:
            message = f"A page of the kind {page.kind} has its fixed place. Take `before` out."
            yield Problem(f"{path}.before", message)
    elif not page.before:
        message = "Say with `before` which section or question the definitions stand in front of."
        yield Problem(f"{path}.before", message)
    elif page.before not in places:
        message = f"There is no section or question `{page.before}`.{near(page.before, places)}"
        yield Problem(f"{path}.before", message)


def _check_controls(page: Page, path: str) -> Iterator[Problem]:
    if page.kind is not PageKind.CONSENT:
        if page.controls:
            yield Problem(path, "Only the page of the kind consent has controls. Take them out.")
        return
    agreeing = [c for c in page.controls if c.action == "continue"]
    declining = [c for c in page.controls if c.action == "decline"]
    if len(agreeing) != 1 or len(declining) != 1:
        message = "Consent needs one control that goes on (`continue`) and one that does not (`decline`)."
        yield Problem(path, message)
    for n, control in enumerate(page.controls):
        for name, message in _faults_of_control(control):
            yield Problem(f"{path}[{n}].{name}", message)


def _faults_of_control(control: Control) -> Iterator[tuple[str, str]]:
    known = {"continue": ("checkbox", True, ""), "decline": ("button", False, "R")}
    if control.action not in known:
        yield "action", f"There is no action `{control.action}`. Write continue or decline."
        return
    kind, required, disposition = known[control.action]
    if control.kind != kind:
        yield "kind", f"The control that does `{control.action}` is a {kind}."
    if control.required != required:
        yield "required", f"Write `required: {str(required).lower()}` for the action {control.action}."
    if control.disposition != disposition:
        wanted = f"`disposition: {disposition}`" if disposition else "no disposition"
        yield "disposition", f"The action {control.action} has {wanted}."


def check_frames(draft: Draft) -> Iterator[Problem]:
    for frame in draft.definition.code_frames:
        path = f"code_frames.{frame.key}"
        codes = [code.code for code in frame.codes]
        missing = [code for code in ALWAYS_IN_FRAMES if code not in codes]
        if missing:
            yield Problem(f"{path}.codes", f"Every frame has the codes {', '.join(missing)}. Add them.")
        if len(codes) > RESERVED_CODES:
            yield Problem(f"{path}.codes", f"{len(codes)} codes do not fit; {RESERVED_CODES} do.")
        if not 1 <= frame.max_codes_per_mention <= 5:
            yield Problem(f"{path}.max_codes_per_mention", "A mention can hold 1 to 5 codes.")
        for n, code in enumerate(frame.not_counted):
            if code not in codes:
                yield Problem(f"{path}.not_counted[{n}]", f"There is no code `{code}`.{near(code, codes)}")
        yield from _check_frame_names(frame, path)
    yield from _check_frame_clashes(draft)


def _check_frame_names(frame: CodeFrame, path: str) -> Iterator[Problem]:
    codes: set[str] = set()
    aliases: dict[str, str] = {}
    for n, code in enumerate(frame.codes):
        if code.code in codes:
            yield Problem(f"{path}.codes[{n}].code", f"The code `{code.code}` is there already.")
        codes.add(code.code)
        for a, alias in enumerate(code.aliases):
            owner = aliases.setdefault(alias.casefold(), code.code)
            if owner != code.code:
                message = f"“{alias}” stands for `{owner}` already. An alias leads to one code."
                yield Problem(f"{path}.codes[{n}].aliases[{a}]", message)


def _check_frame_clashes(draft: Draft) -> Iterator[Problem]:
    """Codes of a frame and answers of a question that uses it are told apart by their code alone."""
    for located in draft.sure:
        frame = draft.definition.frames.get(located.question.code_frame)
        codes = {code.code for code in frame.codes} if frame else set()
        own = {
            "special": [answer.code for answer in located.question.special],
            "assigned": [answer.code for answer in located.question.assigned],
        }
        for name, own_codes in own.items():
            for n, code in enumerate(own_codes):
                if code in codes:
                    message = f"`{code}` is a code of the frame as well. Give it another code."
                    yield Problem(located.at(f"{name}[{n}].code"), message)


def check_derived(draft: Draft) -> Iterator[Problem]:
    by_key = draft.definition.by_key
    for n, derived in enumerate(draft.definition.derived):
        path = f"derived[{n}]"
        if derived.statistic and derived.statistic != "count_distinct":
            yield Problem(f"{path}.statistic", "A derived figure is a `count_distinct`.")
        for o, key in enumerate(derived.over):
            if key not in by_key:
                yield Problem(f"{path}.over[{o}]", f"There is no question `{key}`.{near(key, by_key)}")
            elif by_key[key].kind is not Kind.OPEN_LIST:
                yield Problem(f"{path}.over[{o}]", f"`{key}` is not of the type open_list.")
        if len({by_key[key].code_frame for key in derived.over if key in by_key}) > 1:
            yield Problem(f"{path}.over", "The questions have different code frames. Count them apart.")


def check_texts(draft: Draft) -> Iterator[Problem]:
    forms = {form for form, _words in draft.definition.reference_period}
    for path, text in draft.texts:
        yield from (Problem(path, message) for message in faults_of_pipes(text, forms))


def faults_of_pipes(text: str, forms: set[str]) -> Iterator[str]:
    """What is wrong with the braces of a text."""
    for match in BRACES.finditer(text):
        message = _fault_of_pipe(match, forms)
        if message:
            yield message


def _fault_of_pipe(match: re.Match[str], forms: set[str]) -> str:
    name = match.group(1)
    if name is None or not match.group().endswith("}"):
        return "A brace stands alone. Braces are for {reference_period.FORM} only."
    if not name.startswith(FORM):
        return f"{{{name}}} is not filled. Only {{reference_period.FORM}} is."
    form = name.removeprefix(FORM)
    known = {f"{FORM}{known}" for known in forms}
    return "" if form in forms else f"The reference period has no form `{form}`.{near(name, known)}"


def check_size(draft: Draft) -> Iterator[Problem]:
    """Only of a questionnaire that can be laid out; the loader asks when nothing else is wrong."""
    size = Layout(draft.definition).size
    if size > MOST_MARKS:
        message = f"The answers need {size:,} marks; {MOST_MARKS:,} fit. Ask less, or narrow the numbers."
        yield Problem("sections", message)
