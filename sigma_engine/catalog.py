"""The explicit tables: to add a thing is one file and one row."""

from sigma_engine.kernels.indicators import INDICATORS
from sigma_engine.safety.proposal import Rule
from sigma_engine.safety.rules.cooldown import Cooldown
from sigma_engine.safety.rules.daily_loss import DailyLoss
from sigma_engine.safety.rules.data_quality import DataQuality
from sigma_engine.safety.rules.engine_active import EngineActive
from sigma_engine.safety.rules.max_positions import MaxPositions
from sigma_engine.safety.rules.one_position import OnePosition
from sigma_engine.safety.rules.risk_cap import RiskCap
from sigma_engine.safety.rules.stop_before_liquidation import StopBeforeLiquidation
from sigma_engine.safety.rules.trades_per_day import TradesPerDay
from sigma_engine.strategy.library import preset_names

__all__ = ["INDICATORS", "PRESETS", "RULES"]

RULES: tuple[Rule, ...] = (
    EngineActive(),
    DataQuality(),
    TradesPerDay(),
    Cooldown(),
    DailyLoss(),
    OnePosition(),
    MaxPositions(),
    StopBeforeLiquidation(),
    RiskCap(),
)
"""The safety rules in the order of their layers; every one is asked."""

PRESETS = preset_names()
"""The strategies that come with SIGMA."""
