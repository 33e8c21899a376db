"""Data flows one way: nothing downstream is imported upstream."""

import ast
import subprocess
import sys

from tests.house import import_graph, sources

MAY_IMPORT = {
    "tfrecords_tools": ("tfrecords_tools",),
    "pipelines": (
        "pipelines",
        "tfrecords_tools.base",
        "tfrecords_tools.schema",
        "tfrecords_tools.manifest",
        "tfrecords_tools.media",
    ),
    "video_models": (
        "video_models",
        "tfrecords_tools.base",
        "pipelines.batch",
    ),
    "launch": sources.ROOMS,
}
TFDS = "tfrecords_tools/tfds_builders/"
WITHOUT_TENSORFLOW = [
    path
    for path in sources.paths("tfrecords_tools")
    if not path.startswith(TFDS)
]


HEAVY = ("tensorflow", "keras", "tensorflow_datasets")


def from_downstream(path: str) -> list[str]:
    ours = (*sources.ROOMS, "tests")
    found = sources.imports(sources.parsed(path))
    allowed = MAY_IMPORT[path.split("/")[0]]
    return sorted(
        name
        for name in found
        if sources.within(name, ours) and not sources.within(name, allowed)
    )


def relative(path: str) -> list[str]:
    found = sources.imports(sources.parsed(path))
    return sorted(name for name in found if name.startswith("."))


def knows_pyav(path: str) -> bool:
    found = sources.imports(sources.parsed(path))
    return any(sources.within(name, ("av",)) for name in found)


def heavy_when_loaded(path: str) -> list[str]:
    found = sources.imports_when_loaded(sources.parsed(path))
    return sorted(name for name in found if sources.within(name, HEAVY))


def test_rooms_import_only_what_lies_upstream():
    sources.assert_of_none(sources.paths(), from_downstream)


def test_imports_say_the_whole_path():
    sources.assert_of_none(sources.paths(), relative)


def test_pyav_is_known_only_to_media():
    media = "tfrecords_tools/media/"
    others = [path for path in sources.paths() if not path.startswith(media)]
    sources.assert_of_none(others, knows_pyav)


def test_tensorflow_is_not_imported_when_a_tool_is_loaded():
    sources.assert_of_none(WITHOUT_TENSORFLOW, heavy_when_loaded)


def test_loading_every_tool_loads_no_tensorflow():
    names = [sources.module_name(path) for path in WITHOUT_TENSORFLOW]
    program = "\n".join(
        ["import sys", *(f"import {name}" for name in names)]
        + ["print({'tensorflow', 'keras'} & set(sys.modules))"]
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
    )
    assert found.stdout == "set()\n", found.stderr


def test_no_file_imports_itself_by_way_of_others():
    assert import_graph.circles(import_graph.of_files()) == []


def test_no_folder_imports_itself_by_way_of_others():
    assert import_graph.circles(import_graph.of_folders()) == []


def test_ours_is_imported_at_the_top_of_files_only():
    found = {
        path: import_graph.inside_functions(sources.parsed(path))
        for path in sources.paths()
    }
    assert not {path: names for path, names in found.items() if names}


def test_circles_are_found_at_any_length():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}
    assert import_graph.circles(graph) == [["b", "c"]]
    assert import_graph.circles({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == [
        ["a", "b", "c"]
    ]


def test_imports_in_functions_and_for_types_count():
    program = """
if typing.TYPE_CHECKING:
    from launch.runs import experiment
def build():
    from launch.runs import run_flags
"""
    tree = ast.parse(program)
    assert sources.imports(tree) == {
        "launch.runs.experiment",
        "launch.runs.run_flags",
    }
    assert import_graph.inside_functions(tree) == {"launch.runs.run_flags"}
