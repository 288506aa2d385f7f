-- From the date of a letter to the day on which it was posted. Days after the as-of day have not
-- happened yet. A letter posted before its own date was public when it was dated.
SELECT
    c.case_id AS subject_id,
    CASE WHEN c.decided_on IS NOT NULL THEN c.decided_on <= run.as_of
         WHEN v.cases__decided_on THEN FALSE END AS letter_dated,
    c.decided_on AS letter_on,
    c.posted_on,
    CASE WHEN c.posted_on > run.as_of THEN NULL
         WHEN c.posted_on < c.decided_on THEN c.decided_on
         ELSE c.posted_on END AS public_on,
    v.cases__posted_on AS posting_known,
    CASE WHEN c.posted_on > run.as_of THEN 'not_applicable'
         WHEN c.posted_on IS NULL AND v.cases__posted_on THEN 'not_applicable'
         ELSE 'due' END AS posting_order_scope
FROM cases c
CROSS JOIN run
JOIN case_coverage v ON v.subject_id = c.case_id
