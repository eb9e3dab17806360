-- Whose submission a statement came from follows from its event id, which Kafka gives back and this column was lost with.
ALTER TABLE gateway.statement DROP COLUMN submission;
