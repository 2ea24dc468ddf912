"""The whole state and record of a model in one digest."""

from __future__ import annotations

import hashlib

import numpy as np

from sim.model import GovernanceModel

GROUPS = ("citizens", "governments", "offer", "cells", "ledger", "firms", "network")


def fingerprint(model: GovernanceModel) -> str:
    """SHA-256 over every column and every record of a model."""
    digest = hashlib.sha256()
    for group in GROUPS:
        for array in getattr(model.state, group):
            digest.update(np.ascontiguousarray(array).tobytes())
    record = model.record
    for array in (record.tallies, record.state, record.money, record.network, record.profiles):
        digest.update(array.tobytes())
    return digest.hexdigest()
