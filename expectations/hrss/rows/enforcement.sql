-- Decisions that were not obeyed. Two rows each: the application to the court, due within the
-- months of 强制法 53; and what must never be (no demand, not waited, too early, surcharge too high).
-- Where nobody wrote down when the time for review and suit ended (`unstated`), the application is
-- open until it would normally be too late; after that nobody can tell: the party may have sued.
WITH served AS (
    SELECT s.case_id, MIN(s.served_on) AS served_on
    FROM services s
    CROSS JOIN run
    JOIN documents d ON d.document_id = s.document_id
    WHERE d.kind = 'decision' AND s.served_on <= run.as_of
    GROUP BY s.case_id
), found AS (
    SELECT
        e.case_id,
        e.enforcement_id,
        b.decided,
        b.decided_on,
        COALESCE(s.served_on, b.decided_on) AS told_on,
        e.remedy_ended_on,
        e.remedy_ended_on IS NULL AND v.enforcements__remedy_ended_on AS unstated,
        e.principal_yuan,
        e.surcharge_yuan,
        CASE WHEN e.demand_served_on <= run.as_of THEN e.demand_served_on END AS demanded_on,
        CASE WHEN e.court_applied_on <= run.as_of THEN e.court_applied_on END AS applied_on,
        CASE WHEN e.court_applied_on IS NOT NULL THEN e.court_applied_on <= run.as_of
             WHEN v.enforcements__court_applied_on THEN FALSE END AS applied,
        CASE WHEN e.obeyed_on IS NOT NULL THEN e.obeyed_on <= run.as_of
             WHEN v.enforcements__obeyed_on THEN FALSE END AS obeyed,
        v.enforcements__demand_served_on AS demand_known,
        v.enforcements__court_applied_on AS application_known,
        v.enforcements__remedy_ended_on AS remedy_known,
        v.enforcements__surcharge_yuan AS surcharge_known
    FROM enforcements e
    CROSS JOIN run
    JOIN base b ON b.subject_id = e.case_id
    JOIN case_coverage v ON v.subject_id = e.case_id
    LEFT JOIN served s ON s.case_id = e.case_id
    WHERE b.kind IN ('penalty', 'treatment')
), judged AS (
    SELECT
        f.case_id,
        f.enforcement_id,
        COALESCE(f.applied_on, f.demanded_on, f.decided_on) AS since_on,
        f.applied AND CASE WHEN f.demanded_on IS NULL THEN CASE WHEN f.demand_known THEN TRUE END
                           WHEN f.demanded_on > f.applied_on THEN TRUE
                           ELSE a.no_end - d.no_start <= q.demand_wait END AS too_soon,
        f.applied AND CASE WHEN f.remedy_ended_on IS NOT NULL THEN f.remedy_ended_on >= f.applied_on
                           WHEN f.remedy_known THEN TRUE END AS remedy_open,
        CASE WHEN f.surcharge_yuan IS NOT NULL THEN f.surcharge_yuan > f.principal_yuan
             WHEN f.surcharge_known THEN FALSE END AS surcharge_high
    FROM found f
    JOIN case_parameters q ON q.subject_id = f.case_id
    LEFT JOIN calendar a ON a.day = f.applied_on
    LEFT JOIN calendar d ON d.day = f.demanded_on
), answers AS (
    SELECT
        f.case_id AS subject_id,
        'enforcements' || '/' || f.enforcement_id AS row_id,
        CASE WHEN f.unstated THEN 'unstated' ELSE 'application' END AS part,
        CASE WHEN f.unstated AND (f.applied OR NOT f.decided) THEN FALSE
             WHEN f.applied THEN TRUE
             WHEN f.obeyed THEN FALSE
             WHEN f.obeyed IS NOT NULL THEN TRUE END AS enforcement_duty,
        CASE WHEN f.unstated THEN f.told_on ELSE f.remedy_ended_on END AS running_from_on,
        CASE WHEN NOT f.unstated THEN f.applied_on END AS lawfully_applied_on,
        f.application_known AND NOT f.unstated AS application_known
    FROM found f
    UNION ALL
    SELECT
        j.case_id AS subject_id,
        'enforcements' || '/' || j.enforcement_id || '/' || 'never' AS row_id,
        'never' AS part,
        j.too_soon OR j.remedy_open OR j.surcharge_high AS enforcement_duty,
        j.since_on AS running_from_on,
        CAST(NULL AS DATE) AS lawfully_applied_on,
        TRUE AS application_known
    FROM judged j
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        'application' AS part,
        CAST(NULL AS BOOLEAN) AS enforcement_duty,
        CAST(NULL AS DATE) AS running_from_on,
        CAST(NULL AS DATE) AS lawfully_applied_on,
        FALSE AS application_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT v.enforcements__enforcement_id AND b.kind IN ('penalty', 'treatment') AND COALESCE(b.decided, TRUE)
        AND NOT EXISTS (SELECT 1 FROM enforcements e WHERE e.case_id = b.subject_id)
)
SELECT a.subject_id, a.row_id, a.part, a.enforcement_duty, a.running_from_on, a.lawfully_applied_on,
       a.application_known
FROM answers a
