"""What an account may do at present, and what the kill switch did, in words."""

from sigma_desktop.theme.format import clock_time, duration, local_time
from sigma_desktop.theme.tokens import Token
from sigma_engine import AccountState, Drill, Mode, RunStatus, Standing

WORDS: dict[AccountState, tuple[str, Token]] = {
    AccountState.ACTIVE: ("Account active", Token.UP),
    AccountState.RECONCILING: ("Account reconciling", Token.ACCENT),
    AccountState.REDUCING: ("Account reducing", Token.WARN),
    AccountState.HALTED: ("Account halted", Token.DANGER),
}
ICONS: dict[AccountState, str] = {
    AccountState.ACTIVE: "check-circle-outline",
    AccountState.RECONCILING: "sync",
    AccountState.REDUCING: "shield-alert-outline",
    AccountState.HALTED: "hand-back-right",
}
"""A shape for each beside its colour."""
MEANINGS: dict[AccountState, str] = {
    AccountState.ACTIVE: "New positions may be opened.",
    AccountState.RECONCILING: "What the exchange holds is being compared with what is known here; nothing is opened "
    "until both agree.",
    AccountState.REDUCING: "Positions stay managed and may be closed; nothing is opened.",
    AccountState.HALTED: "Positions stay managed and may be closed; nothing is opened until a person lifts the halt.",
}
_RUNS: dict[RunStatus, tuple[str, Token]] = {
    RunStatus.RUNNING: ("Running", Token.UP),
    RunStatus.PAUSED: ("Paused", Token.WARN),
    RunStatus.STOPPED: ("Stopped", Token.T1),
    RunStatus.ENDED: ("Ended", Token.T1),
    RunStatus.FAILED: ("Failed", Token.DOWN),
}
_OVER = {RunStatus.ENDED, RunStatus.FAILED}


def pill(status: RunStatus, standing: Standing) -> tuple[str, Token]:
    """The one word of the header: what the run does, or why it may do less."""
    if standing.state is AccountState.ACTIVE or status in _OVER:
        return _RUNS[status]
    return standing.state.value.capitalize(), WORDS[standing.state][1]


def is_liftable(standing: Standing) -> bool:
    """Whether it takes a person to end it."""
    return standing.state is AccountState.HALTED or standing.latched


def reason(standing: Standing) -> str:
    """Why, as a sentence; empty where nothing is in the way."""
    return sentence(standing.reason)


def sentence(words: str) -> str:
    """``words`` with a capital letter and a full stop."""
    text = words.strip()
    return text if not text else f"{text[0].upper()}{text[1:]}{'' if text[-1] in '.!?' else '.'}"


def told(standing: Standing) -> str:
    """What it is, why, and what that means: for a tooltip or a message."""
    return " ".join(part for part in (reason(standing), MEANINGS[standing.state]) if part)


def since(at_ms: int, mode: Mode | None) -> str:
    """A time of day: the market's own, UTC, where the market is made up, otherwise the one on the wall."""
    return local_time(at_ms) if mode in (Mode.PAPER, Mode.LIVE) else f"{clock_time(at_ms)} UTC"


def drill_words(drill: Drill) -> str:
    """``entries stopped in 4 ms, cancelled in 38 ms, flat in 412 ms``."""
    return ", ".join(f"{what} in {took}" for what, took in drill_figures(drill) if took)


def drill_figures(drill: Drill) -> tuple[tuple[str, str], ...]:
    """What was done and how long it took; no time where it was not asked for or did not come."""
    return (
        ("entries stopped", _took(drill.entries_stopped_ms)),
        ("cancelled", _took(drill.cancelled_ms)),
        ("flat", _took(drill.flat_ms)),
    )


def _took(span_ms: int | None) -> str:
    if span_ms is None:
        return ""
    return f"{span_ms:,} ms" if span_ms < 10_000 else duration(span_ms)
