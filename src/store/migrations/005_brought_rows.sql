-- The state remembers which grants of an older store of the app were brought, too: it is made anew from the records, after the last migration.
SELECT 1;
