"""Whatever happens, in whatever order: a cause fires once for each unbroken run of being beyond."""

from __future__ import annotations

import itertools
import shutil
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.alerts import Overtaken, record, set_state
from crm_data.engine import connect
from tests.alerts.test_runs import NOW, found, opened, rule

CAUSES = ("", "EMEA", "<b>")
NUMBER = itertools.count()

look = st.tuples(
    st.just("look"),
    st.fixed_dictionaries({cause: st.sampled_from((True, False, None, "absent")) for cause in CAUSES}),
)
act = st.tuples(
    st.sampled_from(("acknowledged", "snoozed", "resolved", "open")), st.integers(min_value=0, max_value=2)
)
step = st.one_of(
    look, look, act, st.tuples(st.sampled_from(("late look", "restart", "same again")), st.none())
)


@settings(max_examples=25)
@given(steps=st.lists(step, max_size=25))
def test_no_cause_fires_twice(
    steps: list[tuple[str, object]], sqlite_template: Path, tmp_path_factory
) -> None:
    file = tmp_path_factory.mktemp("runs") / f"{next(NUMBER)}.db"
    shutil.copy(sqlite_template, file)
    engine = connect(f"sqlite:///{file}")
    other = connect(f"sqlite:///{file}")  # a second program at work on the same database
    watched = rule(engine, dimension="region")
    going_on: dict[str, bool] = dict.fromkeys(CAUSES, False)
    fired = expected = 0
    last: list[object] = []
    for minute, (what, argument) in enumerate(steps, 1):
        now = NOW + timedelta(minutes=minute)
        if what == "look":
            assert isinstance(argument, dict)
            last = [found(watched, beyond, cause) for cause, beyond in argument.items() if beyond != "absent"]
            for cause, beyond in argument.items():
                if beyond is True and not going_on[cause]:
                    expected += 1
                if beyond in (True, False):
                    going_on[cause] = beyond
            fired += len(record(engine, now, last, now).fired)  # type: ignore[arg-type]
            fired += len(record(other, now, last, now).fired)  # type: ignore[arg-type]
        elif what == "same again":
            fired += len(record(other, now, last, now).fired)  # type: ignore[arg-type]
        elif what == "late look":
            late = [found(watched, True, cause) for cause in CAUSES]
            fired += len(record(other, NOW - timedelta(days=1), late, now).fired) if last else 0
        elif what == "restart":
            engine.dispose()
            engine = connect(f"sqlite:///{file}")
        else:
            shown = opened(engine, minute / 60)
            if shown:
                assert isinstance(argument, int)
                event = shown[argument % len(shown)]
                until = now + timedelta(minutes=3) if what == "snoozed" else None
                try:
                    set_state(engine, event.id, what, "ann", seen=event.state, until=until, now=now)
                except Overtaken:
                    raise AssertionError("nobody else acts here") from None
        assert fired == expected
        assert len({event.cause for event in opened(engine)}) == len(opened(engine))
        assert {event.cause for event in opened(engine)} <= {cause for cause in CAUSES if going_on[cause]}
    engine.dispose()
    other.dispose()
