"""`insurehub test`: the contract tests of a workspace, by the runner alone."""

from pathlib import Path
from typing import Annotated

import typer

from cli.testing.checks import run_wanted
from cli.testing.folders import folders_of
from cli.testing.wish import Wish
from contract_tests.live.sandbox import FLAG
from contract_tests.runner.expand import LEVEL_MAX

app = typer.Typer(add_completion=False)
NO_EXPORT = ("", Path())


@app.command("test")
def run_contract_tests(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    level: Annotated[
        int | None,
        typer.Option(min=0, max=LEVEL_MAX, help="0: pure; 1: and the client stack; 2, as without: and the mock."),
    ] = None,
    keyword: Annotated[str, typer.Option("-k", help="Only checks whose name fits: 'issue and not fault'.")] = "",
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Instead: which lines of the mappings the written examples carry out.")
    ] = False,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="With --coverage: less than this part of the lines fails.")
    ] = None,
    mutated: Annotated[
        bool, typer.Option("--mutate", help="Instead: make the mappings wrong line by line; who notices?")
    ] = False,
    update_lock: Annotated[
        bool, typer.Option("--update-lock", help="Instead: derive cases from the examples anew and freeze them.")
    ] = False,
    export: Annotated[
        tuple[str, Path], typer.Option(metavar="FORMAT DIR", help="Instead: write the examples as pact or wiremock.")
    ] = NO_EXPORT,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write junit.xml, report.json, report.html, report.sarif.")
    ] = None,
    expected: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Failures that are known; one that passes is a failure.")
    ] = None,
    live: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Instead: examples that say live.safe, against a sandbox, and tidied away."),
    ] = None,
    understood: Annotated[
        bool, typer.Option(FLAG, help="With --live or --sign-proxy: yes, quotes and policies are made there.")
    ] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="With these: a host that may be called; may be repeated.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(metavar="NAME", help="With these: keys and settings of this channel; else test keys.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="With --live: write what the sandbox said into the examples that passed.")
    ] = False,
    sign_proxy: Annotated[
        str | None,
        typer.Option(
            "--sign-proxy",
            metavar="URL",
            help="Instead: a proxy for Pact's verifier, which signs live.safe requests again for a sandbox.",
        ),
    ] = None,
    proxy_port: Annotated[
        int, typer.Option(min=0, max=65535, help="With --sign-proxy: its port; 0 takes a free one.")
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Run the contract tests made from the examples beside the mappings.

    Example: insurehub test lotus --level 1 -k "policy_issue and bytes"
    Example: insurehub test --report build/contract
    Example: insurehub test acme --live https://uat.acme.example --allow-host uat.acme.example
    --i-understand-this-calls-a-live-system
    Example: insurehub test --coverage --fail-under 0.95
    Example: insurehub test lotus --mutate
    Example: insurehub test lotus --update-lock
    Example: insurehub test lotus --export pact pacts
    Example: insurehub test xcover --sign-proxy https://uat.xcover.example --allow-host uat.xcover.example
    --i-understand-this-calls-a-live-system --channel xcover_uat
    """
    wish = Wish(
        carriers=carriers or (),
        level=level,
        keyword=keyword,
        coverage=coverage,
        fail_under=fail_under,
        mutated=mutated,
        update_lock=update_lock,
        export=export if export[0] else None,
        report=report,
        expected=expected,
        live=live,
        understood=understood,
        allow_host=allow_host or (),
        channel=channel,
        update=update,
        json=json,
        sign_proxy=sign_proxy,
        proxy_port=proxy_port,
    )
    wish.must_make_sense()
    if not wish.instead:
        run_wanted(wish)
    from cli.testing.instead import do_instead  # noqa: PLC0415 - a plain run does without

    do_instead(wish, folders_of(wish.carriers))
