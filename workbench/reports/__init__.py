"""What people read of a run: a summary in the terminal, a report to print."""
