"""Whose money is at stake, in the words and the colour the window says it with."""

from dataclasses import dataclass

from sigma_desktop.theme.tokens import Token
from sigma_engine import Funds, Mode

_EXCHANGE = "the exchange"
_MARKETS = {Mode.DEMO: "Demo market", Mode.REPLAY: "Replay", Mode.PAPER: "Paper trading"}
_PLAYED = {Funds.DEMO: "Demo money", Funds.PRACTICE: "Practice exchange"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """``badge`` stands in the header, ``short`` where there is little room, ``spoken`` is for readers.

    ``token`` and the shape of ``icon`` are of this kind of money alone. ``title`` joins the window's title, empty where
    nothing needs saying. ``frame`` is the colour of the border around the window, None for none; that of real money is
    ``solid``.
    """

    badge: str
    short: str
    spoken: str
    hint: str
    icon: str
    token: Token
    title: str = ""
    frame: Token | None = None
    solid: bool = False


_NOTHING_REAL = "Simulated money on simulated fills: nothing here costs or earns anything."
DEMO = Stake(
    badge="DEMO",
    short="DEMO",
    spoken="Demo: nothing here is real",
    hint=f"A market made up by SIGMA. {_NOTHING_REAL}",
    icon="flask-outline",
    token=Token.T1,
)
REPLAY = Stake(
    badge="REPLAY",
    short="REPLAY",
    spoken="Replay: nothing here is real",
    hint=f"Prices of the past. {_NOTHING_REAL}",
    icon="history",
    token=Token.ACCENT,
)


def funds_of(mode: Mode | None, funds: Funds | None) -> Funds:
    """Whose money it is; live trading that says nothing else is taken for real."""
    return funds or (Funds.REAL if mode is Mode.LIVE else Funds.SIMULATED)


def stake_of(mode: Mode | None, funds: Funds | None, venue: str) -> Stake:
    """What the window says of the money of a session at ``venue``, the exchange's title or nothing."""
    whose = funds_of(mode, funds)
    where = venue or _EXCHANGE
    if whose is Funds.REAL:
        return _real(venue, where)
    if whose is Funds.PRACTICE:
        hint = f"A practice exchange on this machine stands in for {where}: its money is play money."
        return _played("PRACTICE", venue, "Practice exchange: play money", hint, "school-outline", Token.VIOLET)
    if whose is Funds.DEMO:
        hint = f"Demo money at {where}: orders are sent there, nothing is won or lost."
        return _played("DEMO MONEY", venue, f"Demo money at {where}", hint, "poker-chip", Token.CYAN)
    if mode is Mode.PAPER:
        return _paper(venue)
    return REPLAY if mode is Mode.REPLAY else DEMO


def market_words(mode: Mode, funds: Funds | None, venue: str) -> str:
    """Where prices and fills come from: ``Demo market``, ``Paper trading · WEEX``, ``Demo money · WEEX``."""
    if mode is Mode.LIVE:
        return _joined(_PLAYED.get(funds_of(mode, funds), "Live"), venue)
    return _joined(_MARKETS[mode], venue)


def _real(venue: str, where: str) -> Stake:
    words = _joined("LIVE", venue)
    return Stake(
        badge=words,
        short="LIVE",
        spoken="Live: real money",
        hint=f"Real money at {where}: every order here is sent and filled there.",
        icon="alert",
        token=Token.DANGER,
        title=words,
        frame=Token.DANGER,
        solid=True,
    )


def _played(word: str, venue: str, spoken: str, hint: str, icon: str, token: Token) -> Stake:
    words = _joined(word, venue)
    return Stake(badge=words, short=word, spoken=spoken, hint=hint, icon=icon, token=token, title=words, frame=token)


def _paper(venue: str) -> Stake:
    words = _joined("PAPER", venue)
    hint = f"Simulated money on the real prices of {venue or _EXCHANGE}: nothing is sent there."
    return Stake(
        badge=words,
        short="PAPER",
        spoken="Paper money: nothing here is real",
        hint=hint,
        icon="file-document-outline",
        token=Token.WARN,
        title=words,
    )


def _joined(word: str, venue: str) -> str:
    return f"{word} · {venue}" if venue else word
