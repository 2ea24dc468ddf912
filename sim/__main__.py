"""`python -m sim COMMAND ...` and `python -m govshift COMMAND ...` are `govshift COMMAND ...`."""

from sim.cli import main

if __name__ == "__main__":
    main()
