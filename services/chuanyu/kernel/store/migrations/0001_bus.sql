-- The kernel's tables. Only chuanyu.kernel.store touches them.

-- D1: one row for each accepted event, never deleted: outbox, re-send archive and own archive in one.
CREATE TABLE bus.log (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    uuid NOT NULL UNIQUE,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    case_id     text NOT NULL,
    type        text NOT NULL,
    headers     bytea NOT NULL,          -- packed, without sequence, logicaltime and seal
    value       bytea NOT NULL,
    recorded_at bigint NOT NULL,         -- ms, the event's recordedtime
    sequence    bigint,                  -- null until relayed; then the record's bytes are final (D2)
    logicaltime bigint,
    seal        text,
    CHECK (num_nulls(sequence, logicaltime, seal) IN (0, 3))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX log_slot ON bus.log (topic, partition, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX log_waiting ON bus.log (id) WHERE sequence IS NULL;

-- D6: how far a service has applied a partition. version is the fence: who takes the partition raises it.
CREATE TABLE bus.position (
    service       text NOT NULL,
    topic         text NOT NULL,
    partition     integer NOT NULL,
    version       bigint NOT NULL,
    sequence      bigint NOT NULL DEFAULT 0,      -- last slot applied, parked or passed
    next_offset   bigint NOT NULL DEFAULT 0,
    logicaltime   bigint NOT NULL DEFAULT 0,      -- highest seen (D7)
    decides_after bigint NOT NULL DEFAULT 0,      -- a rebuild decides nothing up to this slot (D9)
    applied_at    bigint NOT NULL DEFAULT 0,      -- ms, when the position last moved
    PRIMARY KEY (service, topic, partition)
) WITH (fillfactor = 50);

-- D13: what can never be applied, and what waits behind it. A hold is (service, topic, key) while a row is PARKED or WAITING.
CREATE TABLE bus.parked (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service      text NOT NULL,
    topic        text NOT NULL,
    partition    integer NOT NULL,
    sequence     bigint NOT NULL,                 -- as claimed; believed unless code is seal_invalid
    record_offset bigint NOT NULL,
    digest       bytea NOT NULL,                  -- SHA-256 of key, headers and value: which record this is, whatever its offset
    key          bytea NOT NULL,                  -- as it was read: the case it claims to be about
    headers      bytea NOT NULL,
    value        bytea NOT NULL,
    code         text NOT NULL DEFAULT '',        -- fault code; empty while it only waits
    reason       text NOT NULL DEFAULT '',
    holds        boolean NOT NULL,                -- false: a bad seal whose claimed slot was not the next one
    state        text NOT NULL CHECK (state IN ('PARKED', 'WAITING', 'RELEASED', 'DISCARDED', 'APPLIED', 'REPLACED')),
    act          text CHECK (act IN ('RELEASE', 'DISCARD')),
    act_by       text,
    act_reason   text,
    parked_at    bigint NOT NULL,
    settled_at   bigint,
    UNIQUE (service, topic, partition, digest)
);
CREATE INDEX parked_open ON bus.parked (service, topic, key, sequence) WHERE state IN ('PARKED', 'WAITING');

-- D5: gaps seen by a service that had caught up; one row a partition and node, closed by the service that gets past it.
CREATE TABLE bus.gap (
    topic         text NOT NULL,
    partition     integer NOT NULL,
    from_sequence bigint NOT NULL,
    service       text NOT NULL,
    seen_at       bigint NOT NULL,
    asked         integer NOT NULL DEFAULT 0,
    asked_at      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition, service)
);

-- D3, D5: what the other side asked this node's relay to send again.
CREATE TABLE bus.resend (
    topic         text NOT NULL,
    partition     integer NOT NULL,
    from_sequence bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- D16: seal keys vouched for by a pinned root.
CREATE TABLE bus.seal_key (
    province text NOT NULL,
    key_id   text NOT NULL,
    body     bytea NOT NULL,             -- the node_key_published or node_key_revoked value as it was read
    type     text NOT NULL,
    PRIMARY KEY (province, key_id, type)
);
