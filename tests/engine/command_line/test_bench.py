"""`sigma-engine bench`: the figures are all there and plausible; how fast is not a test's business."""

from sigma_engine import kernels

FIGURES = (
    "block_candles_per_s",
    "decision_us_p50",
    "decision_us_p99",
    "told_us_p50",
    "forecast_candles_per_s",
    "backtest_ms_cross",
    "backtest_ms_all",
    "backtest_ms_three",
    "expression_ms_max",
    "order_path_ms_p99",
    "message_decision_ms_p99",
    "stream_messages_per_s",
    "loop_lag_ms_p99",
    "memory_mb_symbol",
)
CIRCUMSTANCES = {"compiled": bool, "python": str, "numpy": str, "sigma": str, "machine": str, "cores": int}


def test_bench_prints_one_flat_object_of_its_keys(sigma_engine) -> None:
    answer = sigma_engine("bench", "--quick", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert list(answer.document) == [*FIGURES, *CIRCUMSTANCES]
    assert all(answer.document[key] > 0 for key in FIGURES)
    for key, kind in CIRCUMSTANCES.items():
        assert isinstance(answer.document[key], kind)
    assert answer.document["decision_us_p50"] <= answer.document["decision_us_p99"]
    assert answer.document["compiled"] == kernels.compiled()


def test_bench_tells_a_person_what_each_figure_is_and_must_be(sigma_engine) -> None:
    answer = sigma_engine("bench", "--quick")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert "candles a second" in text
    assert "≥ 4,000,000" in text
    assert f"{'' if kernels.compiled() else 'not '}compiled" in text
