-- Policies name the laws they are held to since this version. Every document from before was held to Korean law, and stays so: this column
-- holds the laws of a document that was kept before it could name any.
ALTER TABLE policy ADD COLUMN regimes TEXT NOT NULL DEFAULT '';
UPDATE policy SET regimes = 'kr';
