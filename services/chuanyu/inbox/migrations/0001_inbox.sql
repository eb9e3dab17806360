-- What was handed out to whom: references, never copies. Instants are ms since 1970.

CREATE SEQUENCE inbox.place;

CREATE TABLE inbox.delivery (
    member          text COLLATE "C" NOT NULL,
    event           uuid NOT NULL,
    delivery_id     uuid NOT NULL,
    place           bigint NOT NULL DEFAULT nextval('inbox.place'),  -- given under one lock: what commits later stands behind
    case_id         text COLLATE "C" NOT NULL,
    why             text NOT NULL,
    confirms        text[] NOT NULL,                                 -- divisions for which the member says *processed*
    delivered_at    bigint NOT NULL,
    acknowledged_at bigint,
    outcome         text,
    PRIMARY KEY (member, event)
);
CREATE UNIQUE INDEX delivery_id ON inbox.delivery (delivery_id);
CREATE INDEX delivery_asked ON inbox.delivery (delivered_at) WHERE acknowledged_at IS NULL AND confirms <> '{}';
CREATE INDEX delivery_open ON inbox.delivery (member, place) WHERE acknowledged_at IS NULL;
