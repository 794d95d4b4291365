"""A keyring of one test and an exchange that says what it is told to, behind the window's `Connections`."""

import asyncio

from sigma_desktop.bridge.connections import Connections
from sigma_engine import ConnectionRequest, KeyLine, KeyReport, KeySource, KeyVerdict, KnownKeys, SigmaError

GOOD = KeyReport(ok=True, lines=(KeyLine(text="WEEX accepts the keys.", verdict=KeyVerdict.GOOD),))
BAD = KeyReport(
    ok=False,
    lines=(
        KeyLine(text="WEEX accepts the key.", verdict=KeyVerdict.GOOD),
        KeyLine(text="The clock is 2 s slow.", verdict=KeyVerdict.NOTE, next_step="Set it from the network."),
        KeyLine(text="The key may not trade.", verdict=KeyVerdict.BAD, next_step="Give it the right to trade."),
    ),
)


class Keyring:
    """Keeps what it is given; ``report`` is the exchange's answer once ``answers`` is set, ``error`` a refusal."""

    def __init__(self, *known: KnownKeys) -> None:
        self.known = list(known)
        self.examined: list[ConnectionRequest] = []
        self.saved: list[ConnectionRequest] = []
        self.report: KeyReport = GOOD
        self.error: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    @property
    def connections(self) -> Connections:
        return Connections(examine=self.examine, save=self.save, forget=self.forget, known=self.list)

    async def examine(self, request: ConnectionRequest) -> KeyReport:
        self.examined.append(request)
        await self.answers.wait()
        self._refuse()
        return self.report

    async def save(self, request: ConnectionRequest) -> None:
        self._refuse()
        self.saved.append(request)
        shown = f"••••{request.key[-4:]}"
        self.known = [KnownKeys(venue=request.venue, source=KeySource.KEYRING, shown=shown, demo=request.demo)]

    async def forget(self, venue: str) -> None:
        self._refuse()
        self.known = [each for each in self.known if each.venue != venue or each.source is not KeySource.KEYRING]

    async def list(self) -> tuple[KnownKeys, ...]:
        return tuple(self.known)

    def _refuse(self) -> None:
        if self.error is not None:
            raise self.error


class LockedKeyring(SigmaError):
    """The keyring is locked."""
