"""What a production must have set, and what must not be combined.

Every problem says which variable it is about and how to set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from config.env import Environment
from config.keyfiles import demo_keys, exposed_keys

SHORTEST_SECRET = 50
DEMO_SECRET = "enquiry-demo-secret-key-known-to-everybody-who-reads-the-source"  # noqa: S105
OWNER_ROLE = "enquiry_owner"
PROCESSES = ("web", "worker", "beat", "owner")
HOW_TO_DRAW_A_SECRET = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'  # noqa: S105


def production_problems(values: Mapping[str, str]) -> list[str]:
    """Everything that keeps a production from starting with these environment variables."""
    env = Environment(values)
    process = env.text("ENQUIRY_PROCESS", "web")
    return [
        *_secret_problems(env.text("SECRET_KEY")),
        *_host_problems(env),
        *_address_problems(env, process),
        *_key_problems(env, process),
        *_mail_problems(env),
    ]


def _secret_problems(secret: str) -> list[str]:
    how = f"Set it to at least {SHORTEST_SECRET} random characters: {HOW_TO_DRAW_A_SECRET}"
    if not secret:
        return [f"SECRET_KEY is not set. {how}"]
    if secret == DEMO_SECRET or secret.startswith("django-insecure"):
        return [f"SECRET_KEY is the one of the demo, which everybody knows. {how}"]
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 5:
        return [f"SECRET_KEY is too short or too plain. {how}"]
    return []


def _host_problems(env: Environment) -> list[str]:
    problems = []
    hosts = env.words("ALLOWED_HOSTS")
    if not hosts or "*" in hosts:
        problems.append(
            "ALLOWED_HOSTS is empty or lets every name in. Set it to the host names of the site, separated by "
            "commas: ALLOWED_HOSTS=survey.example.org"
        )
    if env.flag("DEBUG"):
        problems.append(
            "DEBUG is on; it shows settings and answers to visitors. Remove DEBUG or set DEBUG=0."
        )
    for origin in env.words("CSRF_TRUSTED_ORIGINS"):
        if not origin.startswith("https://"):
            problems.append(
                f"CSRF_TRUSTED_ORIGINS names {origin}. Name origins that begin with https:// only."
            )
    return problems


def _address_problems(env: Environment, process: str) -> list[str]:
    problems = []
    database = env.database("DATABASE_URL")
    if not env.text("DATABASE_URL"):
        problems.append("DATABASE_URL is not set. Set it to postgresql://USER:PASSWORD@HOST:5432/NAME")
    if not env.text("REDIS_URL"):
        problems.append("REDIS_URL is not set. Set it to redis://:PASSWORD@HOST:6379/0")
    if process not in PROCESSES:
        problems.append(f"ENQUIRY_PROCESS is {process!r}. Set it to one of: {', '.join(PROCESSES)}.")
    if process != "owner" and database.get("USER") in {OWNER_ROLE, "postgres"}:
        problems.append(
            f"DATABASE_URL of the {process} logs in as {database['USER']}, who owns the tables. Set it to the role "
            f"enquiry_{'worker' if process == 'worker' else 'web'}; the owner is for migrations alone."
        )
    return problems + env.problems


KEY_FOLDERS = {"ENQUIRY_KEY_DIR": ("the waves", "box"), "ENQUIRY_MAIL_KEY_DIR": ("the mail", "mail")}


def _key_problems(env: Environment, process: str) -> list[str]:
    found = [
        f"{name} is in the environment of the {process}, which must not know where the private keys of {owner} are. "
        f"Remove it here and set it for the worker of the queue {queue} only."
        for name, (owner, queue) in KEY_FOLDERS.items()
        if process != "worker" and env.text(name)
    ]
    if process == "worker":
        return [problem for name in KEY_FOLDERS for problem in _demo_key_problems(name, env.text(name))]
    return found or exposed_keys(env.values)


def _demo_key_problems(name: str, folder: str) -> list[str]:
    """The worker of a production works with no key that was made elsewhere."""
    return [
        f"{name} holds {file}, a key that was made for a demo, a test or development. Take it out of the "
        "folder: answers of real people are never sealed to such a key."
        for file in (demo_keys(Path(folder)) if folder else ())
    ]


def _mail_problems(env: Environment) -> list[str]:
    problems = []
    named = next((name for name in ("EMAIL_HOST", "EMAIL_PROVIDER") if env.text(name)), "")
    if named and not env.text("DEFAULT_FROM_EMAIL"):
        problems.append(
            f"DEFAULT_FROM_EMAIL is not set, though {named} is. Set it to the address that invitations come from: "
            "DEFAULT_FROM_EMAIL=survey@example.org"
        )
    if env.flag("EMAIL_USE_TLS") and env.flag("EMAIL_USE_SSL"):
        problems.append(
            "EMAIL_USE_TLS and EMAIL_USE_SSL are both on. Keep one: TLS for port 587, SSL for 465."
        )
    return problems


@register(Tags.security)
def check_forwarded_scheme(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """A redirect to HTTPS behind a proxy that does not say the scheme would go in circles."""
    if settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        hint = "Set SECURE_PROXY_SSL_HEADER, or switch the redirect off with SSL_REDIRECT=0."
        return [Error("HTTPS is forced, but no header tells HTTPS from HTTP.", hint=hint, id="enquiry.E001")]
    return []


@register(Tags.security)
def check_respondent_cookies(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Cookies carry the keys of drafts, so a production may send them over HTTPS alone."""
    if settings.ENQUIRY_ENV == "production" and not (
        settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    ):
        hint = "Remove whatever sets SESSION_COOKIE_SECURE or CSRF_COOKIE_SECURE to False."
        return [Error("Cookies would be sent over plain HTTP.", hint=hint, id="enquiry.E002")]
    return []
