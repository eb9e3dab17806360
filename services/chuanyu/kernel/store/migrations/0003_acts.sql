-- D14: what persons decided about parked records, and what came of it in each service. Never deleted: it is the record of their acts.
CREATE TABLE bus.act (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parked     bigint NOT NULL REFERENCES bus.parked ON DELETE CASCADE,
    act        text NOT NULL CHECK (act IN ('RELEASE', 'DISCARD')),
    by         text NOT NULL,
    reason     text NOT NULL,
    event_id   uuid NOT NULL,          -- as the own log tells of it
    decided_at bigint NOT NULL,        -- ms
    outcome    text,                   -- the state that came of it; PARKED: tried and still poison; null until carried out
    code       text NOT NULL DEFAULT '',
    carried_at bigint
);
CREATE INDEX act_of ON bus.act (parked);
CREATE INDEX parked_record ON bus.parked (topic, partition, digest);
