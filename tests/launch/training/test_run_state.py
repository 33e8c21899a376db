import json

from launch.runs import train_settings
from launch.training import best_step, run_state

CONFIG = train_settings.Config(steps=10, evaluate_every=4, patience=1)


def test_state_is_the_same_after_it_was_written_as_json():
    monitor = best_step.Monitor("accuracy", 8, 4, 0.5, 1)
    state = run_state.RunState(8, monitor, True, 2, True)
    metadata = json.loads(json.dumps(state.to_metadata()))
    assert run_state.RunState.from_metadata(8, metadata, patience=1) == state


def test_checkpoint_that_keeps_nothing_gives_the_state_of_a_first_run():
    state = run_state.RunState.from_metadata(3, {}, patience=None)
    assert state == run_state.RunState(step=3)


def test_greater_patience_makes_a_run_that_was_over_continue():
    metadata = {
        "monitor": {"name": "loss", "value": 1.0, "step": 2, "since": 2}
    }
    assert run_state.RunState.from_metadata(6, metadata, patience=2).is_over
    assert not run_state.RunState.from_metadata(6, metadata, patience=3).is_over


def test_step_owes_an_evaluation_when_one_is_due_and_at_the_end():
    owes, state = [], run_state.RunState()
    while state.step < CONFIG.steps:
        state = state.after_steps(1, CONFIG)
        owes += [state.step] if state.owes_evaluation else []
    assert owes == [4, 8, 10]


def test_several_steps_at_once_owe_what_was_due_between_them():
    state = run_state.RunState(step=3)
    assert state.after_steps(3, CONFIG).owes_evaluation
    assert not state.after_steps(1, CONFIG).is_due(3, every=5)


def test_collapsed_step_still_owes_its_evaluation():
    state = run_state.RunState(step=4, owes_evaluation=True)
    report = {"accuracy": 0.5}
    assert state.after_evaluation(report, CONFIG, False).owes_evaluation
    assert not state.after_evaluation(report, CONFIG, True).owes_evaluation
    assert not state.after_evaluation(report, CONFIG, None).owes_evaluation


def test_run_is_over_when_its_patience_is():
    state = run_state.RunState(step=4)
    state = state.after_evaluation({"accuracy": 0.5}, CONFIG, None)
    assert not state.is_over
    state = state.after_steps(4, CONFIG)
    assert state.after_evaluation({"accuracy": 0.4}, CONFIG, None).is_over


def test_draws_are_others_after_each_alarm():
    seeds = {run_state.RunState(restarts=n).seed(base=7) for n in range(3)}
    assert len(seeds) == 3 and 7 in seeds
