"""What may be called where the configuration says nothing."""

import pytest

from tui.domain.budget import CallBudget
from tui.vendors.registry import vendor_spec, vendor_specs

OURS = ("questionpro", "questionpro-legacy", "socialboards", "klinkcx")


@pytest.mark.parametrize("vendor", ["questionpro", "questionpro-legacy"])
def test_questionpro_has_what_it_documents(vendor: str) -> None:
    spec = vendor_spec(vendor)

    assert spec.call_budget == CallBudget(20_000, 30, is_documented=True)
    assert spec.rate_limit == 300


@pytest.mark.parametrize("vendor", ["socialboards", "klinkcx"])
def test_where_no_limit_is_documented_caution_is_a_call_in_half_a_minute(vendor: str) -> None:
    budget = vendor_spec(vendor).call_budget

    assert not budget.is_documented
    assert budget.window.total_seconds() / budget.calls == 30
    assert vendor_spec(vendor).rate_limit == 600


def test_every_vendor_has_a_budget_that_leaves_polls_most_of_it() -> None:
    assert set(OURS) <= set(vendor_specs())
    for spec in vendor_specs().values():
        assert 0 < spec.call_budget.reserve < 0.1 * spec.call_budget.calls


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (CallBudget(20_000, 30), "20,000 calls in 30 days"),
        (CallBudget(1, 1), "1 call in 1 day"),
    ],
)
def test_a_budget_says_itself_in_words(budget: CallBudget, words: str) -> None:
    assert str(budget) == words
