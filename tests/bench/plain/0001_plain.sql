-- What the plain faust agent of the benchmarks writes: the columns that recognition is asked by, one row a sample.
CREATE TABLE plain.result (
    sample_no  text PRIMARY KEY,
    party_name text,
    place_name text,
    product    text,
    verdict    text NOT NULL,
    taken_on   integer,
    event_id   uuid NOT NULL
);
CREATE INDEX result_party ON plain.result (party_name, product);
