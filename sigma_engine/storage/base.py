"""What all tables share."""

import enum
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Float, ForeignKey, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sigma_engine.storage.columns import ENUM_VALUE, ExactDecimal, TextTuple


class Base(DeclarativeBase):
    """What all tables share: how a Python type is stored and how constraints are named.

    Times are UTC milliseconds, money is `ExactDecimal`, columns bear the names of the noun's fields.
    """

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "uq": "uq_%(table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigInteger,
        str: Text,
        float: Float(53),
        Decimal: ExactDecimal,
        tuple[str, ...]: TextTuple,
        enum.Enum: ENUM_VALUE,
    }


class OfRun(Base):
    """A table whose rows belong to a run."""

    __abstract__ = True

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
