"""Which policy is never far from the best one."""
