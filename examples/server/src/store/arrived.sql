-- Which record of an installation came last is asked in every request, whatever its past.
CREATE INDEX operation_arrived ON operation (install, id) WHERE placed = 1;
