"""The shapes of the read API. What a release holds goes out as it was frozen; these describe it for the schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ReleaseLink(serializers.Serializer[object]):
    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)
    content_hash = serializers.CharField(
        help_text="SHA-256 of the canonical content (RFC 8785), in hexadecimal."
    )
    url = serializers.CharField(help_text="Path of the release.")
    content_url = serializers.CharField(help_text="Path of the exact bytes that the hash is of.")


class EditionLink(serializers.Serializer[object]):
    year = serializers.IntegerField()
    title = serializers.CharField()
    synthetic = serializers.BooleanField(help_text="Its respondents are made up.")
    newest_release = serializers.IntegerField()
    url = serializers.CharField(help_text="Path of the edition.")


class EditionList(serializers.Serializer[object]):
    editions = EditionLink(many=True)


class Edition(serializers.Serializer[object]):
    year = serializers.IntegerField()
    title = serializers.CharField()
    synthetic = serializers.BooleanField(help_text="Its respondents are made up.")
    releases = ReleaseLink(many=True, help_text="Newest first.")


class Headline(serializers.Serializer[object]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, as in the content
    percent = serializers.JSONField(allow_null=True, help_text="As in a line.")
    base = serializers.IntegerField(allow_null=True)


class FigureLine(serializers.Serializer[object]):
    row = serializers.CharField(allow_null=True, allow_blank=True, help_text="Row of a grid.")
    row_label = serializers.CharField(allow_null=True, allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # likewise
    kind = serializers.CharField(help_text="choice, special, assigned, net, code, class, number or distinct.")
    role = serializers.CharField(allow_null=True, allow_blank=True)
    statistic = serializers.CharField()
    base_rule = serializers.CharField(allow_blank=True)
    percent = serializers.JSONField(
        allow_null=True,
        help_text="A whole per cent, or “<1” for what is above zero and rounds to it; empty when withheld. "
        "A score has one decimal; a middle, a quartile and a number of different answers are whole numbers.",
    )
    low = serializers.IntegerField(allow_null=True, help_text="Lower end of the 95 % range, in per cent.")
    high = serializers.IntegerField(allow_null=True)
    base = serializers.IntegerField(allow_null=True, help_text="How many people the percentage is out of.")
    status = serializers.CharField(help_text="shown, small_base, withheld or not_asked.")


class GroupLine(FigureLine):
    part = serializers.CharField(help_text="The group it is of: the code of one of the parts.")


class Group(serializers.Serializer[object]):
    code = serializers.CharField(
        help_text="Code of a part of the class; “+” joins parts that were taken together, and “not_stated” is "
        "whoever is in none of them."
    )
    label = serializers.CharField()  # type: ignore[assignment]  # likewise


class GroupsBreakdown(serializers.Serializer[object]):
    title = serializers.CharField()
    status = serializers.CharField(help_text="shown, or dropped: then it has no parts and no lines.")
    reason = serializers.CharField(allow_blank=True, help_text="small_base or protected, if it was dropped.")
    detail = serializers.CharField(
        allow_blank=True, help_text="full: every answer. nets: sums, and what is in no sum."
    )
    parts = Group(many=True)
    lines = GroupLine(many=True)

    def get_fields(self) -> dict[str, Any]:
        """`class` is a word of the language, so that no attribute can be called so."""
        name = serializers.CharField(help_text="Name of the class whose groups are shown.")
        return {"class": name, **super().get_fields()}


class FigureSummary(serializers.Serializer[object]):
    id = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    part = serializers.CharField(help_text="Key of the questionnaire.")
    section = serializers.CharField()
    headline = Headline(allow_null=True)
    url = serializers.CharField()


class Figure(serializers.Serializer[object]):
    id = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    question = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    kind = serializers.CharField()
    figure_type = serializers.CharField()
    base_text = serializers.CharField(allow_blank=True)
    base_rule = serializers.CharField(help_text="asked, answered, valid, or everyone_of:QUESTION=CODE.")
    scale = serializers.CharField(allow_blank=True, help_text="Name of an ordered scale.")
    unit = serializers.CharField(allow_blank=True, help_text="What a number counts.")
    sensitivity = serializers.CharField()
    wording_version = serializers.IntegerField()
    headline = Headline(allow_null=True)
    not_stated = serializers.JSONField(
        allow_null=True, help_text="A number from 5 up, “fewer than 5”, or empty."
    )
    weighted = serializers.BooleanField(
        required=False,
        help_text="Whether the percentages are weighted. Missing in older releases: they are not.",
    )
    imported = serializers.BooleanField(
        required=False, help_text="True of a figure whose responses were collected elsewhere."
    )
    withdrawn = serializers.CharField(
        required=False, help_text="Of a figure that is published no more: why. It has no lines."
    )
    caveats = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Ids of figures whose main number has to be read beside this one.",
    )
    minor_since = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Earlier versions of the questionnaire whose words differ so little that the numbers are compared.",
    )
    changed_since = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Earlier versions of the questionnaire that somebody has judged to ask this so differently that the"
        " numbers are not compared, whether or not this release shows what differs.",
    )
    lines = FigureLine(many=True)
    breakdowns = GroupsBreakdown(
        many=True, required=False, help_text="The main lines by groups. Missing in older releases."
    )


class Section(serializers.Serializer[object]):
    key = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    figures = Figure(many=True)


class Part(serializers.Serializer[object]):
    questionnaire = serializers.CharField()
    version = serializers.IntegerField()
    definition_hash = serializers.CharField()
    audience = serializers.CharField()
    title = serializers.CharField()
    population = serializers.CharField()
    responses = serializers.IntegerField()
    opens = serializers.DateField()
    closes = serializers.DateField()
    policy = serializers.DictField(
        required=False, help_text="Of a part with rules of its own: smallest bases and cells that were shown."
    )
    dataset = serializers.DictField(
        required=False,
        help_text="Which set of responses the figures rest on: its id and the hash of its keys.",
    )
    origin = serializers.CharField(
        required=False, help_text="“imported”: collected elsewhere, under another promise."
    )
    imported_from = serializers.CharField(
        required=False, allow_blank=True, help_text="Where an imported part is from."
    )
    weighting = serializers.DictField(
        required=False, help_text="Of a weighted part: what it is weighted to, design effect, effective base."
    )
    sections = Section(many=True)


class EditionName(serializers.Serializer[object]):
    year = serializers.IntegerField()
    title = serializers.CharField()


class Content(serializers.Serializer[object]):
    edition = EditionName()
    synthetic = serializers.BooleanField()
    report = serializers.DictField(
        required=False,
        help_text="Texts around the figures: `texts` by place and language, `articles` in order, `comments`.",
    )
    parts = Part(many=True)
    policy = serializers.DictField(help_text="Smallest bases and cells that were shown.")
    method = serializers.DictField()


class ReleaseFacts(serializers.Serializer[object]):
    """What every answer about one release begins with."""

    synthetic = serializers.BooleanField(help_text="Its respondents are made up.")
    year = serializers.IntegerField()
    release = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    content_hash = serializers.CharField()


class Signature(serializers.Serializer[object]):
    """Of the bytes `enquiry release 1`, a line feed, and the 32 bytes of the SHA-256 of the content."""

    algorithm = serializers.CharField()
    signature = serializers.CharField(help_text="64 bytes in hexadecimal.")
    public_key = serializers.CharField(help_text="32 bytes in hexadecimal.")


class Release(ReleaseFacts):
    signature = Signature(allow_null=True, help_text="Null until the worker has signed it.")
    note = serializers.CharField(allow_blank=True)
    content_url = serializers.CharField()
    figures_url = serializers.CharField()
    content = Content()


class FigureList(ReleaseFacts):
    figures = FigureSummary(many=True)


class OneFigure(ReleaseFacts):
    part = serializers.CharField(help_text="Key of the questionnaire.")
    figure = Figure()


class LineList(ReleaseFacts):
    total = serializers.IntegerField(help_text="Lines that agree with the filters.")
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    previous = serializers.CharField(allow_null=True, help_text="Path of the page before.")
    next = serializers.CharField(allow_null=True, help_text="Path of the page after.")
    lines = serializers.ListField(
        child=serializers.DictField(), help_text="The columns are those of the CSV of the open data."
    )


class Codebook(ReleaseFacts):
    questionnaires = serializers.ListField(
        child=serializers.DictField(),
        help_text="What was asked, in the words of the files `questionnaire-….yaml` of the open data.",
    )


class Refusal(serializers.Serializer[object]):
    detail = serializers.CharField(help_text="A sentence that says why.")
