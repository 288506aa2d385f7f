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
)
SELECT
    b.subject_id,
    h.ids AS handled_by
FROM base b
LEFT JOIN hands h ON h.case_id = b.subject_id
