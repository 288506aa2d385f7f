-- Appeals to the prefect: in time, sent on, and their result told. Some were entered before the
-- notification was: they are in time.
SELECT
    c.case_id AS subject_id,
    c.appealed_on,
    c.forwarded_on,
    CASE WHEN v.cases__appealed_on THEN c.appealed_on IS NOT NULL END AS appeal_made,
    CASE WHEN c.appealed_on < c.notified_on THEN c.notified_on ELSE c.appealed_on END AS appeal_counted_on,
    CASE WHEN c.forwarded_on < c.appealed_on THEN c.appealed_on ELSE c.forwarded_on END AS forwarded_from_on,
    v.cases__forwarded_on AS forwarding_known,
    CASE WHEN c.result_on IS NOT NULL THEN 'due'
         WHEN v.cases__result_on THEN 'not_applicable'
         ELSE 'due' END AS result_scope,
    CASE WHEN NOT v.cases__result_on THEN NULL
         WHEN c.told_on IS NOT NULL THEN 1
         WHEN v.cases__told_on THEN 0 END AS told_count
FROM cases c
JOIN case_coverage v ON v.subject_id = c.case_id
