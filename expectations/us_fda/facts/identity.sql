-- Can a letter be told from every other, and who issued it?
WITH shared AS (
    SELECT c.letter_no, STRING_AGG('cases' || '/' || c.case_id, ';' ORDER BY c.case_id) AS ids
    FROM cases c
    WHERE c.letter_no IS NOT NULL
    GROUP BY c.letter_no
)
SELECT
    c.case_id AS subject_id,
    c.letter_no,
    s.ids AS letters_of_number,
    CASE WHEN u.unit_id IS NOT NULL THEN 1
         WHEN v.cases__unit_id AND v.units__unit_id THEN 0 END AS offices_count
FROM cases c
JOIN case_coverage v ON v.subject_id = c.case_id
LEFT JOIN shared s ON s.letter_no = c.letter_no
LEFT JOIN units u ON u.unit_id = c.unit_id
