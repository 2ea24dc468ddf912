"""Who is there at month 0: places, people, ties, governments, entrepreneurs."""
