-- Seizures, each from the day it was laid on to its release or to the decision on the goods.
-- The decision of a coercion case is the seizure itself and ends nothing.
WITH answers AS (
    SELECT
        e.case_id AS subject_id,
        'events' || '/' || e.event_id AS row_id,
        TRUE AS seizure_duty,
        CAST(e.start_at AS DATE) AS seized_on,
        LEAST(e.released_on, e.handled_on,
              CASE WHEN b.kind <> 'coercion' AND b.decided_on >= CAST(e.start_at AS DATE) THEN b.decided_on END) AS seizure_ended_on,
        v.events__released_on AND v.events__handled_on
            AND (b.kind = 'coercion' OR v.cases__decided_on) AS seizure_end_known,
        v.extensions__clock AND v.extensions__approved_on AND v.extensions__approver_role
            AND v.extensions__extra AND v.extensions__unit AND v.extensions__told_on
            AND v.exclusions__clock AND v.exclusions__from_on AND v.exclusions__to_on
            AND v.exclusions__basis_code AND v.exclusions__told_on AS seizure_allowances_known
    FROM events e
    CROSS JOIN run
    JOIN base b ON b.subject_id = e.case_id
    JOIN case_coverage v ON v.subject_id = e.case_id
    WHERE e.kind = 'seizure' AND (e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of)
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        CAST(NULL AS BOOLEAN) AS seizure_duty,
        CAST(NULL AS DATE) AS seized_on,
        CAST(NULL AS DATE) AS seizure_ended_on,
        FALSE AS seizure_end_known,
        FALSE AS seizure_allowances_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT v.events__event_id OR NOT v.events__kind
)
SELECT a.subject_id, a.row_id, a.seizure_duty, a.seized_on, a.seizure_ended_on, a.seizure_end_known,
       a.seizure_allowances_known
FROM answers a
