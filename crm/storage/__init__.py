"""Tables, shards, transactions and migrations: SQLAlchemy Core over one platform database and N customer shards."""
