"""What an alert rule means: which rules fire now, and when one would have."""

from kpis.alerts.backtest import Backtest, Course, Run, backtest
from kpis.alerts.evaluate import evaluate, finding
from kpis.alerts.judge import Says, Verdict
from kpis.alerts.rule import problem
from kpis.alerts.watch import Watch, look

__all__ = [
    "Backtest",
    "Course",
    "Run",
    "Says",
    "Verdict",
    "Watch",
    "backtest",
    "evaluate",
    "finding",
    "look",
    "problem",
]
