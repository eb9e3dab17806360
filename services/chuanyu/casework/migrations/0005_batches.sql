-- Samples that were taken for a plan (联动抽查计划): the plan that a result names, and where the sample was taken.
CREATE TABLE cases.batch (
    case_id  text COLLATE "C" PRIMARY KEY,
    plan     text NOT NULL,               -- its number in the form in which identifiers are compared, or the id of its case
    division text NOT NULL
);
CREATE INDEX batch_plan ON cases.batch (plan);
