-- Each preservation by registration: approved on or before its day, dealt with in time.
-- Without approval there is nothing that could end it lawfully.
WITH holds AS (
    SELECT
        e.case_id,
        e.event_id,
        CAST(e.start_at AS DATE) AS held_on,
        e.handled_on,
        CASE WHEN e.approved_on > CAST(e.start_at AS DATE) THEN FALSE
             WHEN e.approved_on IS NULL THEN CASE WHEN v.events__approved_on THEN FALSE END
             WHEN e.approver_role = 'section' THEN FALSE
             WHEN e.approver_role IS NULL THEN CASE WHEN v.events__approver_role THEN FALSE END
             ELSE TRUE END AS approved,
        v.events__handled_on AS handling_known
    FROM events e
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = e.case_id
    WHERE e.kind = 'evidence_hold' AND (e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of)
), listed AS (
    SELECT
        h.case_id AS subject_id,
        'events' || '/' || h.event_id AS row_id,
        TRUE AS hold_made,
        h.held_on,
        CASE WHEN h.approved THEN h.handled_on END AS hold_ended_on,
        CASE WHEN h.approved THEN h.handling_known ELSE h.approved IS NOT NULL END AS hold_end_known
    FROM holds h
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        CAST(NULL AS BOOLEAN) AS hold_made,
        CAST(NULL AS DATE) AS held_on,
        CAST(NULL AS DATE) AS hold_ended_on,
        FALSE AS hold_end_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT (v.events__kind AND v.events__event_id) AND b.kind IN ('penalty', 'treatment')
        AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.case_id = b.subject_id)
)
SELECT l.subject_id, l.row_id, l.hold_made, l.held_on, l.hold_ended_on, l.hold_end_known
FROM listed l
