"""Shared by the networks of text."""
