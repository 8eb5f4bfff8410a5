"""The CRM room: rules by the million, repositories on real SQLite files."""
