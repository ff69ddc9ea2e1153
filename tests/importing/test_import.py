from __future__ import annotations

from responses.models import Coding, Comment, OpenText, Record, Response, Tally
from surveys.models import Wave
from tests.importing.stage import bring_in, csv_of, good_rows, past_wave


def test_a_good_file_becomes_responses(db: None) -> None:
    wave = past_wave()

    report = bring_in(wave, csv_of(*good_rows(12)))

    assert (report.rows, report.good) == (12, 12)
    assert Response.objects.filter(wave=wave, weight=1.5).count() == 12
    assert Record.objects.filter(answers__region="north").count() == 12
    assert OpenText.objects.filter(wave=wave, text="hammer").count() == 12
    assert Tally.objects.get(wave=wave).count == 12
    assert report.ignored == ("Respondent", "Time")
    wave.refresh_from_db()
    assert (wave.origin, wave.status) == (Wave.Origin.IMPORTED, Wave.Status.FINAL)
    assert not Comment.objects.exists()
    assert not Coding.objects.exists()
