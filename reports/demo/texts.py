"""What the editors of the demo have written around its figures, and two comments that are marked as examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.composing import ARTICLES, starting_text

MENTIONS = "Shares are mentions of an area by officers, not numbers of people."

TEXTS: Mapping[str, str] = {
    "summary": """\
This is a demonstration. Its respondents are made up, so that their answers together come close to what a
report of 2019 found; nothing here was said by a real person.

Most of the officers work mainly on cases close to where they are based. More than half say that
live-streamed abuse has increased. Mobile phones, laptops and USB sticks hold most of the material, and
encryption is named most often as the biggest challenge.

Among the companies, nine in ten have a policy and eight in ten an action plan. Solutions that detect such
material are rare.""",
    "about": """\
Two closed surveys stand behind this report: one of police officers who work on crimes against children, one
of people who are responsible for IT in companies with more than 5,000 employees. Both were answered
anonymously, through a ballot box that keeps answers and invitations apart.

Only professional opinions were collected, never cases and never material.""",
    "part.law_enforcement": """\
What officers see in their own investigations, how they think it develops, and what would help them. Most of
them are based in the United States or in Europe, so their answers do not necessarily hold elsewhere.""",
    "part.enterprise": """\
What large companies have decided, prepared and installed to keep such material out of their networks, and
what they have found.""",
    "method.sponsor": """\
A demonstration, so that nobody paid for it and nobody conducted it. Here stand the names of those who pay, of
those who do the research, and whether whoever finds the respondents sells them anything.""",
    "method.sample": """\
The people of this demonstration are made up. Officers were invited by name from the lists of training
programmes, so that those who use other tools or take no part in training had no chance to be asked; companies
of more than 5,000 employees from a business directory, one person who is responsible for IT in each.""",
    "method.processing": """\
Nothing was removed as implausible: every response that was sent and whose screening let it pass is counted.""",
    "method.limitations": """\
- Nobody was drawn by chance, and lists are not the profession: shares describe those who answered.
- Most officers are from the United States and Europe. Where they work decides what they see.
- Officers say what they think is common; that is not a count of crimes.
- One person answers for a company, and may not know of everything that happens in it.""",
    "technologies": """\
Six techniques are used to prevent access to material or to find it. None of them does everything, and each
has its own costs: in work, in mistakes, in what it sees of people who have nothing to hide. The articles
describe what each can do and what it cannot.""",
    "headline.law_enforcement.ls_trend": "More than half say that live-streamed abuse has increased",
    "headline.law_enforcement.offender_overlap": "Opinion is split on whether the two groups overlap",
    "headline.law_enforcement.cooccurrence": "A large majority say that other material is common beside it",
    "headline.law_enforcement.ai_used": "One in five officers has used tools with artificial intelligence",
    "headline.law_enforcement.le_local_share": "A majority work mainly on cases close to where they are based",
    "headline.enterprise.ent_policy": "Nine in ten companies have a policy",
    "headline.enterprise.ent_action_plan": "Eight in ten companies have an action plan",
    "headline.enterprise.ent_found": "One in ten companies has found such material",
    "note.law_enforcement.ls_victim_regions": MENTIONS,
    "note.law_enforcement.ls_offender_regions": MENTIONS,
} | {f"article.{key}": starting_text(f"article.{key}") for key in ARTICLES}

COMMENTS: tuple[Mapping[str, Any], ...] = (
    {
        "place": "section.law_enforcement.live_streaming",
        "name": "Example Researcher",
        "role": "Professor of criminology",
        "organisation": "A university",
        "text": "That officers disagree about how common this is does not mean that some of them are wrong. It"
        " shows how different their cases are, and how little of it leaves a trace that ends up in a case file.",
        "language": "en",
        "interests": "",
        "consent": False,
        "example": True,
    },
    {
        "place": "section.enterprise.policy_and_plan",
        "name": "Example Officer",
        "role": "Chief information security officer",
        "organisation": "A company",
        "text": "A policy that nobody has practised is a document. The gap between the many who have one and the"
        " few who have ever found anything is where I would begin to ask questions.",
        "language": "en",
        "interests": "Works for a company of the size that was asked.",
        "consent": False,
        "example": True,
    },
)
"""The place of each is a section of its questionnaire; one that is not there is left out."""
