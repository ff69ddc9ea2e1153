"""The numbers of a release as files: the same bytes from the same content, for good."""

from __future__ import annotations

from reports.opendata.files import Facts, File, files_of

__all__ = ["Facts", "File", "files_of"]
