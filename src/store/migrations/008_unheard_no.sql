-- The state says from here on of a subject that the server spoke of a withdrawal which is not known here: it is made anew from the records,
-- after the last migration.
SELECT 1;
