"""Calendars at addresses outside: kept up to date by a job, shown and managed on a page of the server."""
