-- Cases of one node, equal byte for byte to the other node's: every column follows from the set of events alone (D8).
-- No column may depend on this node, on when something was read, or on the sequence in which topics came.
-- Instants are ms since 1970. Texts compare by their bytes, as the fold does.

CREATE TABLE cases.case (
    case_id  text COLLATE "C" PRIMARY KEY,
    open     boolean NOT NULL,           -- something is still to come
    standing text NOT NULL,              -- of what opened it: AWAITED, STANDS, WITHDRAWN, LIFTED, ENDED
    stage    text NOT NULL,              -- the family's word
    concerns text[] NOT NULL,            -- divisions, with those above them
    ends     bigint,                     -- when the fact ends by itself
    kept     bytea NOT NULL              -- the whole case, casework.case.pack
);

CREATE INDEX case_ends ON cases.case (ends) WHERE standing = 'STANDS' AND ends IS NOT NULL;
CREATE INDEX case_concerns ON cases.case USING gin (concerns) WHERE open;

-- Every event of a case as it came, to fold again.
CREATE TABLE cases.event (
    case_id      text COLLATE "C" NOT NULL,
    logicaltime  bigint NOT NULL,
    topic        text COLLATE "C" NOT NULL,
    sequence     bigint NOT NULL,
    event_id     uuid NOT NULL,
    source       text NOT NULL,
    time         bigint NOT NULL,
    recordedtime bigint NOT NULL,
    value        bytea NOT NULL,            -- framed, as on the wire
    PRIMARY KEY (case_id, logicaltime, topic, sequence)
);

CREATE TABLE cases.obligation (
    case_id       text COLLATE "C" NOT NULL,
    obligation_id uuid NOT NULL,
    rule          text NOT NULL,
    version       integer NOT NULL,         -- in force on the trigger's day; 0 while no clock runs
    authority     text NOT NULL,
    part          text NOT NULL,
    node          text,
    cause         uuid NOT NULL,
    clock         text NOT NULL,
    opened        bigint NOT NULL,
    backfilled    boolean NOT NULL,
    starts        bigint,
    due           bigint,
    certain       boolean NOT NULL,
    earlier       bigint[] NOT NULL,
    state         text NOT NULL,
    settled       bigint,
    settled_by    uuid,
    PRIMARY KEY (case_id, obligation_id)
);

CREATE INDEX obligation_open ON cases.obligation (due) WHERE state = 'OPEN';

CREATE TABLE cases.confirmation (
    case_id text COLLATE "C" NOT NULL,
    event   uuid NOT NULL,
    kind    text NOT NULL,
    by      text NOT NULL,
    asked   bigint NOT NULL,
    at      bigint,
    receipt uuid,
    PRIMARY KEY (case_id, event, kind, by)
);

CREATE INDEX confirmation_outstanding ON cases.confirmation (by, asked) WHERE at IS NULL;

CREATE TABLE cases.waiting (
    case_id  text COLLATE "C" NOT NULL,
    event    uuid NOT NULL,
    original uuid,
    since    bigint NOT NULL,
    PRIMARY KEY (case_id, event)
);

CREATE INDEX waiting_since ON cases.waiting (since);
