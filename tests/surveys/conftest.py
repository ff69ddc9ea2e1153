from __future__ import annotations

from hypothesis import settings

# A property holds or not, however busy the machine is; a time limit per example would only make it uncertain.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")
