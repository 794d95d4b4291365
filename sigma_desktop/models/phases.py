"""The nine phases of a decision as rows, one line each: what was read, the vote, the reason, and a tick or a cross."""

import re
from dataclasses import dataclass

from sigma_desktop.models.cells import Cell, Column, Kind, toned
from sigma_desktop.models.story import story
from sigma_desktop.theme.tokens import Token, minus
from sigma_engine import Decision, Phase, PhaseReport, Signal, forming_phases, phases

_SIGN = re.compile(r"(?<!\w)-(?=\d)")
_MARKS = {True: ("✓", Token.UP), False: ("✗", Token.DOWN), None: ("–", Token.T2)}
_SPEAKS = {True: "speaks for the trade", False: "speaks against it", None: "says nothing"}
_PERMITS = {True: "permits it", False: "does not permit it", None: "not asked"}
_PERMITTING = (Phase.DATA_QUALITY, Phase.REWARD_COST)
"""Phases that answer yes or no instead of voting."""


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase with its number; ``decides`` is false where its gate is switched off."""

    number: int
    report: PhaseReport
    decides: bool = True
    forming: bool = False


def phase_lines(signal: Signal, decision: Decision | None) -> tuple[PhaseLine, ...]:
    """The nine phases of ``decision``, or of the forming candle's ``signal`` where nothing is decided."""
    reports = phases(decision) if decision is not None else forming_phases(signal)
    edge_is_off = any(gate.name == "edge" and not gate.enabled for gate in decision.gates) if decision else False
    return tuple(
        PhaseLine(number, report, not (edge_is_off and report.phase is Phase.REWARD_COST), signal.preview)
        for number, report in enumerate(reports, 1)
    )


def vote_text(vote: float) -> str:
    """A vote with its sign, which nothing has: ``+0.60``, ``0.00``."""
    return minus(f"{vote:+.2f}") if abs(vote) >= 0.005 else "0.00"


def typeset(text: str) -> str:
    """The engine's words with true minus signs; hyphens stay."""
    return _SIGN.sub("\u2212", text)


def said(line: PhaseLine) -> str:
    """Tick, cross or dash in words."""
    words = _PERMITS if line.report.phase in _PERMITTING else _SPEAKS
    return words[line.report.passed] if line.decides else "does not decide"


def _mark(line: PhaseLine) -> Cell:
    text, token = _MARKS[line.report.passed]
    return Cell(text, token if line.decides else Token.T2, bold=True)


def _name(line: PhaseLine) -> Cell:
    return Cell(line.report.phase.value.capitalize(), Token.T1 if line.forming else Token.T0, italic=line.forming)


def _vote(line: PhaseLine) -> Cell:
    vote = line.report.vote
    if vote is None:
        return Cell("" if line.decides else "gate off", Token.T2)
    token = toned(round(vote, 2))
    return Cell(vote_text(vote), token, Kind.VOTE, fill=vote, italic=line.forming)


def _reason(line: PhaseLine) -> Cell:
    return Cell(typeset(line.report.reason), Token.T1 if line.decides else Token.T2, italic=line.forming)


COLUMNS: tuple[Column[PhaseLine], ...] = (
    Column("", _mark, width=26, stretch=0),
    Column("Phase", _name, width=134, stretch=0, least=104),
    Column("Reading", lambda line: Cell(typeset(line.report.reading), Token.T1), width=98, stretch=0, rank=1),
    Column("Vote", _vote, width=92, stretch=0, right=True),
    Column("Reason", _reason, width=280, stretch=1, least=60),
)


def key(line: PhaseLine) -> Phase:
    """One row a phase."""
    return line.report.phase


def tell(line: PhaseLine) -> str:
    """What the phase says, in full."""
    report = line.report
    facts = [("Reading", typeset(report.reading))] if report.reading else []
    if report.vote is not None:
        facts += [
            ("Vote, \u22121 short to +1 long", vote_text(report.vote)),
            ("Weight in this regime", f"{report.weight:g}"),
        ]
    facts.append(("It", said(line)))
    return story(f"{line.number}  {report.phase.value.capitalize()}", facts, typeset(f"{report.reason}."))
