"""The demo: the main job on one machine, with real processes, real PostgreSQL, real TLS and invented people.

`samples` says what is sent and what should come of it, `world` starts the processes, `show` sends and compares,
`stand_in` is the recipients' side, `tour` is the whole. Each process imports only what it needs: `./gw demo` is somebody's
first look, and most of a start is imports.
"""

COUNTRY = "GR"  # whose authorities the demo's two recipients are
