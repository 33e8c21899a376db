from tests.seeds import seeded  # noqa: F401
