"""No view is left out of the audit."""

from __future__ import annotations

from streams.audit import engine
from streams.catalogue.views import views

OF_THE_WORLD = {"deliveries", "alert_actions"}
"""What came of trying to reach receivers, and what people did about alerts, follow from no log of events."""


def test_every_view_of_the_present_is_derived_from_the_log_by_a_check_of_its_name() -> None:
    present = {name for name in views() if not name.endswith("_as_of")}
    assert present - OF_THE_WORLD <= set(engine.names("checks"))
