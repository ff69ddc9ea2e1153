"""Settings, all from the environment.

This module starts nothing and asks nobody: type checkers and editors import it too.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from zoneinfo import available_timezones

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from config.checks import DEMO_SECRET, production_problems
from config.env import Environment
from config.logging import logging_settings
from config.mail import mail_backend, mail_provider_problems, mail_provider_settings

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "demo", "test", "production")
PROCESSES = ("web", "worker", "beat", "owner")

env = Environment(os.environ)
ENQUIRY_ENV = env.choice("ENQUIRY_ENV", ENVIRONMENTS)
ENQUIRY_PROCESS = env.choice("ENQUIRY_PROCESS", PROCESSES)
ENQUIRY_VAR = Path(env.text("ENQUIRY_VAR") or BASE_DIR / "var").resolve()
# Where the private keys of the waves are. Worker processes alone have it in their environment.
ENQUIRY_KEY_DIR = env.text("ENQUIRY_KEY_DIR")
# Where the private half of the mail key is. The worker of the queue `mail` alone has it in its environment.
ENQUIRY_MAIL_KEY_DIR = env.text("ENQUIRY_MAIL_KEY_DIR")
IN_PRODUCTION = ENQUIRY_ENV == "production"

DEBUG = env.flag("DEBUG", default=ENQUIRY_ENV == "development")
SECRET_KEY = env.text("SECRET_KEY") or ("" if IN_PRODUCTION else DEMO_SECRET)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or (
    [] if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "accounts",
    "surveys",
    "responses",
    "reports",
    "rest_framework",
    "drf_spectacular",
    "crispy_forms",
    "config.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # First, so that a redirect to HTTPS, a refused host and a static file have the headers as well.
    "config.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # What is the same for everybody needs none of the following.
    "reports.public.shared.SharedAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.csrf.CsrfWithoutReferrer",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.StaffSessions",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.language.languages",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("enquiry",)
CRISPY_TEMPLATE_PACK = "enquiry"

# Without an address the settings still load, for whoever only reads code; the first use then says what is missing.
DATABASES = {"default": env.database("DATABASE_URL") or {"ENGINE": "config.no_database"}}
if ENQUIRY_PROCESS == "web":
    # A log-in to PostgreSQL costs more than a page; a connection that was cut in between is noticed and made anew.
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "staff:dashboard"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Of a staff session: how long it may be left alone, and how long it lasts at most.
STAFF_IDLE = timedelta(minutes=env.number("STAFF_IDLE_MINUTES", 30))
STAFF_SESSION = timedelta(hours=12)
SESSION_COOKIE_AGE = int(STAFF_SESSION.total_seconds())
# How many proxies of the site's own stand in front of it; each adds an address to X-Forwarded-For.
PROXIES = env.number("PROXIES", 1 if IN_PRODUCTION else 0)

LANGUAGE_CODE = "en"
# Only what the interface is translated into: a page must not say that it is in a language which its words are not in.
LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("ar", "العربية")]
LANGUAGE_COOKIE_NAME = "__Host-enquiry_language" if IN_PRODUCTION else "enquiry_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_SAMESITE = True, IN_PRODUCTION, "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")
if TIME_ZONE not in available_timezones():
    env.problems.append(
        f"TIME_ZONE is {TIME_ZONE!r}, which is no time zone. Set it to a name such as Europe/Berlin."
    )
    TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]
if ENQUIRY_ENV == "test":
    # Languages that nobody speaks: every text is longer, and in the second one it runs from right to left.
    LANGUAGES += [("en-xa", "[Ēñĝļîšĥ]"), ("ar-xb", "[Ārāɓîć]")]
    # In front, because a language with a region would otherwise read the catalogue of its language alone.
    LOCALE_PATHS.insert(0, ENQUIRY_VAR / "locale")

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("ENQUIRY_STATIC") or ENQUIRY_VAR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
STATICFILES_STORAGE_CLASSES = {
    True: "whitenoise.storage.CompressedManifestStaticFilesStorage",
    False: "django.contrib.staticfiles.storage.StaticFilesStorage",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES_STORAGE_CLASSES[IN_PRODUCTION]},
}
# Outside production the files are served from where they lie, so that nothing has to be collected first.
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
WHITENOISE_AUTOREFRESH = ENQUIRY_ENV == "development"

# A page of a questionnaire is far smaller; a person who posts more is told so before anything is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Lists of addresses stay in memory and are never written to a temporary file.
# A larger upload arrives as no file at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-enquiry_session" if IN_PRODUCTION else "enquiry_session"
KNOWN_BROWSER_COOKIE_NAME = "__Host-enquiry_known" if IN_PRODUCTION else "enquiry_known"
CSRF_COOKIE_HTTPONLY = True
# What was typed into a form that fails the check is not lost.
CSRF_FAILURE_VIEW = "responses.views.kept.csrf_refused"
# The check looks for the name of Django's own middleware; ours is a subclass of it.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
CSRF_COOKIE_NAME = "__Host-enquiry_csrf" if IN_PRODUCTION else "enquiry_csrf"
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", default=IN_PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IN_PRODUCTION else None
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 365 * 24 * 60 * 60) if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IN_PRODUCTION

# For how long a process gives out a public page or an answer of the read API again; 0 keeps nothing.
REPORT_KEPT_SECONDS = env.number("REPORT_KEPT_SECONDS", 0 if ENQUIRY_ENV == "test" else 2)
REPORT_KEPT_PAGES = env.number("REPORT_KEPT_PAGES", 256)
# Of one range of addresses, in each process; 0 sets no limit.
API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", 0 if ENQUIRY_ENV == "test" else 240)

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["config.api.DenyAll"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["config.api.PerReader"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Enquiry",
    "DESCRIPTION": "The published figures of the programme. Releases only; nothing else can be read here.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "reports.api.schema.with_limit",
    ],
}

CELERY_BROKER_URL = env.text("REDIS_URL") or "redis+socket:///nowhere"
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
# A task that dies with its worker is given to another one; every task is safe to be delivered twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ROUTES = {
    "responses.tasks.*": {"queue": "box"},
    # Printing needs no private key, so any worker does it; a name of its own goes before the pattern.
    "responses.tasks.print_questionnaire": {"queue": "celery"},
    "responses.tasks.remind_key_keepers": {"queue": "celery"},
    # Nor do files of answers from elsewhere, whose key comes with the task.
    "responses.tasks.import_file": {"queue": "celery"},
    "responses.tasks.forget_import_files": {"queue": "celery"},
    # Sending needs the mail key, which another folder holds than the one of the waves' keys.
    "responses.tasks.make_mail_key": {"queue": "mail"},
    "responses.tasks.send_mailing": {"queue": "mail"},
    "responses.tasks.go_on_mailing": {"queue": "mail"},
    "reports.tasks.open_and_count": {"queue": "box"},
    "reports.tasks.sign_release": {"queue": "box"},
}
CELERY_BEAT_SCHEDULE = {
    "night": {"task": "reports.tasks.night", "schedule": crontab(hour="4", minute="30")},
    "sweep": {"task": "reports.tasks.sweep", "schedule": crontab(minute="10")},
    # After the night, which empties the boxes of waves that have closed.
    "retention": {"task": "reports.tasks.forget_what_is_due", "schedule": crontab(hour="5", minute="40")},
    "keys": {"task": "responses.tasks.remind_key_keepers", "schedule": crontab(hour="7", minute="20")},
    # What windows, a lost worker or a mail server that was away have held back. An old request is as good as none.
    "mail": {
        "task": "responses.tasks.go_on_mailing",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 240},
    },
    "forget": {"task": "accounts.tasks.forget", "schedule": crontab(minute="20")},
    "import_files": {"task": "responses.tasks.forget_import_files", "schedule": crontab(minute="25")},
    "mail_audit_head": {
        "task": "accounts.tasks.mail_audit_head",
        "schedule": crontab(hour="7", minute="0", day_of_week="mon"),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(ENQUIRY_VAR / "beat-schedule")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 60 * 60}
if ENQUIRY_PROCESS in {"web", "owner"}:
    # A page that hands over a task fails within about two seconds while Redis is down. Workers wait longer.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 1}
    CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False

# Mail: invitations and reminders, sent by the mail worker; a handed-on invitation and test mails, sent by the web.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL") or "enquiry@localhost"
# Where refusals come back to: the address before whose @ each message puts `+` and its own number.
EMAIL_BOUNCE_ADDRESS = env.text("EMAIL_BOUNCE_ADDRESS")
# smtp, console, file, or a provider that django-anymail knows, such as mailgun, postmark or amazon_ses.
EMAIL_PROVIDER = env.text("EMAIL_PROVIDER") or ("smtp" if EMAIL_HOST else "file")
# Without a way to send, a production hands nothing on, and says so; elsewhere the messages become files.
MAIL_IS_SET_UP = EMAIL_PROVIDER not in {"file", "console"} or not IN_PRODUCTION
EMAIL_BACKEND = mail_backend(EMAIL_PROVIDER)
ANYMAIL = mail_provider_settings(EMAIL_PROVIDER, os.environ)
env.problems.extend(mail_provider_problems(EMAIL_PROVIDER))
if ANYMAIL is not None and not env.problems:
    INSTALLED_APPS += ["anymail"]
EMAIL_FILE_PATH = str(ENQUIRY_VAR / "mail")

# What shows a respondent, after sending, their answers beside the last report. The app below cannot import it.
RESPONDENT_COMPARISON = "reports.beside.published_beside"

LOGGING = logging_settings(env.text("LOG_LEVEL", "INFO"))

if IN_PRODUCTION:
    env.problems.extend(problem for problem in production_problems(os.environ) if problem not in env.problems)
if env.problems:
    raise ImproperlyConfigured("Enquiry does not start with these settings:\n- " + "\n- ".join(env.problems))
