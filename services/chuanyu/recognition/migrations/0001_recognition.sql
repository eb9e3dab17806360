-- Both provinces' facts as recognition answers from them. The key of both tables is the canonical order of events within a case (D7).

-- One row for each version of what opens a case: a result, a recall notice, a sanction. The last group is derived by the fold (D8).
CREATE TABLE recognition.fact (
    case_id           text COLLATE "C" NOT NULL,
    logicaltime       bigint NOT NULL,
    topic             text COLLATE "C" NOT NULL,
    sequence          bigint NOT NULL,
    event_id          uuid NOT NULL,
    type              text NOT NULL,
    source            text NOT NULL,
    digest            bytea NOT NULL,              -- of the sealed record (D16)
    occurred_at       bigint NOT NULL,             -- ms
    recorded_at       bigint NOT NULL,             -- ms
    corrects          uuid,

    kind              text NOT NULL CHECK (kind IN ('RESULT', 'RECALL', 'SANCTION')),
    party_key         text COLLATE "C",            -- labelled producer, recaller, subject: USCC or d-…
    party_name        text COLLATE "C",            -- normalised, without blanks
    party_division    text COLLATE "C",
    place_key         text COLLATE "C",            -- sampled unit
    place_name        text COLLATE "C",
    place_division    text COLLATE "C",
    product           text COLLATE "C",            -- normalised, without blanks
    sample_no         text COLLATE "C",
    cma_no            text COLLATE "C",
    report_no         text COLLATE "C",            -- as the key of a report is compared
    verdict           text COLLATE "C",
    taken_on          integer,                     -- days since 1970
    cross_province    boolean NOT NULL,
    campaign          text COLLATE "C",
    dated             integer,                     -- days; sampling date, else report date
    starts_at         bigint NOT NULL,             -- ms; of a sanction, else 0
    ends_at           bigint NOT NULL,             -- ms; of a sanction by its own words, else the end of time
    hidden            boolean NOT NULL,            -- suspected fraud: shown to nobody here
    public_from       integer,                     -- days; null: never shown to readers cleared to L1
    public_until      integer,                     -- days, inclusive
    detail            bytea NOT NULL,              -- facts.Result, Recall or Sanction as JSON; nothing above L2

    current           boolean NOT NULL,            -- the version that stands or stood last and may be shown; a waiting one is none (D12)
    state             text NOT NULL CHECK (state IN ('STANDING', 'WITHDRAWN', 'OVERTURNED')),
    undone_by         uuid,                        -- the withdrawal in effect
    first_recorded_at bigint NOT NULL,             -- ms; of the case's first version
    until             bigint NOT NULL,             -- ms; ends_at or the earliest lifting in effect
    PRIMARY KEY (case_id, logicaltime, topic, sequence)
) WITH (fillfactor = 90);
CREATE INDEX fact_party ON recognition.fact (party_key, product) WHERE current;
CREATE INDEX fact_party_name ON recognition.fact (party_name) WHERE current;
CREATE INDEX fact_place ON recognition.fact (place_key) WHERE current AND place_key IS NOT NULL;
CREATE INDEX fact_place_name ON recognition.fact (place_name) WHERE current AND place_name IS NOT NULL;
CREATE INDEX fact_report ON recognition.fact (report_no, cma_no) WHERE current AND report_no IS NOT NULL;
CREATE INDEX fact_recorded ON recognition.fact (first_recorded_at, case_id) WHERE current AND kind = 'RESULT';
CREATE INDEX fact_taken ON recognition.fact (coalesce(taken_on, -999999), case_id) WHERE current AND kind = 'RESULT';

-- What is said about such a fact afterwards.
CREATE TABLE recognition.act (
    case_id     text COLLATE "C" NOT NULL,
    logicaltime bigint NOT NULL,
    topic       text COLLATE "C" NOT NULL,
    sequence    bigint NOT NULL,
    event_id    uuid NOT NULL,
    type        text NOT NULL,
    source      text NOT NULL,
    digest      bytea NOT NULL,
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('LIFT', 'WITHDRAW', 'OVERTURN')),
    names       uuid,                              -- what it withdraws or corrects
    effective_at bigint NOT NULL,                  -- ms; of a lifting, else 0
    PRIMARY KEY (case_id, logicaltime, topic, sequence)
);
