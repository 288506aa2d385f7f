-- Who published the case, and does it stand on a list more often than once?
WITH per_list AS (
    SELECT c.matter_id, e.list_id, COUNT(*) - 1 AS more,
        STRING_AGG('list_entries' || '/' || e.entry_id, ';' ORDER BY e.entry_id) AS ids
    FROM list_entries e
    JOIN cases c ON c.case_id = e.case_id
    WHERE c.matter_id IS NOT NULL
    GROUP BY c.matter_id, e.list_id
), repeated AS (
    SELECT p.matter_id, SUM(p.more) AS more, STRING_AGG(p.ids, ';' ORDER BY p.ids) AS ids
    FROM per_list p
    WHERE p.more > 0
    GROUP BY p.matter_id
)
SELECT
    c.case_id AS subject_id,
    CASE WHEN NOT (v.list_entries__list_id AND v.cases__matter_id) OR c.matter_id IS NULL THEN NULL
         ELSE COALESCE(r.more, 0) END AS repeated_count,
    r.ids AS repeated_entries,
    CASE WHEN u.unit_id IS NOT NULL THEN 1
         WHEN v.cases__unit_id AND v.units__unit_id THEN 0 END AS bureaux_count
FROM cases c
JOIN case_coverage v ON v.subject_id = c.case_id
LEFT JOIN repeated r ON r.matter_id = c.matter_id
LEFT JOIN units u ON u.unit_id = c.unit_id
