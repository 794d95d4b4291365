"""A backtest on the chart: its candles and trades, and one trade lived through again."""
