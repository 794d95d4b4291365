"""The panels there are; adding one is a file and a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.panels.panel import Panel

Factory = Callable[[Terminal], Panel]


class Area(Enum):
    """Where a panel stands until somebody moves it."""

    CENTRE = "centre"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One panel; ``name`` is its identity in saved layouts, ``share`` its part of its area's length.

    ``behind`` names the panel in whose place it stands as a further tab, instead of having a share of its own.
    """

    name: str
    title: str
    icon: str
    area: Area
    factory: Factory
    share: int = 1
    behind: str = ""


def _chart(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.chart.panel import ChartPanel

    return ChartPanel(terminal)


def _positions(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.positions import PositionsPanel

    return PositionsPanel(terminal)


def _signals(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.signals import SignalsPanel

    return SignalsPanel(terminal)


def _trades(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.trades import TradesPanel

    return TradesPanel(terminal)


def _performance(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.performance import PerformancePanel

    return PerformancePanel(terminal)


def _calibration(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.calibration import CalibrationPanel

    return CalibrationPanel(terminal)


def _backtest(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.backtest.panel import BacktestPanel

    return BacktestPanel(terminal)


def _chat(terminal: Terminal) -> Panel:
    from sigma_desktop.panels.chat import ChatPanel

    return ChatPanel(terminal)


# The factories import late: the window's frame is on the screen before pyqtgraph is read.
PANELS = (
    PanelEntry("chart", "Chart", "chart-line", Area.CENTRE, _chart),
    PanelEntry("positions", "Positions", "briefcase-outline", Area.RIGHT, _positions, 300),
    PanelEntry("chat", "AI assistant", "creation-outline", Area.RIGHT, _chat, 560),
    PanelEntry("signals", "Signals", "pulse", Area.BOTTOM, _signals, 430),
    PanelEntry("trades", "Trades", "swap-horizontal", Area.BOTTOM, _trades, 440),
    PanelEntry("performance", "Performance", "chart-areaspline", Area.BOTTOM, _performance, 410),
    PanelEntry("calibration", "Calibration", "target", Area.BOTTOM, _calibration, behind="performance"),
    PanelEntry("backtest", "Backtest", "flask-outline", Area.RIGHT, _backtest, behind="chat"),
)
