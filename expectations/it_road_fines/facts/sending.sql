-- A fine is sent, unless the offender pays before. One that was neither sent nor paid still has to be.
SELECT
    c.case_id AS subject_id,
    c.created_on,
    c.sent_on,
    CASE WHEN c.sent_on > run.as_of THEN NULL
         WHEN c.sent_on < c.created_on THEN c.created_on
         ELSE c.sent_on END AS sent_from_on,
    CASE WHEN c.sent_on IS NOT NULL THEN TRUE
         WHEN c.first_paid_on IS NOT NULL THEN FALSE
         WHEN v.cases__sent_on AND v.cases__first_paid_on THEN TRUE END AS sending_duty,
    v.cases__sent_on AS sending_known
FROM cases c
CROSS JOIN run
JOIN case_coverage v ON v.subject_id = c.case_id
