"""What an embedded service says when it cannot do its work."""

from __future__ import annotations


class ServiceError(RuntimeError):
    """An embedded service could not be found, started, reached or stopped."""
