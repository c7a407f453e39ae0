"""`insurehub keep`: a former adapter is imported beside the present one, and says the same as it did."""

import json
import subprocess
import sys

SPEAKS = """
from gateway.channel import Registry
adapter = Registry().adapter("acme")
former = adapter.former("{version}")
print(former.version, former.variants("policy.issue")[0].steps[0].build.__module__, adapter.version != former.version)
"""


def _says(workspace, code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=workspace, capture_output=True, text=True, check=False)


def _kept(insurehub, workspace, *words: str) -> list[dict[str, str]]:
    ended = insurehub(workspace, "keep", *words, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)["kept"]


def test_a_kept_adapter_is_there_after_its_mapping_has_changed(workspace, insurehub):
    (kept,) = _kept(insurehub, workspace, "acme")
    mapping = workspace / "mappings/carriers/acme/carrier.yaml"
    mapping.write_text(mapping.read_text("utf-8") + "# changed\n", "utf-8")
    assert insurehub(workspace, "generate").code == 0
    told = _says(workspace, SPEAKS.format(version=kept["version"]))
    hash_ = kept["version"].rpartition("+")[2]
    assert told.stdout.split() == [kept["version"], f"adapters.former.acme_{hash_}.policy_issue", "True"], told.stderr
    assert insurehub(workspace, "generate", "--check").code == 0
    assert insurehub(workspace, "check").code == 0


def test_the_same_version_is_kept_once_and_is_listed(workspace, insurehub):
    assert _kept(insurehub, workspace, "--list") == []
    assert _kept(insurehub, workspace) == _kept(insurehub, workspace, "acme") == _kept(insurehub, workspace, "--list")


def test_a_version_that_is_not_here_is_named_with_what_brings_it(workspace):
    told = _says(workspace, SPEAKS.format(version="1.0+0123456789ab"))
    assert "it began with acme 1.0+0123456789ab" in told.stderr
    assert "run 'insurehub keep acme'" in told.stderr


def test_a_carrier_without_an_adapter_cannot_be_kept(empty_workspace, insurehub):
    carrier = empty_workspace / "mappings" / "carriers" / "unmade"
    carrier.mkdir()
    (carrier / "carrier.yaml").write_text("format: mapping/1\n", "utf-8")
    ended = insurehub(empty_workspace, "keep", "unmade")
    assert ended.code == 3
    assert "insurehub generate" in ended.err
