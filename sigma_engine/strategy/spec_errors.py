"""Turns what pydantic says about a document into one sentence that names the key, the value and what is allowed."""

import difflib
from collections.abc import Sequence
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sigma_engine.errors import SpecError


def refusal(model: type[BaseModel], error: ValidationError) -> SpecError:
    """The first thing wrong with a document of ``model``."""
    first = error.errors()[0]
    names = tuple(part for part in first["loc"] if isinstance(part, int) or _is_key(part))
    where = ".".join(str(part) for part in names)
    match first["type"]:
        case "extra_forbidden":
            return _unknown_key(_model_at(model, names[:-1]), where)
        case "enum" if first["loc"][-1] == "[key]":
            return _unknown_name(where, first)
        case "dict_type":
            return SpecError(f"{where} is {_shown(first['input'])}; it must be an object.")
        case "missing":
            return SpecError(f"The strategy has no {where}, and it is needed.")
        case "value_error":
            reason = str(first["ctx"]["error"])
            end = "" if reason.endswith("?") else "."
            return SpecError(f"{where} {reason}{end}" if where else f"{reason}{end}")
        case _:
            return SpecError(f"{where or 'The strategy'} is {_shown(first['input'])}; {_allowed(model, names, first)}.")


def _is_key(part: str) -> bool:
    """Whether a step of the path is a key of the document and not one of pydantic's own marks."""
    return part.isidentifier() and part not in {"int", "float", "str", "bool", "none"}


def _unknown_key(model: type[BaseModel] | None, where: str) -> SpecError:
    known = list(model.model_fields) if model else []
    near = difflib.get_close_matches(where.rpartition(".")[2], known, 1, 0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(known)}."
    return SpecError(f"A strategy has no key {where!r}; {hint}")


def _unknown_name(where: str, error: ErrorDetails) -> SpecError:
    """A key of a mapping that must be one of a few names."""
    expected = str(error["ctx"]["expected"])
    near = difflib.get_close_matches(str(error["input"]), expected.replace("'", "").replace(" or ", ", ").split(", "))
    return SpecError(f"{where} cannot be; {f'did you mean {near[0]!r}?' if near else f'the keys are {expected}.'}")


def _allowed(model: type[BaseModel], names: Sequence[str | int], error: ErrorDetails) -> str:
    field = _field_at(model, names)
    kinds = _kinds(field)
    if choices := [str(choice.value) for kind in kinds if _is(kind, Enum) for choice in kind]:
        near = difflib.get_close_matches(str(error["input"]), choices, 1, 0.5)
        return f"it must be {_either(choices)}" + (f" (did you mean {near[0]!r}?)" if near else "")
    if bool in kinds:
        return "it must be true or false"
    bounds = _bounds(field)
    if len(bounds) == 0:
        return _in_other_words(field, error)
    if int in kinds or float in kinds:
        return f"it must be {'a whole number' if int in kinds else 'a number'} {_between(bounds)}"
    return f"its length must be {_between(bounds)}"


def _in_other_words(field: FieldInfo | None, error: ErrorDetails) -> str:
    """pydantic's own wording, or the keys of the object that is wanted."""
    inner = [kind for kind in _kinds(field) if _is(kind, BaseModel)]
    if inner and error["type"] == "model_type":
        return f"it must be an object with the keys {', '.join(inner[0].model_fields)}"
    return error["msg"].replace("Input should", "it should")


def _between(bounds: dict[str, Any]) -> str:
    """``from 1 to 20``, ``above 0, at most 2``: the bounds in words."""
    low = bounds.get("ge", bounds.get("min_length"))
    high = bounds.get("le", bounds.get("max_length"))
    if low is not None and high is not None:
        return f"from {low} to {high}"
    words = {"gt": "above {}", "ge": "at least {}", "lt": "below {}", "le": "at most {}"}
    return ", ".join(words[name].format(f"{bound:g}") for name, bound in bounds.items() if name in words)


def _bounds(field: FieldInfo | None) -> dict[str, Any]:
    names = ("gt", "ge", "lt", "le", "min_length", "max_length")
    found = {name: getattr(item, name, None) for item in _metadata(field) for name in names if hasattr(item, name)}
    return {name: bound for name, bound in found.items() if bound is not None}


def _metadata(field: FieldInfo | None) -> list[Any]:
    """The constraints of a field, those inside an optional type included."""
    if field is None:
        return []
    nested = [item for argument in get_args(field.annotation) for item in getattr(argument, "__metadata__", ())]
    inner = [item for each in nested if isinstance(each, FieldInfo) for item in each.metadata]
    return [*field.metadata, *nested, *inner]


def _kinds(field: FieldInfo | None) -> list[Any]:
    """The plain types a field may hold."""
    if field is None:
        return []
    arguments = [field.annotation, *get_args(field.annotation)]
    return [getattr(each, "__origin__", each) for each in arguments]


def _field_at(model: type[BaseModel], names: Sequence[str | int]) -> FieldInfo | None:
    if not names:
        return None
    owner = _model_at(model, names[:-1])
    return owner.model_fields.get(str(names[-1])) if owner else None


def _model_at(model: type[BaseModel], names: Sequence[str | int]) -> type[BaseModel] | None:
    """The model that holds the keys at a place of the document."""
    owner: type[BaseModel] | None = model
    for name in names:
        field = owner.model_fields.get(str(name)) if owner else None
        if field is None:  # a key of a mapping, not of the model
            continue
        inner = [kind for kind in _kinds(field) if _is(kind, BaseModel)]
        owner = inner[0] if inner else None
    return owner


def _is(kind: object, parent: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, parent)


def _either(choices: Sequence[str]) -> str:
    *rest, last = choices
    return f"{', '.join(rest)} or {last}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
