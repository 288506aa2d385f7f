-- Each hearing against the notice of it. The seventh working day itself is lawful: the clock looks at
-- the day after the hearing, which lies behind the seventh working day.
WITH following AS (
    SELECT c.day, LEAD(c.day) OVER (ORDER BY c.day) AS next_on
    FROM calendar c
), investigators AS (
    SELECT c.case_id, c.handler_id AS officer_id
    FROM cases c
    WHERE c.handler_id IS NOT NULL
    UNION
    SELECT e.case_id, o.officer_id
    FROM events e
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.stage = 'investigate' AND o.officer_id IS NOT NULL
), held AS (
    SELECT
        h.case_id,
        h.held_on,
        h.notice_served_on,
        h.chair_id,
        h.record_document_id,
        ROW_NUMBER() OVER (PARTITION BY h.case_id ORDER BY h.held_on, h.chair_id, h.notice_served_on, h.record_document_id) AS place
    FROM hearings h
    WHERE h.held_on IS NOT NULL
), records AS (
    SELECT h.case_id, h.place,
           MAX(CASE WHEN d.party_signed OR d.refusal_note THEN 1 ELSE 0 END) AS signed,
           MAX(CASE WHEN d.party_signed IS NULL AND NOT v.documents__party_signed
                      OR d.refusal_note IS NULL AND NOT v.documents__refusal_note THEN 1 ELSE 0 END) AS unsure
    FROM held h
    JOIN case_coverage v ON v.subject_id = h.case_id
    JOIN documents d ON d.case_id = h.case_id AND (d.document_id = h.record_document_id
        OR h.record_document_id IS NULL AND d.kind = 'hearing_record')
    GROUP BY h.case_id, h.place
), judged AS (
    SELECT
        h.case_id,
        h.place,
        h.held_on,
        h.notice_served_on,
        COALESCE(w.next_on, h.held_on) AS counted_on,
        i.officer_id IS NOT NULL OR h.chair_id IS NULL AND v.hearings__chair_id
            OR h.notice_served_on IS NULL AND v.hearings__notice_served_on
            OR COALESCE(r.signed, 0) = 0 AND COALESCE(r.unsure, 0) = 0
               AND v.documents__kind AND v.documents__party_signed AND v.documents__refusal_note AS fault,
        (h.chair_id IS NOT NULL AND v.cases__handler_id AND v.event_officers__officer_id AND v.events__stage)
            AND (r.signed = 1 OR COALESCE(r.unsure, 0) = 0 AND v.documents__kind
                 AND v.documents__party_signed AND v.documents__refusal_note) AS sure
    FROM held h
    JOIN case_coverage v ON v.subject_id = h.case_id
    LEFT JOIN investigators i ON i.case_id = h.case_id AND i.officer_id = h.chair_id
    LEFT JOIN records r ON r.case_id = h.case_id AND r.place = h.place
    LEFT JOIN following w ON w.day = h.held_on
), listed AS (
    SELECT
        b.subject_id,
        'hearings' || '/' || b.subject_id || '/' || CAST(j.place AS VARCHAR) AS row_id,
        TRUE AS hearing_held,
        CASE WHEN j.fault THEN j.held_on ELSE j.notice_served_on END AS hearing_told_on,
        CASE WHEN j.fault THEN j.held_on ELSE j.counted_on END AS hearing_counted_on,
        j.sure AS hearing_sure
    FROM base b
    JOIN judged j ON j.case_id = b.subject_id
    WHERE b.kind = 'penalty'
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        CASE WHEN b.decided AND b.penalised THEN NULL ELSE FALSE END AS hearing_held,
        CAST(NULL AS DATE) AS hearing_told_on,
        CAST(NULL AS DATE) AS hearing_counted_on,
        FALSE AS hearing_sure
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE b.kind = 'penalty' AND NOT v.hearings__held_on
        AND NOT EXISTS (SELECT 1 FROM held h WHERE h.case_id = b.subject_id)
)
SELECT l.subject_id, l.row_id, l.hearing_held, l.hearing_told_on, l.hearing_counted_on, l.hearing_sure
FROM listed l
