"""What every name means, what changed a scenario, and templates to start from."""
