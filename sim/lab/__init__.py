"""The lab: governments side by side on one page, moved while they run.

Whatever a person moves becomes a dated entry of a scenario, from the next month on. The scenario is
the state: a model is made of it and can be made again, so nothing on the page can differ from what
the command line gives for the same file, seed and version.

`setup` what is compared, `changes` what a person may change, `session` one browser's governments,
`drawn` pictures of them, `band` plausible worlds, `taking` what is taken away, `classes` a teacher
and students, `app` and `guard` the web.
"""
