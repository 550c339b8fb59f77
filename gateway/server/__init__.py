"""The web server: gunicorn starts, watches and stops its workers, and in each of them waitress reads requests.

A thread gets a request when all of it has arrived, and is free again when the response is buffered, so a client that
sends or reads slowly holds a connection and no thread. This package adds what waitress lacks: deadlines, a share for
each address, a bound on memory and files, and refusals in the API's form (docs/decisions/0041).
"""
