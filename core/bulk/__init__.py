"""Files of rows in and out, as jobs that survive whatever kills their worker.

What can be brought in and taken out is registered by the floors above (`targets.py`); how a file
is read is in `files/`, how a job is worked off in `jobs/`. Nothing here knows a domain row.
"""
