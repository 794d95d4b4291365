"""What a person may ask of the engine; each is answered at once with a yes or a reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A request to the session."""


@dataclass(frozen=True, slots=True)
class StartTrading(Command):
    """Run, from stopped or paused."""


@dataclass(frozen=True, slots=True)
class PauseEntries(Command):
    """Open nothing new; open positions stay managed."""


@dataclass(frozen=True, slots=True)
class StopTrading(Command):
    """Halt: no decision, no order, a simulated market stands still; with ``close_positions`` all are closed first."""

    close_positions: bool = False


@dataclass(frozen=True, slots=True)
class ClosePosition(Command):
    """Close the position of ``symbol`` at market."""

    symbol: str


@dataclass(frozen=True, slots=True)
class CloseAll(Command):
    """Close every position at market."""


@dataclass(frozen=True, slots=True)
class UseStrategy(Command):
    """Decide by another preset or spec file from the next closed candle on; open positions keep their stops."""

    name: str


@dataclass(frozen=True, slots=True)
class ResetPaper(Command):
    """Begin a new run with a fresh balance; the old one stays in the history."""


@dataclass(frozen=True, slots=True)
class PressKillSwitch(Command):
    """Open nothing more and cancel what waits, at once; with ``flatten`` close every position. A person lifts it."""

    flatten: bool = False


@dataclass(frozen=True, slots=True)
class LiftHalt(Command):
    """Let the account trade again after the kill switch or a halt; only for a person's hand in Settings."""


@dataclass(frozen=True, slots=True)
class Ask(Command):
    """Ask the assistant; the answer comes as `ChatAnswered`."""

    text: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command was carried out, or its order is on its way."""

    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The command was not carried out; ``reason`` says why and what to do."""

    reason: str


CommandResult = Accepted | Refused
