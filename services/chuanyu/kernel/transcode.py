"""Protobuf messages as plain JSON and as query parameters (AIP-127): snake_case, enum values without their prefix, instants ISO 8601.

What is not set is null: an unset message, an empty text, an enum's UNSPECIFIED.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from chuanyu.kernel.envelope import instant

M = TypeVar("M", bound=Message)
_INTEGERS = {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64}
_BOOLEANS = {"true": True, "false": False}


class ParameterWrong(ValueError):
    """A query parameter that names no field of the request, or whose value the field cannot hold."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such parameter or value: {name}")
        self.name = name


def to_json(message: Message) -> dict[str, Any]:
    """Every field of a message, set or not, ready for a JSON library; integers stay numbers."""
    return {field.name: _shown(field, message) for field in message.DESCRIPTOR.fields}


def from_query(kind: type[M], parameters: Iterable[tuple[str, str]]) -> M:
    """A request from query parameters: dotted paths to its fields, each once. Raises ParameterWrong."""
    request = kind()
    seen: set[str] = set()
    for name, value in parameters:
        if name in seen:
            raise ParameterWrong(name)
        seen.add(name)
        _set(request, name, value)
    return request


def _shown(field: Any, message: Message) -> Any:
    value = getattr(message, field.name)
    if field.is_repeated:
        return [_one(field, each) for each in value]
    if field.message_type or field.has_presence:
        return _one(field, value) if message.HasField(field.name) else None
    return _one(field, value)


def _one(field: Any, value: Any) -> Any:
    if isinstance(value, Timestamp):
        return instant(value.ToMilliseconds())
    if isinstance(value, Message):
        return to_json(value)
    if field.enum_type:
        return _word(field.enum_type, value)
    return None if value == "" else value


def _word(enum: EnumDescriptor, number: int) -> str | None:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    word = enum.values_by_number[number].name.removeprefix(prefix)
    return None if word == "UNSPECIFIED" else word


def _set(request: Message, name: str, value: str) -> None:
    target, path = request, name.split(".")
    for part in path[:-1]:
        field = target.DESCRIPTOR.fields_by_name.get(part)
        if field is None or field.is_repeated or field.message_type is None:
            raise ParameterWrong(name)
        target = getattr(target, part)
        target.SetInParent()
    field = target.DESCRIPTOR.fields_by_name.get(path[-1])
    if field is None or field.is_repeated or field.message_type is not None:
        raise ParameterWrong(name)
    try:
        setattr(target, field.name, _read(field, value))
    except (ValueError, KeyError, TypeError) as error:
        raise ParameterWrong(name) from error


def _read(field: Any, value: str) -> Any:
    if field.enum_type:
        return _number(field.enum_type.values_by_name, field.enum_type, value)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _BOOLEANS[value.lower()]
    return int(value) if field.cpp_type in _INTEGERS else value


def _number(names: Mapping[str, Any], enum: EnumDescriptor, value: str) -> int:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return int(names[prefix + value.upper()].number)
