-- The name of the server's numbering, as it was heard last: another name says that the server lost data since.
ALTER TABLE subject ADD COLUMN history TEXT;
