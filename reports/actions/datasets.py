"""The figures of an ended wave rest on one set of responses for good: no two releases differ by a few people."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _

from reports.models import WaveDataset
from responses import extracts
from surveys.models import Wave


class DatasetChanged(Exception):
    def __init__(self, wave: Wave) -> None:
        super().__init__(
            _(
                "The responses of %(wave)s are not those that its figures were first counted from: some are gone or"
                " some were added. Nothing is counted, and the last tables stay."
            )
            % {"wave": wave}
        )


def freeze_or_check(*, wave: Wave, now: datetime) -> None:
    """Write down which responses an ended wave has, the first time; then see that they are the same ones."""
    if wave.status != Wave.Status.FINAL:
        return
    made, is_first = WaveDataset.objects.get_or_create(
        wave=wave,
        defaults={
            "dataset_id": uuid4(),
            "rows": extracts.response_count(wave),
            "keys_hash": extracts.keys_digest(wave),
            "frozen_at": now,
        },
    )
    if not is_first and not is_unchanged(made):
        raise DatasetChanged(wave)


def is_unchanged(dataset: WaveDataset) -> bool:
    wave = dataset.wave
    return (dataset.rows, dataset.keys_hash) == (extracts.response_count(wave), extracts.keys_digest(wave))
