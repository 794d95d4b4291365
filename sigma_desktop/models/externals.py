"""What the account holds that SIGMA did not open, as rows beside its own positions: to be seen, not to be touched."""

from dataclasses import dataclass
from decimal import Decimal

from sigma_desktop.models.cells import Cell
from sigma_desktop.models.positions import side_cell
from sigma_desktop.models.story import story
from sigma_desktop.theme.format import NOTHING, price, quantity
from sigma_desktop.theme.tokens import Token
from sigma_engine import ExternalPosition, short

WORD, WHOSE = "external", "not SIGMA's"
UNKNOWN = Cell(NOTHING, Token.T2)


@dataclass(frozen=True, slots=True)
class ExternalRow:
    """An external position; digits and mark are None where SIGMA does not follow its market."""

    external: ExternalPosition
    price_decimals: int | None = None
    quantity_decimals: int | None = None
    mark: float | None = None

    @property
    def size(self) -> str:
        """Coins held."""
        return quantity(self.external.quantity, _digits(self.external.quantity, self.quantity_decimals))

    def price(self, value: Decimal | float | None) -> str:
        """A price of this market; a dash where it is not known."""
        return NOTHING if value is None else price(value, _digits(value, self.price_decimals))


def symbol_cell(row: ExternalRow) -> Cell:
    """The market, and that it is none of SIGMA's."""
    return Cell(short(row.external.symbol), Token.T1, below=WORD, below_token=Token.WARN)


def sized_symbol_cell(row: ExternalRow) -> Cell:
    """The market, with side and size."""
    side = row.external.side
    return Cell(
        short(row.external.symbol), Token.T1, below=f"{side.value} {row.size}", below_token=side_cell(side).token
    )


def size_cell(row: ExternalRow) -> Cell:
    """Coins held."""
    return Cell(row.size, Token.T1)


def entry_cell(row: ExternalRow) -> Cell:
    """The exchange's average price of the entry, where it is of this alone."""
    return Cell(row.price(row.external.entry_price), Token.T1)


def mark_cell(row: ExternalRow) -> Cell:
    """The last price seen."""
    return Cell(row.price(row.mark), Token.T1)


def prices_cell(row: ExternalRow) -> Cell:
    """Entry over mark."""
    return Cell(row.price(row.external.entry_price), Token.T2, below=row.price(row.mark), below_token=Token.T1)


def whose_cell(_row: ExternalRow) -> Cell:
    """That SIGMA neither guards nor trades it."""
    return Cell(WORD, Token.WARN, bold=True, below=WHOSE, below_token=Token.WARN)


def tell(row: ExternalRow) -> str:
    """What is known of it, for its tooltip."""
    held = row.external
    facts = (
        ("Size", row.size),
        ("Entry", row.price(held.entry_price) if held.entry_price is not None else "not known apart from SIGMA's own"),
        ("Mark", row.price(row.mark)),
    )
    whose = (
        "External: it was not opened by SIGMA, which never trades it and counts it in no figure. Nothing is opened in "
        "this market until it is closed on the exchange."
    )
    return story(f"{short(held.symbol)} {held.side.value}, {WHOSE}", facts, whose)


def _digits(value: Decimal | float, known: int | None) -> int:
    if known is not None:
        return known
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
