-- The hash of each document, which is under the root, so that a document that was altered is noticed when it is read.
ALTER TABLE policy ADD COLUMN hash BLOB;

-- The last record of a transaction also bears a sum over the changes that wait to be sent. The root covers it.
ALTER TABLE ledger ADD COLUMN waiting BLOB;
