-- The merge that brought an answer into an account: its record is the one that phones are shown.
ALTER TABLE state ADD COLUMN merge TEXT;
