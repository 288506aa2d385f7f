-- What to say about seizures and enforcements; the clocks over rows judge them (rows/*.sql).
WITH taken AS (
    SELECT s.event_id, l.requirement
    FROM events__steps s
    JOIN lists.coercion_steps l ON l.step = s.code
), requirements AS (
    SELECT DISTINCT l.requirement, l.from_on, l.to_on
    FROM lists.coercion_steps l
), missing AS (
    SELECT e.case_id, r.requirement
    FROM events e
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = e.case_id
    JOIN requirements r ON (r.from_on IS NULL OR r.from_on <= CAST(e.start_at AS DATE))
        AND (r.to_on IS NULL OR r.to_on >= CAST(e.start_at AS DATE))
    WHERE e.kind = 'seizure' AND CAST(e.start_at AS DATE) <= run.as_of
        AND v.events__steps
        AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.event_id = e.event_id AND t.requirement = r.requirement)
    UNION
    SELECT e.case_id, 'step_approved' AS requirement
    FROM events e
    CROSS JOIN run
    WHERE e.kind = 'seizure' AND CAST(e.start_at AS DATE) <= run.as_of
        AND (e.approver_role = 'section'
             OR e.approved_on > CAST(e.start_at AS DATE) AND NOT COALESCE(e.urgent, FALSE))
    UNION
    SELECT e.case_id, 'urgent_report' AS requirement
    FROM events e
    CROSS JOIN run
    WHERE e.kind = 'seizure' AND e.urgent AND CAST(e.start_at AS DATE) <= run.as_of
        AND (e.reported_at IS NULL OR CAST(e.reported_at AS DATE) > CAST(e.start_at AS DATE))
), named AS (
    SELECT m.case_id,
           STRING_AGG(m.requirement, ';' ORDER BY m.requirement) AS steps,
           MAX(CASE WHEN m.requirement IN ('step_approved', 'step_two_officers') THEN 1 ELSE 0 END) AS grave
    FROM missing m
    GROUP BY m.case_id
), found AS (
    SELECT
        e.case_id,
        e.enforcement_id,
        e.principal_yuan,
        e.surcharge_yuan,
        e.remedy_ended_on,
        CASE WHEN e.demand_served_on <= run.as_of THEN e.demand_served_on END AS demanded_on,
        CASE WHEN e.court_applied_on <= run.as_of THEN e.court_applied_on END AS applied_on
    FROM enforcements e
    CROSS JOIN run
), reasons AS (
    SELECT
        f.case_id,
        MAX(CASE WHEN f.applied_on IS NOT NULL AND f.demanded_on IS NULL THEN 1 ELSE 0 END) AS no_demand,
        MAX(CASE WHEN f.demanded_on > f.applied_on OR a.no_end - d.no_start <= q.demand_wait THEN 1 ELSE 0 END) AS too_soon,
        MAX(CASE WHEN f.remedy_ended_on >= f.applied_on OR f.applied_on IS NOT NULL AND f.remedy_ended_on IS NULL THEN 1 ELSE 0 END) AS remedy_open,
        MAX(CASE WHEN f.surcharge_yuan > f.principal_yuan THEN 1 ELSE 0 END) AS surcharge_high,
        STRING_AGG('enforcements' || '/' || f.enforcement_id, ';' ORDER BY f.enforcement_id) AS ids
    FROM found f
    JOIN case_parameters q ON q.subject_id = f.case_id
    LEFT JOIN calendar a ON a.day = f.applied_on
    LEFT JOIN calendar d ON d.day = f.demanded_on
    GROUP BY f.case_id
)
SELECT
    b.subject_id,
    n.steps AS coercion_steps_missing,
    COALESCE(n.grave, 0) = 1 AS coercion_unapproved,
    CASE WHEN r.no_demand = 1 AND v.enforcements__demand_served_on THEN 'no_demand'
         WHEN r.too_soon = 1 THEN 'demand_too_soon'
         WHEN r.remedy_open = 1 AND v.enforcements__remedy_ended_on THEN 'remedy_open'
         WHEN r.surcharge_high = 1 THEN 'surcharge_high' END AS enforcement_note,
    r.ids AS enforcement_records
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN named n ON n.case_id = b.subject_id
LEFT JOIN reasons r ON r.case_id = b.subject_id
