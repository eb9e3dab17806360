-- A plan's number may be longer than what a B-tree holds; only equality is asked for.
DROP INDEX cases.batch_plan;
CREATE INDEX batch_plan ON cases.batch USING hash (plan);
