-- Stages of a closed ordinary case without any document.
WITH present AS (
    SELECT d.case_id, l.stage
    FROM documents d
    CROSS JOIN run
    JOIN base b ON b.subject_id = d.case_id
    JOIN lists.stage_documents l ON l.kind = b.kind AND l.document_kind = d.kind
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
), stages AS (
    SELECT DISTINCT l.kind, l.stage, l.path, l.from_on, l.to_on
    FROM lists.stage_documents l
), needed AS (
    SELECT
        b.subject_id,
        l.stage,
        CASE l.path
            WHEN 'always' THEN TRUE
            WHEN 'major' THEN b.major
            WHEN 'decided' THEN b.decided
            WHEN 'granted' THEN b.granted
            WHEN 'problem_found' THEN b.problem_found END AS needed
    FROM base b
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN stages l ON l.kind = b.kind
        AND (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
    WHERE COALESCE(b.closed, TRUE) AND COALESCE(b.procedure, 'ordinary') = 'ordinary'
), missing AS (
    SELECT n.subject_id, n.stage,
           CASE WHEN NOT n.needed THEN 0
                WHEN EXISTS (SELECT 1 FROM present p WHERE p.case_id = n.subject_id AND p.stage = n.stage) THEN 0
                WHEN n.needed AND v.documents__kind AND v.documents__document_id THEN 1 END AS missing
    FROM needed n
    JOIN case_coverage v ON v.subject_id = n.subject_id
), counted AS (
    SELECT m.subject_id,
           SUM(m.missing) AS failed,
           SUM(CASE WHEN m.missing IS NULL THEN 1 ELSE 0 END) AS unknown
    FROM missing m
    GROUP BY m.subject_id
), named AS (
    SELECT m.subject_id, STRING_AGG(m.stage, ';' ORDER BY m.stage) AS stages
    FROM missing m
    WHERE m.missing = 1
    GROUP BY m.subject_id
)
SELECT
    b.subject_id,
    CASE WHEN c.subject_id IS NULL THEN 'not_applicable' ELSE 'due' END AS stages_scope,
    CASE WHEN NOT COALESCE(b.closed, FALSE) OR b.procedure IS NULL THEN NULL
         WHEN c.failed > 0 THEN c.failed
         WHEN c.unknown = 0 THEN 0 END AS stages_missing_count,
    n.stages AS stages_missing
FROM base b
LEFT JOIN counted c ON c.subject_id = b.subject_id
LEFT JOIN named n ON n.subject_id = b.subject_id
