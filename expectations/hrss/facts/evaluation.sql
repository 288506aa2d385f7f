-- Who handled a case, people and units alike: none of them evaluates it (S2 四(二) 互查互评).
WITH hand AS (
    SELECT c.case_id, c.handler_id AS id
    FROM cases c
    WHERE c.handler_id IS NOT NULL
    UNION
    SELECT c.case_id, c.handler_unit_id AS id
    FROM cases c
    WHERE c.handler_unit_id IS NOT NULL
    UNION
    SELECT e.case_id, o.officer_id AS id
    FROM events e
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.case_id IS NOT NULL
), hands AS (
    SELECT h.case_id, STRING_AGG(h.id, ';' ORDER BY h.id) AS ids
    FROM hand h
    GROUP BY h.case_id
), ruling AS (
    -- Reconsideration and suits; what was withdrawn rules on nothing (S2 四(一)).
    SELECT r.case_id, COUNT(*) AS made, COUNT(CASE WHEN r.result = 'upheld' THEN 1 END) AS upheld
    FROM rulings r
    CROSS JOIN run
    WHERE r.kind IN ('reconsideration', 'suit') AND r.result <> 'withdrawn'
        AND COALESCE(r.received_on, r.document_on) <= run.as_of
    GROUP BY r.case_id
)
SELECT
    b.subject_id,
    h.ids AS handled_by,
    CASE WHEN r.made > 0 THEN r.made WHEN v.rulings__result THEN 0 END AS rulings_made,
    CASE WHEN r.made > 0 THEN r.upheld WHEN v.rulings__result THEN 0 END AS rulings_upheld
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN ruling r ON r.case_id = b.subject_id
LEFT JOIN hands h ON h.case_id = b.subject_id
