"""Settings: one definition, three sources, no misspelling goes unnoticed."""

from __future__ import annotations

import pytest
from traitlets.config import Config

from duragraph_ext.settings import Duragraph, SettingsError, setting_names, variable_of


def test_defaults_are_the_documented_ones() -> None:
    settings = Duragraph({})
    assert settings.workers in (1, 2)
    assert (settings.slots, settings.lease_seconds, settings.run_timeout) == (16, 15.0, 3600.0)
    assert settings.durability == "sync"
    assert settings.max_body_bytes == 8 * 1024 * 1024


def test_every_setting_has_help_and_a_variable() -> None:
    for name in setting_names():
        assert Duragraph.class_own_traits()[name].help, name
        assert variable_of(name).startswith("DURAGRAPH_")


def test_environment_is_read() -> None:
    settings = Duragraph({"DURAGRAPH_WORKERS": "3", "DURAGRAPH_LEASE_SECONDS": "2.5", "OTHER": "x"})
    assert (settings.workers, settings.lease_seconds) == (3, 2.5)


def test_configuration_wins_over_the_environment() -> None:
    config = Config({"Duragraph": {"workers": 5}})
    assert Duragraph({"DURAGRAPH_WORKERS": "3"}, config=config).workers == 5


def test_environment_round_trip() -> None:
    settings = Duragraph({"DURAGRAPH_SLOTS": "7", "DURAGRAPH_CONFIG": "/p/langgraph.json"})
    again = Duragraph(settings.environment(worker_name="w2"))
    assert (again.slots, again.langgraph_config, again.worker_name) == (7, "/p/langgraph.json", "w2")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"DURAGRAPH_WORKRES": "2"}, "unknown variable DURAGRAPH_WORKRES: did you mean DURAGRAPH_WORKERS?"),
        ({"DURAGRAPH_WORKERS": "many"}, "DURAGRAPH_WORKERS='many' is not allowed: expected an int"),
        ({"DURAGRAPH_WORKERS": "-1"}, "should not be less than 0"),
        ({"DURAGRAPH_DURABILITY": "synk"}, "'sync', 'async', 'exit'"),
    ],
)
def test_wrong_variables_are_refused(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Duragraph(environment)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_misspelt_option_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError, match=r"Duragraph\.workres: did you mean workers\?"):
        Duragraph({}, config=Config({"Duragraph": {"workres": 2}}))
