"""What a backtest came to: its verdict, figures, trades, parts, months, costs and refusals."""
