"""In which order should the rows of the figure move: schedules under a yearly budget for change."""
