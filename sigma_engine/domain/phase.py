"""One of the nine steps of a decision, told so that a person can follow it."""

from dataclasses import dataclass

from sigma_engine.domain.signal import Phase


@dataclass(frozen=True, slots=True)
class PhaseReport:
    """What a phase read, how it voted, and why.

    ``vote`` is the mean of its indicators' votes by their weights in the present regime, -1 (short) to +1 (long); None
    where the phase has no vote, or none that weighs anything. ``weight`` is the sum of those weights. ``passed`` says
    whether the phase speaks for the side the decision leans to, or permits it; None where it says nothing.
    """

    phase: Phase
    reading: str
    vote: float | None
    weight: float
    passed: bool | None
    reason: str
