"""A carrier that needs a package which is not installed is refused at start, with the command that installs it."""

import importlib
from pathlib import Path

import pytest

from cli.build import catalogue_of
from gateway.app import Gateway
from gateway.settings import SettingsInvalid, load_settings
from gateway.wire import extras

ROOT = Path(__file__).parents[3]
SETTINGS = """\
journal: "memory:"
channels:
  jade_main:
    config: { base_url: "http://127.0.0.1:9", app_id: a }
    secrets: { platform_key: { env: K }, insurer_public: { env: K }, body_key: { env: K } }
"""


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "insurehub.yaml").write_text(SETTINGS, encoding="utf-8")
    return load_settings(tmp_path, {"K": "canary-key"})


def test_a_channel_whose_package_is_missing_is_refused_at_start(settings, monkeypatch):
    monkeypatch.setattr(extras, "_lacks", lambda extra: extra == "gm")
    with pytest.raises(SettingsInvalid, match=r"channel jade_main: .*pip install 'insurehub\[gm\]'") as caught:
        Gateway(settings, catalogue_of(ROOT))
    assert "canary-key" not in str(caught.value)


def test_with_the_package_the_same_channel_is_there(settings):
    assert "jade_main" in Gateway(settings, catalogue_of(ROOT)).parts.channels


@pytest.mark.parametrize("extra", extras.EXTRAS)
def test_every_extra_is_there_for_the_tests_and_its_packages_can_be_imported(extra):
    assert extras.missing((extra,)) is None
    for package in extras.EXTRAS[extra]:
        assert importlib.import_module(package)


def test_nothing_is_missing_where_nothing_is_asked_for():
    assert extras.missing(()) is None
