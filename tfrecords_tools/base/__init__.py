"""Shared by every room: settings, flags, registries, atomic writes."""
