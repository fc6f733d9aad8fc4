"""Tables, transactions and migrations: the only place that knows PostgreSQL."""
