"""Our own figures, measured on this machine: an evaluation, and the dashboards in a browser."""
