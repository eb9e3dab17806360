CREATE TABLE ledger.effect (
    place     bigint GENERATED ALWAYS AS IDENTITY,
    service   text NOT NULL,
    event_id  uuid NOT NULL,
    case_id   text NOT NULL,
    topic     text NOT NULL,
    partition integer NOT NULL,
    sequence  bigint NOT NULL
);
