-- Measures against officers, organs, delegates: the person was heard first, the measure is one
-- that the target can have, and the way of appeal was told.
WITH measure AS (
    SELECT
        a.case_id,
        a.accountability_id,
        CASE WHEN a.decided_on IS NOT NULL THEN a.decided_on <= run.as_of
             WHEN v.accountability__decided_on THEN FALSE END AS decided,
        a.heard_on = a.decided_on AS same_day,
        CASE WHEN a.heard_on IS NOT NULL THEN a.heard_on <= a.decided_on
             WHEN v.accountability__heard_on THEN FALSE END
        AND CASE WHEN a.pleas_recorded IS NOT NULL THEN a.pleas_recorded
                 WHEN v.accountability__pleas_recorded THEN FALSE END
        AND CASE WHEN a.appeal_told IS NOT NULL THEN a.appeal_told
                 WHEN v.accountability__appeal_told THEN FALSE END
        AND CASE WHEN l.measure IS NOT NULL THEN TRUE
                 WHEN a.target IS NOT NULL OR v.accountability__target THEN FALSE END AS lawful
    FROM accountability a
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = a.case_id
    LEFT JOIN lists.accountability_measures l ON l.target = a.target AND l.measure = a.measure
        AND (l.from_on IS NULL OR l.from_on <= a.decided_on)
        AND (l.to_on IS NULL OR l.to_on >= a.decided_on)
    WHERE a.measure IS NOT NULL
), measures AS (
    SELECT m.case_id,
           COUNT(*) AS measures,
           COUNT(CASE WHEN m.decided AND NOT m.lawful THEN 1 END) AS wrong,
           COUNT(CASE WHEN m.decided IS NULL OR m.decided AND m.lawful IS NULL THEN 1 END) AS unknown,
           COUNT(CASE WHEN NOT m.decided THEN 1 END) AS pending,
           COUNT(CASE WHEN m.same_day THEN 1 END) AS same_day
    FROM measure m
    GROUP BY m.case_id
), proof AS (
    SELECT m.case_id,
           STRING_AGG('accountability' || '/' || m.accountability_id, ';' ORDER BY m.accountability_id) AS ids
    FROM measure m
    WHERE m.decided AND NOT m.lawful
    GROUP BY m.case_id
)
SELECT
    b.subject_id,
    CASE WHEN m.wrong > 0 OR m.unknown > 0 THEN 'due'
         WHEN m.pending > 0 THEN 'not_yet_due'
         WHEN m.measures > 0 THEN 'due'
         WHEN v.accountability__measure THEN 'not_applicable'
         ELSE 'due' END AS measures_scope,
    CASE WHEN m.wrong > 0 THEN m.wrong
         WHEN m.unknown = 0 THEN 0 END AS measures_wrong,
    CASE WHEN m.same_day > 0 THEN 'order_unknown' END AS measures_note,
    p.ids AS measures_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN measures m ON m.case_id = b.subject_id
LEFT JOIN proof p ON p.case_id = b.subject_id
