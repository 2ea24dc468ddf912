"""The central government: surveys, sets the national agenda, hands out grants, brokers ties."""

from __future__ import annotations

import numpy as np

from sim.agents.local_government import Government
from sim.processes.agenda import read_survey, survey_citizens


class CentralGovernment(Government):
    """The last row of the governments' columns."""

    @property
    def agenda(self) -> object:
        """The national agenda: budget shares."""
        return self.target

    @property
    def granted(self) -> float:
        """General grants given this month."""
        return -float(self.model.state.ledger.granted[self.row])

    @property
    def matched(self) -> float:
        """Matching grants claimed by local governments this month."""
        return -float(self.model.state.ledger.matched[self.row])

    def follow_model(self) -> None:
        """Move a step towards the profile of the local governments that do best."""
        state, p = self.model.state, self.model.parameters.reform
        step = float(p.coercion_step)
        state.profiles[self.row] += np.clip(
            state.model_profile - state.profiles[self.row], -step, step
        )

    def survey(self) -> None:
        """Ask what elites and residents want, in every place."""
        state = self.model.state
        survey_citizens(state.citizens, state.offer, state.tallies)
        read_survey(state.governments, state.tallies)
        state.surveys += 1
