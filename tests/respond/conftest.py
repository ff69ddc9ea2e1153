import pytest
@pytest.fixture(autouse=True)
def _u(settings):
    settings.ROOT_URLCONF="tests.respond.urls_only"
