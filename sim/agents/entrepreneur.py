"""An entrepreneur: wins contracts, learns by delivering, keeps services alive."""

from __future__ import annotations

from typing import ClassVar

from sim.agents.row import ColumnView, RowAgent


class Entrepreneur(RowAgent):
    """One firm; `established` firms may bid where tenders are restricted."""

    group: ClassVar[str] = "firms"
    capability = ColumnView()
    established = ColumnView()
    contracts = ColumnView()
    deliveries = ColumnView()
    live_services = ColumnView()

    @property
    def revenue(self) -> float:
        """Revenue so far, in money."""
        return float(self.model.state.firms.revenue[self.row]) / 100.0

    @property
    def clients(self) -> tuple[str, ...]:
        """Names of the governments whose large contract the firm holds."""
        suppliers = self.model.state.governments.supplier[:-1]
        places = self.model.place.local_governments
        return tuple(place.name for place, firm in zip(places, suppliers, strict=True)
                     if firm == self.row)  # fmt: skip
