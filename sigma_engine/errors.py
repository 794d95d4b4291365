"""Every way SIGMA can fail, and what it does next.

SigmaError
├── InputError            the person gave something unusable: one sentence, exit code 2, nothing changed
│   ├── DataError         a candle file or series is missing, broken or empty
│   ├── UnknownSymbol     a symbol nobody knows
│   ├── UnknownVenue      an exchange nobody knows
│   ├── SpecError         a strategy document or expression is refused
│   ├── SettingsError     a setting is unknown or out of its bounds
│   └── KeyringRefused    the system's keyring cannot keep keys: none are kept, the person is told where else they go
├── VenueError            an exchange cannot be reached or will not answer: nothing is kept
│   ├── VenueUnreachable  no connection comes about: nothing has left
│   ├── VenueBusy         it wants silence until a moment: nothing is asked before
│   ├── VenueClosed       it is under maintenance: nothing is opened, it is asked again later
│   └── KeysRefused       it does not accept the keys, or not for this: nothing is opened, the person is told
├── Stopped               a person stopped something long: nothing of it is kept
├── DataFolderError       the data folder cannot be used: nothing is opened, nothing is written
│   ├── DataFolderBusy    another SIGMA owns it
│   └── StorageError      the database is damaged, newer than this program, or the disk refused
└── DomainError           a noun was built with an impossible value: a programmer's error, trading stops

A refusal that is part of trading (a veto, a rejected order) is a value with a reason, never one of these.
"""


class SigmaError(Exception):
    """Anything SIGMA can explain in one sentence with a next step; the message is that sentence."""


class InputError(SigmaError):
    """What the person gave cannot be used; it is refused whole and they are told what to change."""


class DataError(InputError):
    """A candle file or series cannot be used; nothing of it is kept."""


class UnknownSymbol(InputError):
    """A symbol that is not a USDT market SIGMA knows how to read; the message suggests the nearest."""


class UnknownVenue(InputError):
    """An exchange SIGMA has no profile of; the message suggests the nearest."""


class SpecError(InputError):
    """A strategy document or expression is refused; the running strategy stays as it is."""


class SettingsError(InputError):
    """A setting is unknown or out of bounds; the program does not start with a guess."""


class KeyringRefused(InputError):
    """The system's keyring is missing, locked or no safe place; no key is kept, and it is said where else they go."""


class VenueError(SigmaError):
    """An exchange cannot be reached or will not answer; what was asked for is given up and nothing of it is kept."""


class VenueUnreachable(VenueError):
    """No connection to an exchange comes about; nothing that was to be sent has left."""


class VenueBusy(VenueError):
    """An exchange takes no more questions until ``until_ms`` of its clock; until then it is left in peace."""

    def __init__(self, sentence: str, until_ms: int) -> None:
        super().__init__(sentence)
        self.until_ms = until_ms


class VenueClosed(VenueError):
    """An exchange is under maintenance; positions are managed as far as it lets us, nothing is opened."""


class KeysRefused(VenueError):
    """An exchange does not accept the keys, or not for this; nothing is opened until a person corrects them."""


class Stopped(SigmaError):
    """A person stopped something long; nothing of it is kept and nobody needs to be told."""


class DataFolderError(SigmaError):
    """The data folder cannot be used; nothing is opened and nothing is written."""


class DataFolderBusy(DataFolderError):
    """Another SIGMA owns the data folder; this one steps back."""


class StorageError(DataFolderError):
    """The database refused to open or to commit; trading stops and the person is told."""


class DomainError(SigmaError):
    """A noun was built with an impossible value (NaN, negative, off the grid): a bug, never a market event."""
