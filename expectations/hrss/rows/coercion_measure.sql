-- Seizures, each with the moment at which everything that 强制法 18 asks for was there.
WITH taken AS (
    SELECT s.event_id, l.requirement
    FROM events__steps s
    JOIN lists.coercion_steps l ON l.step = s.code
), requirements AS (
    SELECT DISTINCT l.requirement, l.from_on, l.to_on
    FROM lists.coercion_steps l
), missing AS (
    SELECT e.event_id, COUNT(*) AS steps
    FROM events e
    JOIN requirements r ON (r.from_on IS NULL OR r.from_on <= CAST(e.start_at AS DATE))
        AND (r.to_on IS NULL OR r.to_on >= CAST(e.start_at AS DATE))
    WHERE e.kind = 'seizure'
        AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.event_id = e.event_id AND t.requirement = r.requirement)
    GROUP BY e.event_id
), measures AS (
    SELECT
        e.case_id,
        e.event_id,
        e.start_at,
        e.reported_at,
        CASE WHEN m.steps IS NULL THEN TRUE WHEN v.events__steps THEN FALSE END AS complete,
        CASE WHEN e.urgent IS NOT NULL THEN e.urgent WHEN v.events__urgent THEN FALSE END AS urgent,
        -- approved by a head, and not after the act; without a day, the step says when
        COALESCE(e.approver_role <> 'section', TRUE)
            AND COALESCE(e.approved_on <= CAST(e.start_at AS DATE), TRUE) AS approved_before,
        COALESCE(e.approver_role <> 'section', TRUE) AS approved_by_head
    FROM events e
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = e.case_id
    LEFT JOIN missing m ON m.event_id = e.event_id
    WHERE e.kind = 'seizure' AND (e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of)
), answers AS (
    SELECT
        m.case_id AS subject_id,
        'events' || '/' || m.event_id AS row_id,
        TRUE AS measure_duty,
        m.start_at AS measured_at,
        CASE WHEN NOT m.complete OR NOT m.approved_by_head THEN NULL
             WHEN m.urgent AND m.complete THEN CASE WHEN m.reported_at >= m.start_at THEN m.reported_at
                                                   WHEN m.reported_at IS NOT NULL THEN m.start_at END
             WHEN m.approved_before AND m.complete THEN m.start_at END AS completed_at,
        CASE WHEN NOT m.complete OR NOT m.approved_by_head THEN TRUE
             WHEN m.complete IS NULL OR m.urgent IS NULL THEN FALSE
             WHEN m.urgent THEN v.events__reported_at
             ELSE TRUE END AS completion_known
    FROM measures m
    JOIN case_coverage v ON v.subject_id = m.case_id
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        CAST(NULL AS BOOLEAN) AS measure_duty,
        CAST(NULL AS TIMESTAMP) AS measured_at,
        CAST(NULL AS TIMESTAMP) AS completed_at,
        FALSE AS completion_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT v.events__event_id OR NOT v.events__kind
)
SELECT a.subject_id, a.row_id, a.measure_duty, a.measured_at, a.completed_at, a.completion_known
FROM answers a
