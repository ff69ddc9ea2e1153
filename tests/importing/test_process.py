from __future__ import annotations

import manage


def test_importing_has_the_rights_of_the_worker_where_nobody_says_whose() -> None:
    assert manage.process_of("import_responses") == "worker"
    assert manage.process_of("import_mapping") == "web"
    assert manage.process_of("migrate") == "owner"
