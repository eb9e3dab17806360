"""Grafana's dashboards as code: `make dashboards` writes monitoring/dashboards from here.

One module a dashboard, in the order in which they are read: overview, services, federation, recognition, casework.
"""
