"""The entry of the web server."""

from __future__ import annotations

import os

from config.embedded import ensure

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
ensure(process="web")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.db import connection  # noqa: E402

from config.startup import refuse_unsafe_database  # noqa: E402

refuse_unsafe_database()
# This thread serves no page, so its connection would lie idle for ever.
connection.close()
