from __future__ import annotations

from time import sleep
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from responses.actions import close_coding, import_files, keys, mail_key, mailings
from responses.actions.deliver import deliver, running
from responses.actions.printing import print_wave
from surveys.actions.custody import DESTROY_KEY, remind_keepers
from surveys.actions.printing import PRINT


@shared_task(name=keys.MAKE_KEY)
def make_wave_key(wave_id: str) -> None:
    """Queue `box`: only the host that keeps the private halves works on it."""
    keys.make_wave_key(wave_id=UUID(wave_id), now=timezone.now())


@shared_task(name=DESTROY_KEY)
def destroy_wave_key(wave_id: str) -> None:
    """Queue `box`, as the making."""
    keys.destroy_wave_key(wave_id=UUID(wave_id), now=timezone.now())


@shared_task(name="responses.tasks.remind_key_keepers")
def remind_key_keepers() -> None:
    """Every morning, until the keys whose time runs out are gone. Any worker does it."""
    remind_keepers(now=timezone.now())


@shared_task(name=close_coding.CLOSE_CODING)
def cut_text_links(wave_id: str) -> None:
    """Any worker does it; the second of two finds it done."""
    close_coding.close_coding(wave_id=UUID(wave_id), now=timezone.now())


@shared_task(name=PRINT)
def print_questionnaire(wave_id: str) -> None:
    print_wave(wave_id=UUID(wave_id))


@shared_task(name=mail_key.MAKE_MAIL_KEY)
def make_mail_key() -> None:
    """Queue `mail`: only the host that keeps the private half of the mail key works on it."""
    mail_key.make_mail_key(now=timezone.now())


@shared_task(name=mailings.SEND_MAILING)
def send_mailing(mailing_id: int) -> None:
    """About a minute of one mailing, then the next: other mailings get their turn, and a stop is never far."""
    if deliver(mailing_id=mailing_id, clock=timezone.now, sleep=sleep):
        mailings.ask_worker(mailing_id)


@shared_task(name="responses.tasks.go_on_mailing")
def go_on_mailing() -> None:
    """Beat asks for it: what windows, a lost worker or a mail server that was away have held back."""
    for mailing_id in running():
        mailings.ask_worker(mailing_id)


@shared_task(name=import_files.IMPORT_FILE)
def import_file(file_id: str, key: str, asked_by: int, tolerated: float, source: str, language: str) -> None:
    """Any worker: the key of the file comes with the task, and is nowhere else by then."""
    import_files.take_up(
        file_id=UUID(file_id),
        key=key,
        asked_by=asked_by,
        tolerated=tolerated,
        source=source,
        language=language,
        now=timezone.now(),
    )


@shared_task(name="responses.tasks.forget_import_files")
def forget_import_files() -> None:
    """Every hour: files that nobody confirmed or no worker took up."""
    import_files.forget_files(now=timezone.now())
