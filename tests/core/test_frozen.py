"""A changed copy of a frozen row is the one that the standard library would make."""

from __future__ import annotations

import dataclasses

import pytest

from atomicpos.frozen import replace
from atomicpos.models import State
from atomicpos.record import Record
from atomicpos.testing.samples import a_record


def test_a_changed_copy_is_the_standard_library_s() -> None:
    """What is named is changed, everything else is the very same object, and the row itself stays as it was."""
    row = a_record()
    copy = replace(row, state=State.VERIFYING, version=7)
    assert copy == dataclasses.replace(row, state=State.VERIFYING, version=7)
    assert copy.orders is row.orders
    assert row == a_record()


def test_a_field_that_does_not_exist_is_refused() -> None:
    """A misspelt field is an error and no silent loss."""
    with pytest.raises(TypeError, match="Record has no sate"):
        replace(a_record(), sate=State.VERIFYING)  # type: ignore[call-arg]


def test_the_copy_is_frozen() -> None:
    """It can be changed no more than its original."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(a_record(), version=2).version = 3  # type: ignore[misc]


def test_every_field_can_be_changed() -> None:
    """One after the other."""
    row = a_record()
    for field in dataclasses.fields(Record):
        assert getattr(replace(row, **{field.name: "changed"}), field.name) == "changed"  # type: ignore[arg-type]
