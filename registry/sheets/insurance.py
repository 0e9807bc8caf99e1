"""Finds premises whose compulsory fire insurance has expired, or that name none."""

from datetime import date

from registry.model.places import Premises
from registry.model.rows import Row
from registry.sheets.findings import Reason


def insurance_fault(row: Row, today: date) -> Reason | None:
    """Return what is wrong on *today* with the insurance of *row*; None of what is no premises.

    Premises must be insured where they are in annex II of the law; of others nobody can tell.
    """
    facility = row.facility if isinstance(row, Premises) else None
    if facility is None:
        return None
    insurance = facility.insurance
    if insurance is None:
        return Reason.INSURANCE_MISSING if facility.in_annex_2 else None
    has_expired = insurance.expires_on is not None and insurance.expires_on < today
    return Reason.INSURANCE_EXPIRED if has_expired else None
