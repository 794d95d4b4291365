"""The chart of the selected market, live."""

from typing import ClassVar

from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from sigma_desktop.bridge.state import CANDLES_KEPT
from sigma_desktop.bridge.terminal import Terminal
from sigma_desktop.bridge.topics import Topic
from sigma_desktop.bridge.trail import Trail
from sigma_desktop.panels.chart.annotations import fan_of, levels_of, marks_of, quiet_words, summary_of
from sigma_desktop.panels.chart.figures import candle_line, overlay_line
from sigma_desktop.panels.chart.series import ChartSeries
from sigma_desktop.panels.chart.toolbar import Toolbar, can_show
from sigma_desktop.panels.chart.trial.trial_chart import TrialChart
from sigma_desktop.panels.chart.view import ChartView
from sigma_desktop.panels.panel import Habits, Panel
from sigma_engine import Candles, Timeframe, base, short


class ChartPanel(Panel):
    """Candles with overlays, the account's trades and the newest forecast; follows the selected symbol."""

    topics: ClassVar[frozenset[Topic]] = frozenset(
        {Topic.PRICE, Topic.CANDLE, Topic.POSITION, Topic.TRADE, Topic.DECISION, Topic.SYMBOL}
    )

    def __init__(self, terminal: Terminal, parent: QWidget | None = None) -> None:
        super().__init__(terminal, parent)
        self.toolbar = Toolbar(terminal.state, self)
        self.view = ChartView(self)
        self._series: ChartSeries | None = None
        self._symbol = ""
        self._loading: object = None
        self._base: Timeframe | None = None
        self._shown: Timeframe | None = None
        self._taken = self._begun = 0
        self._marks_drawn: object = None
        self._bar = -1
        self.trial_chart = TrialChart(terminal.exhibit, self)
        self._lay_out()
        self._connect()

    def recall(self, habits: Habits) -> None:
        """Begin with the timeframe and the overlays of last time."""
        if (timeframe := habits.get("timeframe")) in list(Timeframe):
            self._shown = Timeframe(timeframe)
        if isinstance(overlays := habits.get("overlays"), list):
            self.toolbar.choose_overlays(overlays)

    def refresh(self, changed: frozenset[Topic]) -> None:
        """Bring the chart up to the state; a tick costs a tick."""
        with self.view.gathered():
            if self._is_other_source():
                self._load(anew=True)
            else:
                self._advance()
            self._annotate()
            self._show_figures()
        if changed & {Topic.CANDLE, Topic.SYMBOL, Topic.TRADE}:
            self._describe()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the figures where there is room for them."""
        super().resizeEvent(event)
        self._show_figures()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.view, 1)
        column.addWidget(self.trial_chart, 1)
        self.trial_chart.hide()
        self.setFocusProxy(self.view)
        self.toolbar.name("")
        self._describe()

    def _connect(self) -> None:
        self.toolbar.symbolChosen.connect(self.terminal.select)
        self.toolbar.timeframeChosen.connect(self._choose_timeframe)
        self.toolbar.overlaysChanged.connect(self._lay_overlays)
        self.toolbar.pictureAsked.connect(self._ask_where_to_save)
        self.toolbar.maximised.connect(self.maximised)
        self.view.hovered.connect(self._hover)
        exhibit = self.terminal.exhibit
        exhibit.stageChanged.connect(self._show_stage)
        exhibit.tradeChosen.connect(self.trial_chart.look_at)
        exhibit.replayAsked.connect(self.trial_chart.replay)

    def _show_stage(self) -> None:
        """The backtest in the market's place, or the market again, as it has become meanwhile."""
        stage = self.terminal.exhibit.stage
        for widget in (self.toolbar, self.view):
            widget.setVisible(stage is None)
        self.trial_chart.setVisible(stage is not None)
        self.setFocusProxy(self.view if stage is None else self.trial_chart)
        if stage is None:
            self.trial_chart.clear()
        else:
            self.trial_chart.show_stage(stage)

    def dispose(self) -> None:
        """Hear nothing more; no replay goes on."""
        if self._listening:
            exhibit = self.terminal.exhibit
            exhibit.stageChanged.disconnect(self._show_stage)
            exhibit.tradeChosen.disconnect(self.trial_chart.look_at)
            exhibit.replayAsked.disconnect(self.trial_chart.replay)
        super().dispose()
        self.trial_chart.clear()

    def _is_other_source(self) -> bool:
        state = self.terminal.state
        return self._symbol != state.selected or self._loading is not state.loading

    def _load(self, anew: bool) -> None:
        """Make the series of the selected symbol from everything the state has; ``anew``: show its newest candle."""
        state = self.terminal.state
        self._symbol, self._loading = state.selected, state.loading
        self._settle_timeframe()
        newer = state.new_candles.get(self._symbol, Trail())
        self._taken = self._begun = newer.added
        self._marks_drawn = None
        before, self._series = self._series, None
        if self._symbol and self._base is not None and self._shown is not None:
            candles = state.candles.get(self._symbol, Candles.empty()).joined(Candles.from_rows(list(newer)))
            self._series = ChartSeries(candles, self._base, self._shown, self.toolbar.overlays)
            self._series.tick(state.forming.get(self._symbol))
        self.toolbar.name(self._symbol)
        self.view.show_series(self._series, state.price_decimals(self._symbol), anew)
        if not anew and before is not None and self._series is not None and not self.view.seen.following:
            self.view.pan(self._series.count - before.count)

    def _settle_timeframe(self) -> None:
        timeframe = self.terminal.state.timeframe
        if timeframe is self._base:
            return
        self._base = timeframe
        self.toolbar.offer(timeframe)
        if timeframe is not None and (self._shown is None or not can_show(timeframe, self._shown)):
            self._shown = timeframe
        if self._shown is not None and timeframe is not None:
            self.toolbar.choose(self._shown)

    def _advance(self) -> None:
        state, series = self.terminal.state, self._series
        newer = state.new_candles.get(self._symbol, Trail())
        if series is None:
            return
        new = newer.since(self._taken)
        if len(new) < newer.added - self._taken or newer.added - self._begun > CANDLES_KEPT:
            self._load(anew=False)
            return
        for candle in new:
            series.close(candle)
        self._taken = newer.added
        series.tick(state.forming.get(self._symbol))
        self.view.advance()

    def _annotate(self) -> None:
        state, series = self.terminal.state, self._series
        if series is None or self._base is None:
            return
        self.view.set_levels(levels_of(state, self._symbol, series))
        self.view.set_fan(fan_of(state, self._symbol, series, self._base))
        position = state.positions.get(self._symbol)
        drawn = (series.count, state.trades.added, position.entry_id if position else "")
        if drawn != self._marks_drawn:
            self._marks_drawn = drawn
            self.view.set_marks(marks_of(state, self._symbol, series))

    def _hover(self, bar: int) -> None:
        self._bar = bar
        self._show_figures()

    def _show_figures(self) -> None:
        series, figures = self._series, self.toolbar.figures
        if series is None or not series.count:
            figures.show_line(())
            self.view.set_legend()
            return
        bar = self._bar if 0 <= self._bar < series.count else series.count - 1
        decimals = self.terminal.state.price_decimals(self._symbol)
        candle, overlays = candle_line(series, bar, decimals), overlay_line(series, bar, decimals)
        if figures.has_room_for(candle):
            figures.show_line(candle)
            self.view.set_legend(overlays)
        else:
            figures.show_line(())
            self.view.set_legend(candle, overlays)

    def _choose_timeframe(self, timeframe: Timeframe) -> None:
        if timeframe is not self._shown:
            self._shown = timeframe
            self._load(anew=True)
            self._annotate()
            self._show_figures()
            self._keep_habits()

    def _keep_habits(self) -> None:
        overlays = [overlay.name for overlay in self.toolbar.overlays]
        timeframe = self._shown.value if self._shown is not None else None
        self.habitsChanged.emit({"timeframe": timeframe, "overlays": overlays})

    def _lay_overlays(self) -> None:
        self.view.lay_overlays(self.toolbar.overlays)
        self._keep_habits()
        self._show_figures()

    def _describe(self) -> None:
        state = self.terminal.state
        self.view.say(*quiet_words(state, self.terminal.loaded))
        words = summary_of(state, self._symbol, self._shown)
        if words != self.view.accessibleDescription():
            self.view.setAccessibleDescription(words)
            self.setAccessibleDescription(words)

    def _ask_where_to_save(self) -> None:
        picture = self.grab()
        name = f"{base(self._symbol) or 'chart'}-{self._shown or ''}.png"
        dialog = QFileDialog(self, self.tr("Save the chart"), name, self.tr("Picture (*.png)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.fileSelected.connect(lambda path: self.save_picture(picture, path))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_picture(self, picture: QPixmap, path: str) -> None:
        """Write ``picture`` to ``path`` and say how it went."""
        if picture.save(path):
            self.terminal.accepted.emit(self.tr("The chart of {0} was saved as {1}.").format(short(self._symbol), path))
        else:
            text = self.tr("The picture could not be written to {0}: choose a folder you may write to.")
            self.terminal.refused.emit(text.format(path))
