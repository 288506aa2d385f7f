-- From the notification to the penalty that is added to what was not paid.
SELECT
    c.case_id AS subject_id,
    c.notified_on,
    c.penalty_on,
    CASE WHEN v.cases__penalty_on THEN c.penalty_on IS NOT NULL END AS penalty_added
FROM cases c
JOIN case_coverage v ON v.subject_id = c.case_id
