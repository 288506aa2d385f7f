-- Documents that an archived volume must hold and does not.
WITH present AS (
    SELECT d.case_id, l.requirement
    FROM documents d
    CROSS JOIN run
    JOIN base b ON b.subject_id = d.case_id
    JOIN lists.required_documents l ON l.kind = b.kind AND l.procedure = b.procedure
        AND l.document_kind = d.kind
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
), requirements AS (
    SELECT DISTINCT l.kind, l.procedure, l.requirement, l.path, l.weight, l.from_on, l.to_on
    FROM lists.required_documents l
), needed AS (
    SELECT
        b.subject_id,
        l.requirement,
        l.weight,
        CASE l.path
            WHEN 'always' THEN TRUE
            WHEN 'major' THEN b.major
            WHEN 'decided' THEN b.decided
            WHEN 'penalised' THEN b.penalised
            WHEN 'plea' THEN b.plea
            WHEN 'hearing' THEN b.hearing
            WHEN 'fined' THEN b.fined
            WHEN 'published' THEN b.published
            WHEN 'granted' THEN b.granted END AS needed
    FROM base b
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN requirements l ON l.kind = b.kind AND l.procedure = b.procedure
        AND (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
    WHERE COALESCE(b.archived, TRUE)
), missing AS (
    SELECT n.subject_id, n.requirement, n.weight,
           CASE WHEN NOT n.needed THEN 0
                WHEN EXISTS (SELECT 1 FROM present p WHERE p.case_id = n.subject_id AND p.requirement = n.requirement) THEN 0
                WHEN n.needed AND v.documents__kind AND v.documents__document_id THEN 1 END AS missing
    FROM needed n
    JOIN case_coverage v ON v.subject_id = n.subject_id
), counted AS (
    SELECT m.subject_id,
           SUM(m.missing) AS failed,
           SUM(CASE WHEN m.missing = 1 THEN m.weight ELSE 0 END) AS weight,
           SUM(CASE WHEN m.missing IS NULL THEN 1 ELSE 0 END) AS unknown
    FROM missing m
    GROUP BY m.subject_id
), named AS (
    SELECT m.subject_id, STRING_AGG(m.requirement, ';' ORDER BY m.requirement) AS names
    FROM missing m
    WHERE m.missing = 1
    GROUP BY m.subject_id
)
SELECT
    b.subject_id,
    CASE WHEN c.subject_id IS NOT NULL THEN 'due'
         WHEN b.procedure IS NULL AND COALESCE(b.archived, TRUE) THEN 'due'
         ELSE 'not_applicable' END AS required_documents_scope,
    CASE WHEN c.failed > 0 AND b.archived THEN c.failed
         WHEN c.unknown = 0 AND b.archived THEN 0 END AS required_documents_missing_count,
    c.weight AS required_documents_missing_weight,
    n.names AS required_documents_missing
FROM base b
LEFT JOIN counted c ON c.subject_id = b.subject_id
LEFT JOIN named n ON n.subject_id = b.subject_id
