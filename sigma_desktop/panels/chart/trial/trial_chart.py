"""A backtest in the chart's place: the candles it ran on with all its trades, or one of them lived through again."""

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sigma_desktop.bridge.exhibit import Exhibit, Staged
from sigma_desktop.models.trial_trades import decimals
from sigma_desktop.panels.chart.figures import candle_line, overlay_line
from sigma_desktop.panels.chart.layers.markers import TradeMark
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.trial.banner import Banner
from sigma_desktop.panels.chart.trial.lines import closed_lines, running_lines
from sigma_desktop.panels.chart.trial.replay import Replay
from sigma_desktop.panels.chart.trial.replay_bar import ReplayBar
from sigma_desktop.panels.chart.view import ChartView
from sigma_engine import Candles, Trade


class TrialChart(QWidget):
    """Shows the exhibit's stage; the market's own chart lives on beside it, untouched."""

    def __init__(self, exhibit: Exhibit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exhibit = exhibit
        self._staged: Staged | None = None
        self._digits = (2, 4)
        self._bar = -1
        self.replayed: Replay | None = None
        self.banner, self.view, self.foot = Banner(self), ChartView(self), ReplayBar(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.view, 1)
        column.addWidget(self.foot)
        self.setFocusProxy(self.view)
        self._keys = self._make_keys()
        self._connect()

    def show_stage(self, staged: Staged) -> None:
        """Show the candles of ``staged`` with its trades, at the chosen trade or the newest candle."""
        self._staged = staged
        self._digits = decimals(staged.trades, staged.symbol)
        self.banner.show_result(staged.trial.result, staged.symbol)
        words = f"{self.banner.words.text}, {len(staged.trades)} trades drawn on {len(staged.candles)} candles."
        self.view.setAccessibleDescription(words)
        self._show_all()
        self.look_at(self._exhibit.trade)

    def look_at(self, trade: Trade | None) -> None:
        """Bring ``trade`` into view with its stop, target and exit, if it is one of those shown here."""
        staged = self._staged
        if staged is None or (trade is not None and trade not in staged.trades):
            return
        was_replaying = self.replayed is not None
        if was_replaying:
            self._show_all()
        series = self.view.series
        self.view.set_levels(() if trade is None else closed_lines(trade, staged.trial.document, self._digits))
        if trade is not None and series is not None:
            ends = series.bar_of(trade.entry_ms), series.bar_of(trade.exit_ms)
            self.view.look(self.view.seen.around(*ends))
        self._show_figures()
        if was_replaying:
            self._exhibit.end_replay()

    def replay(self, trade: Trade) -> None:
        """Live through ``trade`` from some candles before its entry; it plays at once."""
        if self._staged is None:
            return
        self.replayed = Replay(self._staged.candles, trade)
        for key in self._keys:
            key.setEnabled(True)
        self._draw_replay(anew=True)
        self.foot.start()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def move_replay(self, at: int) -> None:
        """Stand at candle ``at`` of the replay."""
        replay = self.replayed
        if replay is None:
            return
        if replay.move_to(at) and self.view.series is not None:
            self.view.series.close(replay.candle)
            self._annotate_replay(replay)
        else:
            self._draw_replay(anew=False)

    def end_replay(self) -> None:
        """Back to all trades, at the one that was lived through."""
        if self.replayed is not None:
            self.look_at(self.replayed.trade)

    def clear(self) -> None:
        """Show nothing, keep nothing, let nothing run."""
        self._stop()
        self._staged = None
        self.view.show_series(None, 2)

    def _show_all(self) -> None:
        """Every candle and every trade, no replay."""
        assert self._staged is not None
        self._stop()
        series = self._series_of(self._staged.candles)
        self.view.show_series(series, self._digits[0])
        self.view.set_marks([TradeMark.of_trade(trade, series) for trade in self._staged.trades])

    def _stop(self) -> None:
        self.replayed = None
        self.foot.pause()
        self.foot.hide()
        for key in self._keys:
            key.setEnabled(False)

    def _series_of(self, candles: Candles) -> ChartSeries:
        assert self._staged is not None
        timeframe = self._staged.trial.result.timeframe
        return ChartSeries(candles, timeframe, timeframe, self.banner.overlays.chosen)

    def _draw_replay(self, anew: bool) -> None:
        assert self.replayed is not None
        with self.view.gathered():
            self.view.show_series(self._series_of(self.replayed.shown), self._digits[0], anew)
            self._annotate_replay(self.replayed)

    def _annotate_replay(self, replay: Replay) -> None:
        assert self._staged is not None
        series = self.view.series
        assert series is not None
        with self.view.gathered():
            self.view.advance()
            self.view.set_marks(_marks(replay, series))
            self.view.set_levels(running_lines(replay, self._staged.trial.document, self._digits))
            self._show_figures()
        self.foot.show_replay(replay)

    def _show_figures(self) -> None:
        series = self.view.series
        if series is None or not series.count:
            self.view.set_legend()
            return
        bar = self._bar if 0 <= self._bar < series.count else series.count - 1
        self.view.set_legend(candle_line(series, bar, self._digits[0]), overlay_line(series, bar, self._digits[0]))

    def _hover(self, bar: int) -> None:
        self._bar = bar
        self._show_figures()

    def _lay_overlays(self) -> None:
        self.view.lay_overlays(self.banner.overlays.chosen)
        self._show_figures()

    def _step(self, by: int) -> None:
        """To the trade ``by`` places after the chosen one, or to the first or last there is."""
        trades = self._staged.trades if self._staged is not None else ()
        if not trades:
            return
        chosen = self._exhibit.trade
        at = trades.index(chosen) + by if chosen in trades else (0 if by > 0 else len(trades) - 1)
        self._exhibit.choose(trades[min(max(at, 0), len(trades) - 1)])

    def _connect(self) -> None:
        self.banner.left.connect(self._exhibit.leave_chart)
        self.banner.symbolChosen.connect(self._choose_symbol)
        self.banner.stepped.connect(self._step)
        self.banner.overlays.changed.connect(self._lay_overlays)
        self.view.hovered.connect(self._hover)
        self.foot.moved.connect(self.move_replay)
        self.foot.ended.connect(self.end_replay)

    def _choose_symbol(self, symbol: str) -> None:
        self._exhibit.choose(None)
        self._exhibit.show_on_chart(symbol)

    def _make_keys(self) -> list[QShortcut]:
        deeds = {
            Qt.Key.Key_Escape: self.end_replay,
            Qt.Key.Key_Space: self.foot.play_or_pause,
            Qt.Key.Key_Right: self.foot.step_on,
            Qt.Key.Key_Left: self.foot.go_back,
            Qt.Key.Key_Home: self.foot.begin_again,
        }
        return [self._key(key, deed) for key, deed in deeds.items()]

    def _key(self, key: Qt.Key, deed: object) -> QShortcut:
        made = QShortcut(QKeySequence(QKeyCombination(key)), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.setEnabled(False)
        made.activated.connect(deed)
        return made


def _marks(replay: Replay, series: ChartSeries) -> list[TradeMark]:
    """Nothing before the entry, the entry alone while it is open, both ends once it is over."""
    if replay.at < replay.entry:
        return []
    whole = TradeMark.of_trade(replay.trade, series)
    return [whole if replay.is_over else TradeMark(whole.side, whole.start_bar, whole.entry)]
