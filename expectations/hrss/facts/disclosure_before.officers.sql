-- Every officer who acted in the period: was he on a published roster, with a certificate number?
WITH acts AS (
    SELECT o.officer_id, e.event_id, CAST(e.start_at AS DATE) AS act_on
    FROM events e
    CROSS JOIN run
    JOIN event_officers o ON o.event_id = e.event_id
    JOIN lists.published_lists p ON p.kind = 'roster'
        AND (p.from_on IS NULL OR p.from_on <= CAST(e.start_at AS DATE))
        AND (p.to_on IS NULL OR p.to_on >= CAST(e.start_at AS DATE))
    WHERE CAST(e.start_at AS DATE) >= run.period_from
        AND CAST(e.start_at AS DATE) <= run.period_to
        AND CAST(e.start_at AS DATE) <= run.as_of
), listed AS (
    SELECT n.officer_id, n.certificate_no, l.published_on, l.removed_on
    FROM list_entries n
    JOIN list_versions l ON l.list_version_id = n.list_version_id
    WHERE l.kind = 'roster'
), compared AS (
    SELECT
        a.officer_id,
        a.event_id,
        CASE WHEN l.officer_id IS NULL THEN
                  CASE WHEN v.list_entries__officer_id AND v.list_entries__list_version_id
                            AND v.list_versions__kind THEN 0 END
             WHEN l.published_on > a.act_on OR l.removed_on < a.act_on THEN 0
             WHEN l.published_on IS NULL AND v.list_versions__published_on THEN 0
             WHEN l.certificate_no IS NULL AND v.list_entries__certificate_no THEN 0
             WHEN l.published_on IS NOT NULL AND l.certificate_no IS NOT NULL
                  AND (l.removed_on IS NOT NULL OR v.list_versions__removed_on) THEN 1 END AS disclosed
    FROM acts a
    JOIN case_coverage v ON v.subject_id = a.officer_id
    LEFT JOIN listed l ON l.officer_id = a.officer_id
), judged AS (
    SELECT c.officer_id, c.event_id,
           CASE WHEN MAX(c.disclosed) = 1 THEN 1
                WHEN SUM(CASE WHEN c.disclosed IS NULL THEN 1 ELSE 0 END) = 0 THEN 0 END AS disclosed
    FROM compared c
    GROUP BY c.officer_id, c.event_id
), counted AS (
    SELECT j.officer_id,
           SUM(CASE WHEN j.disclosed = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN j.disclosed IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('events' || '/' || j.event_id, ';' ORDER BY j.event_id) FILTER (WHERE j.disclosed = 0) AS ids
    FROM judged j
    GROUP BY j.officer_id
), answers AS (
    SELECT s.subject_id, c.failed, c.unknown, c.ids,
           v.events__start_at AND v.event_officers__officer_id AND v.event_officers__event_id AS acts_known
    FROM subjects s
    JOIN case_coverage v ON v.subject_id = s.subject_id
    LEFT JOIN counted c ON c.officer_id = s.subject_id
)
SELECT
    a.subject_id,
    CASE WHEN a.failed IS NULL AND a.acts_known THEN 'not_applicable' ELSE 'due' END AS roster_scope,
    CASE WHEN a.failed > 0 THEN a.failed
         WHEN a.unknown = 0 AND a.acts_known THEN 0 END AS acts_off_roster_count,
    a.ids AS acts_off_roster
FROM answers a
