-- Officers at the acts of a case: did each hold a certificate in force on the day?
WITH acts AS (
    SELECT
        e.case_id,
        e.event_id,
        e.kind,
        o.officer_id,
        CAST(e.start_at AS DATE) AS act_on
    FROM events e
    CROSS JOIN run
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of
), held AS (
    SELECT
        a.case_id,
        a.event_id,
        a.kind,
        a.officer_id,
        a.act_on,
        CASE WHEN a.act_on IS NULL THEN NULL
             WHEN t.certificate_no IS NULL THEN 0
             WHEN a.act_on < t.valid_from_on OR a.act_on > t.valid_to_on THEN 0
             WHEN a.act_on >= t.suspended_from_on AND a.act_on <= t.suspended_to_on THEN 0
             WHEN a.act_on >= t.suspended_from_on AND t.suspended_to_on IS NULL THEN
                  CASE WHEN v.certificates__suspended_to_on THEN 0 END
             WHEN t.suspended_from_on IS NULL AND NOT v.certificates__suspended_from_on THEN NULL
             WHEN a.act_on >= t.valid_from_on AND a.act_on <= t.valid_to_on THEN 1 END AS valid
    FROM acts a
    JOIN case_coverage v ON v.subject_id = a.case_id
    LEFT JOIN certificates t ON t.officer_id = a.officer_id
), judged AS (
    SELECT h.case_id, h.event_id, h.kind, h.officer_id, h.act_on,
           CASE WHEN MAX(h.valid) = 1 THEN 1
                WHEN SUM(CASE WHEN h.valid IS NULL THEN 1 ELSE 0 END) = 0 THEN 0 END AS valid
    FROM held h
    GROUP BY h.case_id, h.event_id, h.kind, h.officer_id, h.act_on
), by_event AS (
    SELECT
        j.case_id,
        j.event_id,
        MAX(CASE WHEN l.event_kind IS NULL THEN 0 ELSE 1 END) AS needs_two,
        SUM(CASE WHEN j.valid = 0 THEN 0 ELSE 1 END) AS possible
    FROM judged j
    LEFT JOIN lists.two_officer_events l ON l.event_kind = j.kind
        AND (l.from_on IS NULL OR l.from_on <= j.act_on)
        AND (l.to_on IS NULL OR l.to_on >= j.act_on)
    GROUP BY j.case_id, j.event_id
), too_few AS (
    SELECT e.case_id, COUNT(*) AS events
    FROM by_event e
    JOIN case_parameters q ON q.subject_id = e.case_id
    WHERE e.needs_two = 1 AND e.possible < q.officers_minimum
    GROUP BY e.case_id
), counted AS (
    SELECT j.case_id,
           SUM(CASE WHEN j.valid = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN j.valid IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(CASE WHEN j.valid = 0 THEN 'events' || '/' || j.event_id END, ';' ORDER BY j.event_id, j.officer_id) AS ids
    FROM judged j
    GROUP BY j.case_id
)
SELECT
    b.subject_id,
    CASE WHEN c.case_id IS NULL AND v.events__event_id AND v.event_officers__officer_id
         THEN 'not_applicable' ELSE 'due' END AS officers_scope,
    CASE WHEN NOT v.certificates__valid_to_on OR NOT v.certificates__valid_from_on THEN NULL
         WHEN c.failed > 0 THEN c.failed
         WHEN c.unknown = 0 AND v.events__event_id AND v.event_officers__officer_id THEN 0
    END AS uncertified_officers_count,
    COALESCE(t.events, 0) > 0 AS certified_officers_too_few,
    c.ids AS uncertified_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
LEFT JOIN too_few t ON t.case_id = b.subject_id
