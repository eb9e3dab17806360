"""
The dashboards without a Grafana: `make preview` runs the bus with sample days under a real Prometheus and draws every panel into one page.

`running` starts both and lets days pass, `sampled` asks what the committed dashboards ask, `charts` and `page` draw it.
"""
