"""The way into the backtest laboratory: its dialogs, their forms and what these are made of."""
