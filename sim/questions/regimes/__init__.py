"""Which policy wins where."""
