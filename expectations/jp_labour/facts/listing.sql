-- From list to list: when a case was first and last listed, and the first list without it. A case
-- that was written another way on a later list has not gone: its matter stands there. One that
-- stands on the last list is still listed: its time runs.
WITH listed AS (
    SELECT e.entry_id, e.case_id, c.matter_id, l.list_id, l.listed_on
    FROM list_entries e
    JOIN monthly_lists l ON l.list_id = e.list_id
    JOIN cases c ON c.case_id = e.case_id
    CROSS JOIN run
    WHERE l.listed_on <= run.as_of
), of_case AS (
    SELECT d.case_id, MAX(d.listed_on) AS case_last_on
    FROM listed d
    GROUP BY d.case_id
), of_matter AS (
    SELECT
        d.matter_id,
        MIN(d.listed_on) AS first_list_on,
        MAX(d.listed_on) AS last_list_on,
        COUNT(DISTINCT d.case_id) AS wordings_count,
        STRING_AGG('list_entries' || '/' || d.entry_id, ';' ORDER BY d.entry_id) AS listed_entries
    FROM listed d
    GROUP BY d.matter_id
), gone AS (
    SELECT m.matter_id, MIN(l.listed_on) AS gone_on
    FROM of_matter m
    JOIN monthly_lists l ON l.listed_on > m.last_list_on
    CROSS JOIN run
    WHERE l.listed_on <= run.as_of
    GROUP BY m.matter_id
)
SELECT
    c.case_id AS subject_id,
    m.first_list_on,
    m.last_list_on,
    g.gone_on,
    m.wordings_count,
    m.listed_entries,
    CASE WHEN NOT (v.list_entries__list_id AND v.monthly_lists__listed_on AND v.cases__matter_id) THEN NULL
         WHEN c.matter_id IS NULL THEN NULL
         ELSE o.case_last_on = m.last_list_on END AS listing_followed
FROM cases c
JOIN case_coverage v ON v.subject_id = c.case_id
LEFT JOIN of_case o ON o.case_id = c.case_id
LEFT JOIN of_matter m ON m.matter_id = c.matter_id
LEFT JOIN gone g ON g.matter_id = c.matter_id
