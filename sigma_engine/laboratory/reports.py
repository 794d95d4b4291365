"""Writing a run for people and programs outside SIGMA."""

import os
from pathlib import Path

from sigma_engine.domain.backtest import Trial
from sigma_engine.domain.history import source_title
from sigma_engine.errors import InputError
from sigma_engine.laboratory.workbench import Workbench

_ENDINGS = (".html", ".json", ".csv")


def write_report(trial: Trial, path: Path, bench: Workbench) -> Path:
    """Write ``trial`` to ``path`` in the form its ending says, whole or not at all; raises `InputError`."""
    text = _text(trial, path, bench)
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, "utf-8")
        os.replace(part, path)
    except OSError as refused:
        part.unlink(missing_ok=True)
        raise InputError(f"{path} cannot be written ({refused.strerror}): choose another place.") from None
    return path


def _text(trial: Trial, path: Path, bench: Workbench) -> str:
    match path.suffix.lower():
        case ".html":
            return bench.html_report(trial.result, trial.request, trial.document, _beside(trial))
        case ".json":
            return bench.to_json(trial.result) + "\n"
        case ".csv":
            return bench.trades_csv(trial.result)
    raise InputError(f"{path} does not say what it should become: let its name end in {', '.join(_ENDINGS)}.")


def _beside(trial: Trial) -> tuple[tuple[str, str], ...]:
    """What a report says of the run besides its result."""
    summary = trial.summary
    number = (("Trial", f"{summary.number}"),) if summary.number else ()
    return (
        *number,
        ("Family", summary.family),
        ("Source", source_title(summary.source)),
        ("Data hash", summary.data_hash),
    )
