"""`python run_sim.py COMMAND ...` is the same as `govshift COMMAND ...`."""

from sim.cli import main

if __name__ == "__main__":
    main()
