"""gunicorn's settings. There is no access log: who asked for which page at what time is nobody's business."""

from __future__ import annotations

import gc
import os
from typing import Any

from config.embedded import ensure
from config.logging import logging_settings

# Started here once, in the parent, so that a worker process that is replaced does not stop and start the services.
ensure(process="web")

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 20
accesslog = None
logconfig_dict = logging_settings(os.environ.get("LOG_LEVEL", "INFO"))
# The control socket would be one more door, and nobody here uses it.
control_socket_disable = True
# The longest line that a personal link makes is far below this.
limit_request_line = 2048


def post_worker_init(worker: Any) -> None:
    """What was loaded at the start stays for good; looking through it again and again costs every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
