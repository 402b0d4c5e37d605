-- What follows from the records is another state from here on: it is made anew from them, after the last migration.
SELECT 1;
