-- A key is kept as it was read, and a stranger's may be longer than a B-tree takes; a hash index takes any.
DROP INDEX bus.parked_open;
CREATE INDEX parked_open ON bus.parked USING hash (key) WHERE state IN ('PARKED', 'WAITING');
CREATE INDEX parked_slots ON bus.parked (service, topic, partition) WHERE state IN ('PARKED', 'WAITING');
