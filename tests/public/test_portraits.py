"""Portraits of experts: drawn anew, agreed to with the words, and public with the releases that show them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from lxml import html
from PIL import Image
from pypdf import PdfReader

from accounts.models import User
from reports.actions import experts as actions
from reports.actions.composing import keep_portrait
from reports.actions.printing import document, style
from reports.compositions import report_content
from reports.models import ExpertComment, ExpertWord, Portrait, Release, ReleaseWithdrawal
from reports.portraits import LARGEST_FILE, SIDE, NotAPicture, TooLarge, portrait_of
from responses.pdf import NothingIsFetched, pdf_of
from surveys.models import Edition
from tests.box.people import member_of_staff
from tests.public.content import content, released
from tests.public.test_experts import PLACE, invited, visit
from tests.services import acting_as
from tests.staff.people import log_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()
RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    """Red above and blue below."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (0, size[1] // 2, *size))
    written = io.BytesIO()
    made.save(written, kind, **more)
    return written.getvalue()


def opened(kept: bytes) -> Image.Image:
    return Image.open(io.BytesIO(kept))


def upload(kept: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, kept)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(640, 480), (300, 900), (90, 60)])
def test_portrait_is_a_small_square_jpeg(kind: str, size: tuple[int, int]) -> None:
    found = opened(portrait_of(picture(kind, size)))

    assert (found.format, found.size, found.mode) == ("JPEG", (SIDE, SIDE), "RGB")


def test_what_a_camera_writes_into_a_file_is_left_behind_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "At home, 59.33 N 18.07 E"
    taken = picture(exif=exif.tobytes())
    assert b"59.33" in taken

    kept = portrait_of(taken)

    assert b"59.33" not in kept
    assert b"Exif" not in kept
    assert len(opened(kept).getexif()) == 0
    # Turned by a quarter, what was below stands at the left.
    left, right = (opened(kept).getpixel((x, SIDE // 2)) for x in (20, SIDE - 20))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > left[0]
    assert right[0] > right[2]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_large_picture_is_upright_and_its_middle_is_shown(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    kept = opened(portrait_of(picture(kind, (4000, 2600), exif=exif.tobytes())))

    left, right = (kept.getpixel((x, SIDE // 2)) for x in (20, SIDE - 20))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > left[0]
    assert right[0] > right[2]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("side", [200, 1500])
def test_picture_in_any_colours_becomes_a_portrait(mode: str, side: int) -> None:
    written = io.BytesIO()
    Image.new(mode, (side, side)).save(written, "JPEG" if mode == "CMYK" else "PNG")

    assert opened(portrait_of(written.getvalue())).mode == "RGB"


def test_picture_with_a_transparent_ground_stands_on_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(written, "PNG")

    corner = opened(portrait_of(written.getvalue())).getpixel((5, 5))

    assert isinstance(corner, tuple)
    assert min(corner) > 250


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"Not a picture, whatever its name says.",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        picture("GIF"),
        picture("BMP"),
        picture()[:600],
    ],
    ids=["empty", "text", "svg", "pdf", "gif", "bmp", "cut off"],
)
def test_file_that_is_no_picture_is_refused_with_a_sentence(file: bytes) -> None:
    with pytest.raises(NotAPicture, match="Choose a JPEG, PNG or WebP file"):
        portrait_of(file)


@pytest.mark.parametrize("side", [6400, 10_000, 15_000])
def test_picture_that_is_too_large_is_refused_before_it_is_unpacked(side: int) -> None:
    bomb = io.BytesIO()
    Image.new("1", (side, side)).save(bomb, "PNG")

    with pytest.raises(TooLarge, match="5 MB"):
        portrait_of(bomb.getvalue())
    with pytest.raises(TooLarge):
        portrait_of(b"x" * (LARGEST_FILE + 1))


def test_portrait_goes_with_the_words_from_the_expert_to_the_report(
    client: Client, edition: Edition, editor: User
) -> None:
    link, token = invited(edition, editor)
    path = f"/expert/{token}/"
    assert client.get(f"{path}portrait.jpg").status_code == 404

    with acting_as("web"):
        sent = client.post(path, {"text": "My words.", "interests": "", "portrait": upload(picture())})
        assert sent.status_code == 302
        actions.edit(link=link, text="My own words.", by=editor, now=NOW)
    page = visit(client, token)
    own = client.get(f"{path}portrait.jpg")
    seen = page.get_element_by_id("approval_seen").get("value")
    with acting_as("web"):
        client.post(path, {"approve": "1", "seen": seen, "interests": "", "agrees": "on"})

    kept = Portrait.objects.get()
    assert (own["Content-Type"], own.content) == ("image/jpeg", bytes(kept.content))
    assert page.xpath("//img/@alt") == ["Portrait of Ada Example"]
    assert "and with the portrait" in page.text_content()
    assert {word.portrait for word in ExpertWord.objects.all()} == {kept}
    (comment,) = report_content(edition)["report"]["comments"]
    assert (comment["text"], comment["portrait"]) == ("My own words.", kept.sha256)
    with pytest.raises(IntegrityError), transaction.atomic():
        Portrait.objects.update(content=b"another")


def test_expert_writes_anew_and_keeps_changes_or_takes_away_the_portrait(
    client: Client, edition: Edition, editor: User
) -> None:
    _link, token = invited(edition, editor)
    path = f"/expert/{token}/"
    client.post(path, {"text": "One.", "portrait": upload(picture())})
    client.post(path, {"text": "Two."})
    client.post(path, {"text": "Three.", "portrait": upload(picture(size=(200, 900)))})
    client.post(path, {"text": "Four.", "without_portrait": "on"})

    one, two, three, four = (word.portrait_id for word in ExpertWord.objects.order_by("pk"))

    assert one == two != three is not None
    assert four is None
    assert not visit(client, token).xpath("//img | //input[@name='without_portrait']")


@pytest.mark.parametrize(
    "file",
    [b"no picture", b"x" * (LARGEST_FILE + 1), b"x" * (settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1)],
    ids=["text", "large", "never taken up"],
)
def test_wrong_file_is_refused_and_the_words_stay_in_the_form(
    client: Client, edition: Edition, editor: User, file: bytes
) -> None:
    _link, token = invited(edition, editor)

    answer = client.post(f"/expert/{token}/", {"text": "Long words.", "portrait": upload(file)})

    assert answer.status_code == 422
    assert ("5 MB or has more" if len(file) > LARGEST_FILE else "Choose a JPEG") in answer.content.decode()
    assert "Long words.</textarea>" in answer.content.decode()
    assert not ExpertWord.objects.exists()


def test_editor_keeps_a_portrait_with_a_comment_and_takes_it_away(
    client: Client, edition: Edition, editor: User
) -> None:
    log_in(client, editor)
    root = f"/staff/editions/{edition.year}/comments/"
    said = {"place": PLACE, "name": "Ada Example", "language": "en", "text": "Words.", "consent": "on"}

    client.post(f"{root}new/", said | {"portrait": upload(picture("PNG"), "me.png")})
    page = html.document_fromstring(client.get(f"{root}1/").content)
    (address,) = page.xpath("//img/@src")
    shown = client.get(address)
    client.post(f"{root}1/", said | {"text": "Other words."})
    client.post(f"{root}1/", said | {"without_portrait": "on"})
    refused = client.post(f"{root}new/", said | {"portrait": upload(b"none")})
    beyond = b"x" * (settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1)
    never_taken_up = client.post(f"{root}new/", said | {"portrait": upload(beyond)})

    assert (shown.status_code, shown["Content-Type"], shown["Cache-Control"]) == (
        200,
        "image/jpeg",
        "no-store",
    )
    first, second, third = (one.portrait_id for one in ExpertComment.objects.order_by("version"))
    assert first == second
    assert third is None
    assert refused.status_code == never_taken_up.status_code == 422
    assert "5 MB or has more" in never_taken_up.content.decode()
    assert client.get("/staff/portraits/unknown.jpg").status_code == 404


def with_portrait(portrait: Portrait, **more: Any) -> dict[str, Any]:
    comment = {
        "place": "section.enterprise.policy",
        "name": "Ada Example",
        "role": "",
        "organisation": "",
        "text": "What matters.",
        "language": "en",
        "interests": "",
        "example": False,
        "portrait": portrait.sha256,
    }
    return content(**more) | {"report": {"texts": {}, "articles": [], "comments": [comment]}}


def test_portrait_is_public_with_the_release_that_shows_it_and_with_no_other(client: Client) -> None:
    portrait = keep_portrait(picture(), NOW)
    other = keep_portrait(picture(size=(200, 900)), NOW)
    released(with_portrait(portrait))
    released(content(title="Without"), number=2)
    released(with_portrait(other, year=2020), status=Release.Status.REQUESTED)
    released(with_portrait(other, year=2021), public_from=timezone.now() + timedelta(days=1))

    page = html.document_fromstring(client.get("/2019/1/part/enterprise/").content)
    (image,) = page.xpath("//section[@class='comment']//img")
    answer = client.get(image.get("src"))

    assert image.get("src") == f"/2019/1/portrait/{portrait.sha256}.jpg"
    assert (image.get("alt"), image.get("width")) == ("Portrait of Ada Example", "96")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in answer["Cache-Control"]
    for path in (
        f"/2019/2/portrait/{portrait.sha256}.jpg",
        f"/2019/1/portrait/{other.sha256}.jpg",
        f"/2020/1/portrait/{other.sha256}.jpg",
        f"/2021/1/portrait/{other.sha256}.jpg",
        "/2019/1/portrait/unknown.jpg",
    ):
        assert client.get(path).status_code == 404, path


def test_portrait_of_a_withdrawn_release_stays_with_its_words(client: Client) -> None:
    portrait = keep_portrait(picture(), NOW)
    made = released(with_portrait(portrait))
    ReleaseWithdrawal.objects.create(
        release=made, note="A sum was wrong.", by=member_of_staff("approver"), at=NOW
    )

    assert client.get("/2019/1/part/enterprise/").status_code == 200
    assert client.get(f"/2019/1/portrait/{portrait.sha256}.jpg").status_code == 200


@pytest.mark.parametrize("language", ["en", "ar"])
def test_portrait_stands_on_paper_with_its_words(language: str) -> None:
    portrait = keep_portrait(picture(), NOW)
    made = released(with_portrait(portrait))

    reader = PdfReader(io.BytesIO(pdf_of(document(made, language), style())))

    sizes = [image.image.size for page in reader.pages for image in page.images if image.image is not None]
    assert (SIDE, SIDE) in sizes
    words = {"en": "Portrait of Ada Example", "ar": "صورة Ada Example"}
    assert alternatives(reader)[-1] == words[language]


def alternatives(reader: PdfReader) -> list[str]:
    """What a reader that speaks says instead of each figure, in order."""
    waiting, found = [reader.root_object["/StructTreeRoot"]], []
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            found += [str(one["/Alt"])] if one.get("/S") == "/Figure" else []
            waiting += [one["/K"]] if "/K" in one else []
    return found


def test_printer_still_fetches_nothing_else() -> None:
    for address in ("file:///etc/passwd", "http://127.0.0.1/", "data:image/svg+xml,<svg/>"):
        with pytest.raises(NothingIsFetched):
            pdf_of(f'<html lang="en"><title>x</title><img alt="x" src="{address}"></html>', "")
