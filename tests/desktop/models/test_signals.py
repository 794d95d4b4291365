from dataclasses import replace

from sigma_desktop.models.cells import Cell, Kind
from sigma_desktop.models.signals import COLUMNS, SignalRow, outcome, tell
from sigma_desktop.theme.tokens import Token
from sigma_engine import Action, NoTrade
from tests.desktop.market import BTC, END_MS, approved, gates, signal, vetoed, waiting


def cells(row: SignalRow) -> dict[str, Cell]:
    return {column.title: column.cell(row) for column in COLUMNS}


def test_a_decision_reads_at_a_glance() -> None:
    read = cells(SignalRow(BTC, approved(), None))
    assert (read["Time"].text, read["Symbol"].text) == ("13:00", "BTC/USDT")
    assert (read["Signal"].text, read["Signal"].token, read["Signal"].kind) == ("BUY", Token.UP, Kind.PILL)
    assert (read["Confidence"].text, read["Confidence"].fill, read["Confidence"].kind) == ("62%", 0.62, Kind.BAR)
    assert read["Outcome"].text == "entering long"


def test_a_refusal_by_safety_says_which_objection() -> None:
    assert outcome(vetoed()) == Cell("down 3.1% today, the limit is 3.0%", Token.WARN)


def test_a_signal_stopped_by_a_gate_says_so() -> None:
    stopped = NoTrade(signal=signal(action=Action.SELL), gates=gates(), reason="edge gate: too dear")
    assert outcome(stopped).text == "not taken: edge gate: too dear"


def test_waiting_tells_the_reason_or_what_the_leading_side_lacks() -> None:
    calm = waiting()
    assert outcome(calm).text == "no side reaches .50"
    scored = replace(calm, signal=replace(calm.signal, threshold=0.5, margin=0.3, long_score=0.31, short_score=0.4))
    assert outcome(scored).text == "short, needs 50%"
    close = replace(calm, signal=replace(calm.signal, threshold=0.5, margin=0.3, long_score=0.55, short_score=0.4))
    assert outcome(close).text == "long, leads too little"


def test_the_forming_candle_is_a_pale_mark_and_an_italic_word() -> None:
    preview = replace(signal(action=Action.SELL, bar_ms=END_MS), confidence=0.4, preview=True)
    read = cells(SignalRow(BTC, approved(), preview))
    assert read["Confidence"].ghost == 0.4
    assert (read["Forming"].text, read["Forming"].italic, read["Forming"].token) == ("SELL 40%", True, Token.T2)


def test_a_market_without_a_decision_waits_visibly() -> None:
    read = cells(SignalRow(BTC, None, None))
    assert (read["Time"].text, read["Outcome"].text) == ("–", "waits for the next candle")
    assert "Nothing is decided yet" in tell(SignalRow(BTC, None, None))
