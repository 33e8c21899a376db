from launch.reporting import chance_lines, report_table

REPORT = {
    "recall_at_1": 0.5,
    "chance": {"recall_at_1": 0.01},
    "compared": {"recall_at_1": 100},
}


def test_metric_with_a_chance_gets_its_interval():
    found = chance_lines.with_intervals(REPORT)
    low, high = found["interval"]["recall_at_1"]
    assert 0.40 < low < 0.41 and 0.59 < high < 0.60


def test_other_reports_are_unchanged():
    assert chance_lines.with_intervals({"accuracy": 1.0}) == {"accuracy": 1.0}
    assert chance_lines.table({"accuracy": 1.0}) == []


def test_metric_of_no_clip_has_no_interval():
    report = {**REPORT, "compared": {"recall_at_1": 0}}
    assert chance_lines.with_intervals(report)["interval"] == {}


def test_table_shows_value_interval_chance_and_clips():
    text = report_table.format_report(chance_lines.with_intervals(REPORT))
    row = text.splitlines()[1].split()
    assert row == "recall_at_1 0.5000 0.40 to 0.60 0.0100 100".split()


def test_line_of_a_log_names_interval_and_chance():
    line = chance_lines.line(chance_lines.with_intervals(REPORT))
    assert line == "recall_at_1 0.40 to 0.60 at 95 %, chance 0.0100"
