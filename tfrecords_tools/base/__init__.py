"""What every room may use: settings, flags, registry, atomic writes."""
