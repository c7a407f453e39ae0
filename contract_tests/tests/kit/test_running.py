"""A kit run by a carrier: on a bare Python, against allowed hosts, with evidence and without secrets."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from contract_tests.kit.portable.main import main
from contract_tests.kit.stage import served
from contract_tests.tests.kit.conftest import CARRIERS, secrets_of

Run = Callable[..., dict[str, Any]]
QUICK = ("--only", "a-policy-is-issued-as-the-sample", "--only", "replies-*", "--only", "a-repeated-issue-*")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "uat.json"
    file.write_text(json.dumps({"secrets": secrets_of("cedar"), "settings": {"environment": "uat"}}))
    return file


@pytest.fixture
def whole(kit_file, config, capsys) -> Run:
    """Run all of cedar's kit, with a place for callbacks; gives the verdict document."""

    def go(*words: str, mock: Path = CARRIERS / "cedar" / "mock.yaml", code: int = 0) -> dict[str, Any]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            place = f"127.0.0.1:{free.getsockname()[1]}"
        with served(mock, secrets_of("cedar"), f"http://{place}/{{callback}}") as carrier:
            given = ["run", "--kit", str(kit_file("cedar")), "--target", carrier.base_url, "--config", str(config)]
            at = ["--advance", carrier.admin_url, "--callback-listen", place]
            assert main([*given, *at, "--json", *words]) == code
        return json.loads(capsys.readouterr().out)

    return go


@pytest.fixture
def run(kit_file, config, tmp_path, capsys) -> Run:
    """Run cedar's kit against its mock; gives the verdict document."""

    def go(*words: str, mock: Path = CARRIERS / "cedar" / "mock.yaml", code: int = 0) -> dict[str, Any]:
        with served(mock, secrets_of("cedar"), "http://127.0.0.1:1/") as carrier:
            given = ["run", "--kit", str(kit_file("cedar")), "--target", carrier.base_url, "--config", str(config)]
            assert main([*given, "--json", "--advance", carrier.admin_url, *words]) == code
        return json.loads(capsys.readouterr().out)

    return go


def wait_until(is_so: Callable[[], Any]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = (CARRIERS / "cedar" / "mock.yaml").read_text("utf-8")
    assert text.count(old) == 1
    (tmp_path / "mock.yaml").write_text(text.replace(old, new), "utf-8")
    return tmp_path / "mock.yaml"


def test_the_file_runs_on_a_python_that_has_nothing_but_its_own_library(kit_file, config):
    with served(CARRIERS / "cedar" / "mock.yaml", secrets_of("cedar"), "http://127.0.0.1:1/") as carrier:
        words = ["run", "--target", carrier.base_url, "--config", str(config), "--json", *QUICK]
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(kit_file("cedar")), *words], capture_output=True, check=False, timeout=60
        )
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"], done.stderr) == (3, "INCOMPLETE", b"")
    assert {test["result"] for test in told["tests"]} == {"PASS"}
    assert (told["carrier"], told["left_out"]) == ("cedar", 83 - len(told["tests"]))
    assert all(test["checks"] for test in told["tests"])


def test_a_system_that_is_not_this_machine_is_called_only_live_and_by_name(kit_file, config, capsys):
    given = ["run", "--kit", str(kit_file("cedar")), "--config", str(config), "--target", "https://uat.invalid"]
    for words in ([], ["--live"], ["--live", "--allow-host", "other.invalid"], ["--allow-host", "uat.invalid"]):
        assert main([*given, *words]) == 2
        assert "uat.invalid is a live system" in capsys.readouterr().err


def test_a_system_that_is_not_there_is_incomplete_and_never_a_failure(kit_file, config, capsys):
    given = ["run", "--kit", str(kit_file("cedar")), "--config", str(config), "--target", "http://127.0.0.1:9"]
    assert main([*given, "--json", *QUICK]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "INCOMPLETE"
    assert {test["result"] for test in told["tests"]} == {"ERROR", "SKIP"}


def test_without_a_place_for_callbacks_the_run_is_incomplete_and_says_what_it_needs(run):
    told = run("--only", "a-callback-brings-*", code=3)
    assert told["verdict"] == "INCOMPLETE"
    assert {test["result"] for test in told["tests"]} == {"SKIP"}
    assert "--callback-listen" in told["tests"][-1]["reason"]


def test_a_failure_shows_both_sides_and_the_exchanges_that_led_to_it(run, tmp_path):
    bad = edited(tmp_path, "on_duplicate: return_same", "on_duplicate: create_second")
    told = run("--only", "a-repeated-issue-makes-no-second-policy", mock=bad, code=1)
    (test,) = told["tests"]
    assert (told["verdict"], test["result"]) == ("FAIL", "FAIL")
    assert "beside" in test["reason"]
    assert "CDP000000000001" in test["reason"]
    assert [each["request"] for each in test["evidence"]] == ["quote", "issue", "issue", "issue", "policy_get"]
    assert all(each["reply"]["status"] == 200 for each in test["evidence"])


def test_no_secret_is_in_evidence_verdict_or_page(run, tmp_path):
    mock = edited(tmp_path, "lag: 0s ", "lag: 30s ")
    verdict, page = tmp_path / "v.json", tmp_path / "r.html"
    run("--verdict", str(verdict), "--report", str(page), "--only", "a-policy-is-found-*", mock=mock, code=1)
    written = verdict.read_text("utf-8") + page.read_text("utf-8")
    assert "/carrier/v1/policy/get" in written
    assert not [name for name, secret in secrets_of("cedar").items() if secret in written]


def test_a_declared_deviation_makes_it_conditional_until_it_expires_or_passes(run, whole, tmp_path):
    bad = edited(tmp_path, "    for: 7d", "    for: 1h")
    name = "a-repeat-days-later-gets-the-first-reply"
    file = tmp_path / "deviations.json"

    def declared(expires: str) -> tuple[str, ...]:
        told = {"test": name, "reason": "release 7 repairs it", "owner": "carrier", "expires": expires}
        file.write_text(json.dumps([told]))
        return ("--deviations", str(file))

    told = whole(*declared("2999-12-31"), mock=bad)
    assert told["verdict"] == "CONDITIONAL"
    (test,) = (each for each in told["tests"] if each["result"] == "FAIL")
    assert (test["name"], test["deviation"]["expires"]) == (name, "2999-12-31")
    assert run(*declared("2020-01-01"), "--only", name, mock=bad, code=1)["verdict"] == "FAIL"
    gone = run(*declared("2999-12-31"), "--only", name, code=1)
    assert gone["verdict"] == "FAIL", "a deviation that is not there any more"


def test_the_whole_kit_passes_and_a_part_of_it_never_does(whole, run):
    told = whole()
    assert (told["verdict"], told["left_out"], told["counts"]) == ("PASS", 0, {"PASS": 83})
    part = run(*QUICK, code=3)
    assert (part["verdict"], set(part["counts"])) == ("INCOMPLETE", {"PASS"})
    assert part["left_out"] == 83 - part["counts"]["PASS"]


def test_a_verdict_is_signed_and_a_changed_one_is_not_genuine(run, tmp_path, capsys):
    key = Ed25519PrivateKey.generate()
    private, public, verdict = tmp_path / "key.pem", tmp_path / "pub.pem", tmp_path / "v.json"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    told = run(*QUICK, "--verdict", str(verdict), "--sign-key", str(private), code=3)
    assert told["signature"]["algorithm"] == "ed25519"
    words = ["verify", str(verdict), "--public-key", str(public)]
    assert main(words) == 0
    told["verdict"] = "CONDITIONAL"
    verdict.write_text(json.dumps(told))
    assert main(words) == 1
    assert "changed since" in capsys.readouterr().out
    del told["verdict"]
    verdict.write_text('{"verdict": "PASS", "verdict": "FAIL", ' + json.dumps(told)[1:])
    assert main(words) == 2
    assert "member 'verdict' stands there twice" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[1]", "{}", "[" * 100_000, '{"format": 1,}', "\ufffe"])
def test_what_is_no_verdict_file_is_told_as_such(tmp_path, capsys, content):
    verdict = tmp_path / "v.json"
    verdict.write_text(content)
    assert main(["verify", str(verdict), "--public-key", str(tmp_path / "none.pem")]) == 2
    assert "no verdict file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sign-key", "rsa.pem", "--verdict", "v.json"), "rsa.pem: not an Ed25519 key"),
        (("--sign-key", "uat.json", "--verdict", "v.json"), "uat.json: no Ed25519 key in PEM"),
        (("--sign-key", "rsa.pem"), "say with --verdict"),
        (("--verdict", "none/v.json"), "none/v.json: No such file"),
        (("--report", "none/r.html"), "none/r.html: No such file"),
        (("--only", "a-nonce-is-taken-onec"), "the kit has no such test, did you mean 'a-nonce-is-taken-once'"),
        (("--callback-listen", "8900x"), "--callback-listen 8900x: expected HOST:PORT"),
        (("--callback-listen", "127.0.0.1:70000"), "expected HOST:PORT"),
        (("--callback-listen", "192.0.2.1:8900"), "--callback-listen 192.0.2.1:8900: "),
        (("--deviations", "none.json"), "none.json: No such file"),
    ],
)
def test_what_would_fail_after_the_run_is_told_before_it(kit_file, config, tmp_path, capsys, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    key = rsa.generate_private_key(65537, 2048)
    Path("rsa.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    given = ["run", "--kit", str(kit_file("cedar")), "--target", "http://127.0.0.1:9", "--config", str(config)]
    assert main([*given, *words]) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == "", "nothing was run"
    assert not Path("v.json").exists()


@pytest.mark.parametrize("words", [("--rate", "-3"), ("--rate", "nan"), ("--patience", "inf"), ("--patience", "x")])
def test_a_rate_or_a_patience_that_is_no_number_is_refused(kit_file, capsys, words):
    with pytest.raises(SystemExit) as ended:
        main(["run", "--kit", str(kit_file("cedar")), "--target", "http://127.0.0.1:9", *words])
    assert ended.value.code == 2
    assert "is no number from 0 to" in capsys.readouterr().err


def test_ctrl_c_ends_a_run_with_one_line_and_writes_no_verdict(kit_file, config, tmp_path):
    verdict = tmp_path / "v.json"
    with served(CARRIERS / "cedar" / "mock.yaml", secrets_of("cedar"), "http://127.0.0.1:1/") as carrier:
        words = ["run", "--target", carrier.base_url, "--config", str(config), "--rate", "2", "--verdict", str(verdict)]
        command = [sys.executable, "-I", "-S", str(kit_file("cedar")), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            wait_until(lambda: carrier.requests)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert re.fullmatch(r"stopped by Ctrl-C after \d+ of 73 tests: no verdict\n", err)
    assert not verdict.exists()


def test_coverage_counts_every_clause_and_lists_those_without_a_test(run):
    told = run(*QUICK, code=3)["coverage"]
    rows = {row["clause"]: row for row in told["rows"]}
    assert (rows["5.1"]["result"], rows["5.1"]["tests"][0][:15]) == ("PASS", "a-repeated-issu")
    assert (rows["6.2"]["result"], rows["6.2"]["tests"]) == ("UNTESTED", [])
    assert (rows["2.1"]["result"], rows["2.1"]["aside"]["zh"]) == ("UNTESTABLE", "地址与 TLS 由运行测试包的一方给定")
    assert told["tested"] < told["testable"] < told["clauses"] == len(rows)


@pytest.mark.parametrize(("language", "heading"), [("en", "Conformance report"), ("zh", "接口符合性报告")])
def test_the_page_speaks_both_languages(run, tmp_path, language, heading):
    page = tmp_path / "r.html"
    run(*QUICK, "--report", str(page), "--lang", language, code=3)
    text = page.read_text("utf-8")
    assert heading in text
    assert ("同一请求号发三次只有一张保单" in text) is (language == "zh")
    assert "<script" not in text


def test_a_wait_longer_than_agreed_is_left_out_and_said(kit_file, config, capsys):
    with served(CARRIERS / "cedar" / "mock.yaml", secrets_of("cedar"), "http://127.0.0.1:1/") as carrier:
        given = [
            "run",
            "--kit",
            str(kit_file("cedar")),
            "--target",
            carrier.base_url,
            "--config",
            str(config),
            "--json",
        ]
        assert main([*given, "--patience", "5", "--only", "an-unknown-number-*"]) == 3
    told = json.loads(capsys.readouterr().out)["tests"][0]
    assert (told["result"], told["reason"]) == ("SKIP", "needs a wait of 61 s; allow it with --patience 61")


def test_a_run_against_a_mock_whose_clock_an_earlier_run_moved_passes_too(kit_file, config, capsys):
    with served(CARRIERS / "cedar" / "mock.yaml", secrets_of("cedar"), "http://127.0.0.1:1/") as carrier:
        given = ["run", "--kit", str(kit_file("cedar")), "--target", carrier.base_url, "--config", str(config)]
        for _ in range(2):
            main([*given, "--advance", carrier.admin_url, "--only", "a-repeat-days-later-*", "--json"])
            assert json.loads(capsys.readouterr().out)["counts"] == {"PASS": 1}
    assert main([*given, "--advance", "http://127.0.0.1:9"]) == 2
    assert "--advance http://127.0.0.1:9: no admin API of a mock carrier" in capsys.readouterr().err


def test_who_stops_reading_ends_a_command_in_silence(kit_file):
    command = f"{sys.executable} -I -S {kit_file('cedar')} interface | head -c 10; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b'{"openapi"', b"")


def test_times_of_a_verdict_are_the_present(run):
    told = run(*QUICK, code=3)
    started = datetime.fromisoformat(told["started_at"])
    assert abs((datetime.now(UTC) - started).total_seconds()) < 60
    assert told["kit"]["document_sha256"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "uat.json:1:2:"),
        ('{"secret": {}}', "unknown member 'secret'"),
        ('{"secrets": {"token": 5, "hmac_key": "x"}}', "secret token is a text"),
        ("{}", "no secret token (nor has the environment KIT_TOKEN)"),
    ],
)
def test_a_wrong_config_is_told_by_its_place(kit_file, tmp_path, capsys, content, told):
    file = tmp_path / "uat.json"
    file.write_text(content)
    given = ["run", "--kit", str(kit_file("cedar")), "--target", "http://127.0.0.1:9", "--config", str(file)]
    assert main(given) == 2
    assert told in capsys.readouterr().err


def test_what_needs_a_package_that_is_not_there_could_not_be_checked(kit_file, tmp_path):
    file = tmp_path / "uat.json"
    file.write_text(json.dumps({"secrets": secrets_of("jade")}))
    words = ["run", "--target", "http://127.0.0.1:9", "--config", str(file), "--json"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(kit_file("jade")), *words], capture_output=True, check=False, timeout=60
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"]) == (3, "INCOMPLETE")
    tests = [each for each in told["tests"] if each["name"] == "a-quote-is-as-the-sample"]
    assert [(each["result"], each["reason"]) for each in tests] == [
        ("COULD_NOT_CHECK", "needs the package cryptography: pip install cryptography")
    ]


def test_what_was_sealed_on_the_wire_is_shown_opened(kit_file, tmp_path, capsys):
    file = tmp_path / "uat.json"
    file.write_text(json.dumps({"secrets": secrets_of("jade")}))
    text = (CARRIERS / "jade" / "mock.yaml").read_text("utf-8")
    (tmp_path / "mock.yaml").write_text(text.replace("on_duplicate: return_same", "on_duplicate: reject, fail: J1006"))
    with served(tmp_path / "mock.yaml", secrets_of("jade"), "http://127.0.0.1:1/") as carrier:
        words = ["--target", carrier.base_url, "--config", str(file), "--advance", carrier.admin_url, "--json"]
        only = ["--only", "a-repeated-issue-gets-the-first-reply"]
        assert main(["run", "--kit", str(kit_file("jade")), *words, *only]) == 1
    (test,) = json.loads(capsys.readouterr().out)["tests"]
    assert '"code":"J1006"' in test["evidence"][-1]["opened"][1]


def test_the_plan_says_what_a_run_needs_and_sends_nothing(kit_file, capsys):
    assert main(["plan", "--kit", str(kit_file("harbor")), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["needs"], told["secrets"]) == (["cryptography"], ["partner", "aes_key"])
    assert {"name", "says", "clauses", "exchanges", "callbacks"} == set(told["tests"][0])
    assert all(each["exchanges"] for each in told["tests"]), "those of its procedures count"
    assert main(["plan", "--kit", str(kit_file("harbor")), "--lang", "zh"]) == 0
    assert "同一流水号发两次是两份保单" in capsys.readouterr().out
