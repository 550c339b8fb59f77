"""The web server: gunicorn starts, watches and stops its workers, and in each of them waitress reads requests.

A thread of a worker has a request when all of it is there, and is rid of the answer when it is written down; so who
sends or reads slowly holds a connection and no thread. Here stands what waitress leaves open: deadlines, a share for
each address, a bound of what lies in memory and files, and refusals in the API's manner (docs/decisions/0041).
"""
