"""Evidence: what the model gives where something was observed, each figure against its band."""
