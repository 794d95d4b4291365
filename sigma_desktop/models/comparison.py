"""Several runs side by side: figures with the best of each marked, then only the settings that differ."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sigma_desktop.models.cells import Cell, Column, Kind
from sigma_desktop.models.figures import UNDEFINED
from sigma_desktop.models.verdict import chip, period, symbols_of, written
from sigma_desktop.theme.format import NOTHING
from sigma_desktop.theme.tokens import Token
from sigma_engine import METRICS, MetricInfo, Trial, source_title

INKS = (Token.ACCENT, Token.VIOLET, Token.CYAN, Token.SAND, Token.WARN, Token.T1)
"""The colours of up to six runs; each has its number too."""
BEST = "best"
NONE_DIFFERS = "All settings are equal"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the comparison: a title, a cell for each run and what the title means."""

    title: str
    cells: tuple[Cell, ...]
    explanation: str = ""
    is_section: bool = False


def label(place: int, trial: Trial) -> str:
    """``2 · run 17``: the run's place in the comparison, from 1, and its number among all trials."""
    return f"{place} · run {trial.summary.number}"


def lines(trials: Sequence[Trial], infos: Sequence[MetricInfo] = METRICS) -> list[Line]:
    """The strategies and verdicts, all figures, and the settings that differ."""
    empty = tuple(Cell() for _ in trials)
    verdict = Line("Verdict", tuple(chip(trial.result.verdict.luck) for trial in trials), "Skill or luck, in a word")
    differing = _differing(trials) or [Line(NONE_DIFFERS, empty)]
    return [
        Line("Strategy", tuple(Cell(trial.result.strategy, bold=True) for trial in trials), "What was run"),
        verdict,
        Line("Figures", empty, is_section=True),
        *(_figure_line(info, trials) for info in infos),
        Line("What differs between them", empty, is_section=True),
        *differing,
    ]


def columns(trials: Sequence[Trial]) -> list[Column[Line]]:
    """The titles at the left, then a column a run."""
    return [
        Column("", _title, None, 150, 2, least=90),
        *(
            Column(label(at + 1, trial), _cell_of(at), None, 104, 2, True, explanation=_what(trial))
            for at, trial in enumerate(trials)
        ),
    ]


def key(line: Line) -> str:
    """Titles are unique."""
    return line.title


def _title(line: Line) -> Cell:
    return Cell(line.title, Token.T0 if line.is_section else Token.T1, Kind.SECTION if line.is_section else Kind.TEXT)


def _cell_of(at: int) -> Callable[[Line], Cell]:
    return lambda line: line.cells[at]


def _what(trial: Trial) -> str:
    result = trial.result
    return f"Trial {trial.summary.number}: {symbols_of(result.symbols)}, {period(result.from_ms, result.to_ms)}"


def _figure_line(info: MetricInfo, trials: Sequence[Trial]) -> Line:
    values = [getattr(trial.result.metrics, info.name) for trial in trials]
    best = _best(info, values)
    return Line(info.title, tuple(_figure(info, value, value == best) for value in values), info.definition)


def _best(info: MetricInfo, values: Sequence[float | None]) -> float | None:
    """The best of ``values``; None where nothing is better than another or only one is known."""
    known = [value for value in values if value is not None and value == value]
    if not info.better or len(set(known)) < 2:
        return None
    return max(known, key=lambda value: value * info.better)


def _figure(info: MetricInfo, value: float | None, is_best: bool) -> Cell:
    text = written(info, value)
    if value is None:
        return Cell(UNDEFINED, Token.T2)
    return Cell(f"{BEST}  {text}", Token.UP, bold=True) if is_best else Cell(text)


def _differing(trials: Sequence[Trial]) -> list[Line]:
    known = [settings(trial) for trial in trials]
    names = list(dict.fromkeys(name for each in known for name in each))
    told = ((name, [each.get(name, NOTHING) for each in known]) for name in names)
    return [Line(name, tuple(Cell(text) for text in texts)) for name, texts in told if len(set(texts)) > 1]


def settings(trial: Trial) -> dict[str, str]:
    """What the run was told, name by name in words: data, time, account, costs, and the strategy's own spec."""
    summary, request = trial.summary, trial.request
    told = {
        "markets": symbols_of(summary.symbols),
        "timeframe": summary.timeframe.value,
        "time": period(summary.from_ms, summary.to_ms),
        "source": source_title(summary.source),
        "data": summary.data_hash[:8],
        "engine": summary.engine.value,
        "capital": _word(request.capital),
    }
    if request.leverage is not None:
        told["leverage asked for"] = str(request.leverage)
    if request.costs is not None:
        told |= _flat(asdict(request.costs), "costs")
    return told | _flat({name: part for name, part in json.loads(trial.document).items() if name not in _TOLD})


_TOLD = frozenset({"version", "symbols", "timeframe"})


def _flat(parts: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Parts of parts by their path in words."""
    told: dict[str, str] = {}
    for name, part in parts.items():
        path = f"{above} {name}".strip().replace("_", " ")
        if isinstance(part, Mapping):
            told |= _flat(part, path)
        else:
            told[path] = _word(part)
    return told


def _word(part: Any) -> str:
    if part is None:
        return NOTHING
    if isinstance(part, bool):
        return "on" if part else "off"
    if isinstance(part, list | tuple):
        return ", ".join(map(_word, part)) or NOTHING
    return f"{part:g}" if isinstance(part, float) else str(part)
