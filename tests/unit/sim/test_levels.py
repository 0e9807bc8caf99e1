from firmware_sim.domain.levels import LEVELS
from gateway.settings import DetectionSettings


def test_pictures_show_the_thresholds_of_a_gateway_with_default_settings() -> None:
    figures = DetectionSettings().thresholds(silent_after_s=300.0, stuck_after_s=0.0)
    assert figures.co is not None
    for quantity, clean_air in (("smoke", figures.smoke), ("co", figures.co)):
        levels = LEVELS[quantity]
        assert levels.above_clean
        assert (levels.prealarm, levels.alarm) == (clean_air.prealarm_above, clean_air.alarm_above)
    heat = LEVELS["temperature"]
    assert not heat.above_clean
    assert (heat.prealarm, heat.alarm) == (
        figures.heat.static_c - figures.heat.prealarm_below_k,
        figures.heat.static_c,
    )
