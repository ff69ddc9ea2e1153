"""The one place that maps answers to marks and back, and figures to marks."""

from surveys.codebook.book import Codebook
from surveys.codebook.layout import MOST_MARKS, RESERVED_CODES, Layout, has_marks
from surveys.codebook.packing import pack, unpack
from surveys.codebook.stored import CoarseAnswers, Coding, UnknownAnswer
from surveys.codebook.sums import Sum

__all__ = [
    "MOST_MARKS",
    "RESERVED_CODES",
    "CoarseAnswers",
    "Codebook",
    "Coding",
    "Layout",
    "Sum",
    "UnknownAnswer",
    "has_marks",
    "pack",
    "unpack",
]
