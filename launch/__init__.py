"""Commands: flags, training, evaluation, export and prediction."""
