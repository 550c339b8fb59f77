"""Measurements; nothing here fails for being slow, and nothing runs on when they end.

- `bench` (`make bench`): submissions and openings in a closed and in an open loop, processor time by process, parts;
  with `BESIDE=path` another checkout beside this one, with the ratios.
- `million` (`make bench-million`): lists, searches and jobs of a ward with a million dossiers, beside a thousand; with
  `KEEP=folder` the filled wards stay there for the next run.
- `cells` (`make bench-cells`): a ward with processes of its own beside one at full load.

`stacks` and `host` run what is measured, `generator` and `client` make the requests, `people` and `fill` what these are
about, and `table` prints.
"""
