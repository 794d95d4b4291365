"""A backtest as a page of its own: one HTML file that needs nothing else."""

from sigma_engine.backtest.report.page import html_report

__all__ = ["html_report"]
