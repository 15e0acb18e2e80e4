"""The rehearsal: a small server that plays the outside world over real HTTP and SMTP."""
