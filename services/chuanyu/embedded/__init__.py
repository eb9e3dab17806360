"""
The embedded default: a real Apache Kafka and a real PostgreSQL from parts that pip installs, for the laptop, the tests and CI.

Owns one directory (D24) and one group of loopback ports; touches no process, broker or server that it did not start.
"""
