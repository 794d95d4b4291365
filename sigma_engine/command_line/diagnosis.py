"""`sigma-engine doctor`: what was checked, what was found, what to do."""

import typer

from sigma_engine.command_line.options import AsJson, Home
from sigma_engine.command_line.output import write_document, write_text
from sigma_engine.doctor import Verdict, examine

_SIGNS = {Verdict.GOOD: "ok  ", Verdict.NOTE: "note", Verdict.BAD: "BAD "}


def doctor(json: AsJson = False, home: Home = None) -> None:
    """Check machine, libraries, data folder, settings and clock; ends with 1 where something must be mended."""
    checks = examine(home)
    healthy = all(check.verdict is not Verdict.BAD for check in checks)
    if json:
        write_document({"healthy": healthy, "checks": checks})
    else:
        for check in checks:
            write_text(
                f"{_SIGNS[check.verdict]}  {check.name}: {check.result}" + (f"  ->  {check.fix}" if check.fix else "")
            )
    if not healthy:
        raise typer.Exit(1)
