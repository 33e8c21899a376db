"""Chooses, wires, runs."""
