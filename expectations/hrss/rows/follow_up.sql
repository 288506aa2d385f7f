-- Each ruling against the organ: followed up when somebody opened accountability (or wrote down that
-- nobody is at fault) and the case was put right. A judgment that is not in force yet is none.
WITH opened AS (
    SELECT a.case_id, MIN(a.opened_on) AS opened_on
    FROM accountability a
    CROSS JOIN run
    WHERE a.opened_on <= run.as_of
    GROUP BY a.case_id
), numbered AS (
    SELECT r.case_id, r.kind, r.result, r.received_on, r.effective_on, r.remedied_on,
           ROW_NUMBER() OVER (PARTITION BY r.case_id ORDER BY r.received_on, r.kind, r.result, r.document_on) AS number
    FROM rulings r
), answered AS (
    SELECT
        r.case_id,
        r.number,
        r.received_on,
        CASE WHEN r.result IS NULL THEN CASE WHEN v.rulings__result THEN FALSE END
             WHEN l.result IS NULL THEN FALSE
             WHEN r.kind IS NULL AND NOT v.rulings__kind THEN NULL
             WHEN r.kind IS NULL OR r.kind <> 'suit' THEN TRUE
             WHEN r.effective_on IS NOT NULL THEN r.effective_on <= run.as_of
             WHEN v.rulings__effective_on THEN FALSE END AS duty,
        o.opened_on,
        CASE WHEN r.remedied_on IS NOT NULL THEN r.remedied_on <= run.as_of
             WHEN v.rulings__remedied_on THEN FALSE END
        AND CASE WHEN o.opened_on IS NOT NULL THEN TRUE
                 WHEN v.accountability__opened_on THEN FALSE END AS done
    FROM numbered r
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = r.case_id
    LEFT JOIN lists.accountable_rulings l ON l.result = r.result
        AND (l.from_on IS NULL OR r.received_on IS NULL OR l.from_on <= r.received_on)
        AND (l.to_on IS NULL OR r.received_on IS NULL OR l.to_on >= r.received_on)
    LEFT JOIN opened o ON o.case_id = r.case_id
    WHERE r.received_on IS NULL OR r.received_on <= run.as_of
), answers AS (
    SELECT
        a.case_id AS subject_id,
        'rulings' || '/' || a.case_id
            || CASE WHEN a.number > 1 THEN '/' || CAST(a.number AS VARCHAR) ELSE '' END AS row_id,
        a.duty AS follow_up_duty,
        a.received_on AS ruling_received_on,
        CASE WHEN a.done AND a.opened_on < a.received_on THEN a.received_on
             WHEN a.done THEN a.opened_on END AS followed_up_on,
        a.done IS NOT NULL AS follow_up_known
    FROM answered a
    JOIN case_coverage v ON v.subject_id = a.case_id
    -- A ruling whose day is blank was not received; where the source has no such day, nobody can tell.
    WHERE a.received_on IS NOT NULL OR NOT v.rulings__received_on
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        b.decided AS follow_up_duty,
        CAST(NULL AS DATE) AS ruling_received_on,
        CAST(NULL AS DATE) AS followed_up_on,
        FALSE AS follow_up_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT v.rulings__result
)
SELECT a.subject_id, a.row_id, a.follow_up_duty, a.ruling_received_on, a.followed_up_on, a.follow_up_known
FROM answers a
