-- The volume: filed away in time, complete, well formed, with a lawful term of keeping, its
-- sensitive papers marked.
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
), prolonged AS (
    SELECT x.case_id, COUNT(*) AS times
    FROM extensions x
    CROSS JOIN run
    WHERE x.clock = 'coercion' AND x.approved_on <= run.as_of
    GROUP BY x.case_id
), released AS (
    SELECT e.case_id, COUNT(*) AS times
    FROM events e
    CROSS JOIN run
    WHERE e.released_on <= run.as_of
    GROUP BY e.case_id
), enforced AS (
    SELECT f.case_id,
           COUNT(CASE WHEN f.demand_served_on <= run.as_of THEN 1 END) AS demanded,
           COUNT(CASE WHEN f.court_applied_on <= run.as_of THEN 1 END) AS applied
    FROM enforcements f
    CROSS JOIN run
    GROUP BY f.case_id
), requested AS (
    SELECT y.case_id, COUNT(*) AS times
    FROM levies y
    CROSS JOIN run
    WHERE y.transfer_requested_on <= run.as_of
    GROUP BY y.case_id
), prior AS (
    -- Articles that may only be applied after an order to correct was not obeyed.
    SELECT k.case_id,
           COUNT(CASE WHEN a.needs_prior_order THEN 1 END) AS surely,
           COUNT(CASE WHEN a.needs_prior_order IS NULL AND (a.basis_code IS NULL OR NOT v.law_articles__needs_prior_order) THEN 1 END) AS unknown
    FROM cases__basis_codes k
    JOIN case_coverage v ON v.subject_id = k.case_id
    LEFT JOIN law_articles a ON a.basis_code = k.code
    GROUP BY k.case_id
), ways AS (
    -- What each case went through; the papers of its way are looked up afterwards.
    SELECT
        b.subject_id, b.kind, b.procedure, s.period_on, b.major, b.decided, b.penalised, b.plea, b.hearing,
        b.fined, b.published, b.granted,
        b.penalised
            AND CASE WHEN o.surely > 0 THEN TRUE
                     WHEN o.unknown > 0 OR o.case_id IS NULL AND NOT v.cases__basis_codes THEN NULL
                     ELSE FALSE END AS prior_order,
        CASE WHEN p.times > 0 THEN TRUE WHEN v.extensions__clock AND v.extensions__approved_on THEN FALSE END AS extended,
        CASE WHEN r.times > 0 THEN TRUE WHEN v.events__released_on THEN FALSE END AS released,
        CASE WHEN f.demanded > 0 THEN TRUE WHEN v.enforcements__demand_served_on THEN FALSE END AS demanded,
        CASE WHEN f.applied > 0 THEN TRUE WHEN v.enforcements__court_applied_on THEN FALSE END AS court_applied,
        CASE WHEN y.times > 0 THEN TRUE WHEN v.levies__transfer_requested_on THEN FALSE END AS transfer_requested,
        v.documents__kind AND v.documents__document_id AS known
    FROM base b
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN prior o ON o.case_id = b.subject_id
    LEFT JOIN prolonged p ON p.case_id = b.subject_id
    LEFT JOIN released r ON r.case_id = b.subject_id
    LEFT JOIN enforced f ON f.case_id = b.subject_id
    LEFT JOIN requested y ON y.case_id = b.subject_id
    WHERE COALESCE(b.archived, TRUE)
), asked AS (
    SELECT DISTINCT w.subject_id
    FROM ways w
    JOIN requirements l ON l.kind = w.kind AND l.procedure = w.procedure
        AND (l.from_on IS NULL OR l.from_on <= w.period_on)
        AND (l.to_on IS NULL OR l.to_on >= w.period_on)
), needed AS (
    SELECT
        w.subject_id,
        l.requirement,
        l.weight,
        w.known,
        CASE l.path
            WHEN 'always' THEN TRUE
            WHEN 'major' THEN w.major
            WHEN 'decided' THEN w.decided
            WHEN 'penalised' THEN w.penalised
            WHEN 'prior_order' THEN w.prior_order
            WHEN 'plea' THEN w.plea
            WHEN 'hearing' THEN w.hearing
            WHEN 'fined' THEN w.fined
            WHEN 'published' THEN w.published
            WHEN 'granted' THEN w.granted
            WHEN 'extended' THEN w.extended
            WHEN 'released' THEN w.released
            WHEN 'demanded' THEN w.demanded
            WHEN 'court_applied' THEN w.court_applied
            WHEN 'transfer_requested' THEN w.transfer_requested END AS needed
    FROM ways w
    JOIN requirements l ON l.kind = w.kind AND l.procedure = w.procedure
        AND (l.from_on IS NULL OR l.from_on <= w.period_on)
        AND (l.to_on IS NULL OR l.to_on >= w.period_on)
), missing AS (
    -- What is not needed or is there is no fault: most of it, and left out before anything is counted.
    SELECT n.subject_id, n.requirement, n.weight, CASE WHEN n.needed AND n.known THEN 1 END AS missing
    FROM needed n
    LEFT JOIN present p ON p.case_id = n.subject_id AND p.requirement = n.requirement
    WHERE COALESCE(n.needed, TRUE) AND p.case_id IS NULL
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
), volume AS (
    SELECT
        o.case_id,
        COUNT(*) AS volumes,
        SUM(o.index_rows) AS index_rows,
        MAX(CASE WHEN o.index_rows IS NULL THEN 1 ELSE 0 END) AS index_missing,
        SUM(o.page_count) AS page_count,
        MAX(CASE WHEN o.note_signed THEN 0 WHEN o.note_signed IS NULL AND NOT v.volumes__note_signed THEN 0 ELSE 1 END) AS unsigned,
        MAX(CASE WHEN o.note_signed IS NULL AND NOT v.volumes__note_signed THEN 1 ELSE 0 END) AS signature_unknown,
        MIN(o.volume_id) AS first_id
    FROM volumes o
    JOIN case_coverage v ON v.subject_id = o.case_id
    GROUP BY o.case_id
), several AS (
    -- Most cases have one volume: only several are put in order.
    SELECT o.case_id, STRING_AGG('volumes' || '/' || o.volume_id, ';' ORDER BY o.volume_id) AS ids
    FROM volume w
    JOIN volumes o ON o.case_id = w.case_id
    WHERE w.volumes > 1
    GROUP BY o.case_id
), papers AS (
    -- The index and the note may be listed and numbered, or not.
    SELECT
        d.case_id,
        d.page_from,
        d.page_to,
        CASE WHEN d.kind IN ('volume_index', 'volume_note') THEN 0
             WHEN d.kind IS NOT NULL OR v.documents__kind THEN 1 END AS listed
    FROM documents d
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = d.case_id
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
), numbered AS (
    SELECT p.case_id, p.page_from, p.page_to,
           LAG(p.page_to) OVER (PARTITION BY p.case_id ORDER BY p.page_from, p.page_to) AS page_before
    FROM papers p
    WHERE p.page_from IS NOT NULL AND p.page_to IS NOT NULL
), breaks AS (
    SELECT
        n.case_id,
        MAX(n.page_to) AS last_page,
        MAX(CASE WHEN n.page_from <> COALESCE(n.page_before, 0) + 1 OR n.page_to < n.page_from THEN 1 ELSE 0 END) AS broken
    FROM numbered n
    GROUP BY n.case_id
), pages AS (
    SELECT
        p.case_id,
        COUNT(*) AS papers,
        SUM(p.listed) AS listed,
        MAX(CASE WHEN p.listed IS NULL THEN 1 ELSE 0 END) AS kind_unknown,
        MAX(CASE WHEN p.listed = 1 AND (p.page_from IS NULL OR p.page_to IS NULL) THEN 1 ELSE 0 END) AS unnumbered,
        MAX(CASE WHEN p.listed IS NULL AND (p.page_from IS NULL OR p.page_to IS NULL) THEN 1 ELSE 0 END) AS unclear
    FROM papers p
    GROUP BY p.case_id
), bound AS (
    SELECT
        b.subject_id,
        b.archived,
        v.volumes__volume_id AS known,
        CASE WHEN o.volumes > 1 THEN 1
             WHEN NOT v.volumes__volume_id THEN NULL
             WHEN o.volumes = 1 THEN 0 ELSE 1 END AS number_fault,
        CASE WHEN o.case_id IS NULL THEN 0
             WHEN o.index_missing = 1 THEN CASE WHEN v.volumes__index_rows THEN 1 END
             WHEN NOT v.documents__document_id THEN NULL
             WHEN o.index_rows = COALESCE(p.papers, 0) THEN 0
             WHEN p.kind_unknown = 1 THEN NULL
             WHEN o.index_rows = p.listed THEN 0 ELSE 1 END AS contents_fault,
        CASE WHEN o.case_id IS NULL OR o.volumes > 1 THEN 0
             WHEN NOT v.documents__document_id THEN NULL
             WHEN p.unnumbered = 1 THEN CASE WHEN v.documents__page_from AND v.documents__page_to THEN 1 END
             WHEN k.broken = 1 THEN 1
             WHEN p.unclear = 1 THEN NULL
             WHEN k.last_page <> o.page_count THEN 1 ELSE 0 END AS pages_fault,
        CASE WHEN o.case_id IS NULL THEN 0
             WHEN o.unsigned = 1 THEN 1
             WHEN o.signature_unknown = 0 THEN 0 END AS signature_fault
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN volume o ON o.case_id = b.subject_id
    LEFT JOIN pages p ON p.case_id = b.subject_id
    LEFT JOIN breaks k ON k.case_id = b.subject_id
    WHERE COALESCE(b.archived, TRUE)
), volume_parts AS (
    SELECT n.subject_id, 'volume_number' AS part, n.number_fault AS fault FROM bound n
    UNION ALL
    SELECT n.subject_id, 'volume_contents' AS part, n.contents_fault AS fault FROM bound n
    UNION ALL
    SELECT n.subject_id, 'volume_pages' AS part, n.pages_fault AS fault FROM bound n
    UNION ALL
    SELECT n.subject_id, 'volume_signature' AS part, n.signature_fault AS fault FROM bound n
), volume_faults AS (
    SELECT
        p.subject_id,
        SUM(p.fault) AS failed,
        SUM(CASE WHEN p.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
        STRING_AGG(p.part, ';' ORDER BY p.part) FILTER (WHERE p.fault = 1) AS parts
    FROM volume_parts p
    WHERE COALESCE(p.fault, 1) = 1
    GROUP BY p.subject_id
), terms AS (
    SELECT
        o.case_id,
        o.volume_id,
        CASE WHEN o.permanent THEN 0
             WHEN o.retention_years IS NULL AND NOT (v.volumes__retention_years AND v.volumes__permanent) THEN NULL
             WHEN o.retention_years >= q.retention_minimum AND MAX(l.years) = o.retention_years THEN 0
             WHEN o.permanent IS NULL AND NOT v.volumes__permanent THEN NULL
             ELSE 1 END AS fault
    FROM volumes o
    JOIN subjects s ON s.subject_id = o.case_id
    JOIN case_coverage v ON v.subject_id = o.case_id
    JOIN case_parameters q ON q.subject_id = o.case_id
    LEFT JOIN lists.retention_terms l ON l.years = o.retention_years
        AND (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
    GROUP BY o.case_id, o.volume_id, o.permanent, o.retention_years, q.retention_minimum,
        v.volumes__retention_years, v.volumes__permanent
), kept AS (
    SELECT
        t.case_id,
        SUM(t.fault) AS failed,
        SUM(CASE WHEN t.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
        STRING_AGG('volumes' || '/' || t.volume_id, ';' ORDER BY t.volume_id) FILTER (WHERE t.fault = 1) AS ids
    FROM terms t
    GROUP BY t.case_id
), marked AS (
    SELECT DISTINCT
        d.case_id,
        d.document_id,
        CASE WHEN d.sensitivity IS NULL AND v.documents__sensitivity THEN 1
             WHEN d.access_level IS NULL AND v.documents__access_level THEN 1
             WHEN d.sensitivity IS NOT NULL AND d.access_level IS NOT NULL THEN 0 END AS fault
    FROM documents__content_flags f
    JOIN documents d ON d.document_id = f.document_id
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN lists.sensitive_content l ON l.flag = f.code
        AND (l.from_on IS NULL OR l.from_on <= COALESCE(s.period_on, d.made_on))
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(s.period_on, d.made_on))
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
), sensitive AS (
    SELECT
        m.case_id,
        SUM(m.fault) AS failed,
        SUM(CASE WHEN m.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
        STRING_AGG('documents' || '/' || m.document_id, ';' ORDER BY m.document_id) FILTER (WHERE m.fault = 1) AS ids
    FROM marked m
    GROUP BY m.case_id
), sensitive_duty AS (
    SELECT DISTINCT s.subject_id
    FROM subjects s
    JOIN lists.sensitive_content l ON (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
)
SELECT
    b.subject_id,
    CASE WHEN a.subject_id IS NOT NULL THEN 'due'
         WHEN b.procedure IS NULL AND COALESCE(b.archived, TRUE) THEN 'due'
         ELSE 'not_applicable' END AS required_documents_scope,
    CASE WHEN c.failed > 0 AND b.archived THEN c.failed
         WHEN a.subject_id IS NOT NULL AND COALESCE(c.unknown, 0) = 0 AND b.archived THEN 0 END AS required_documents_missing_count,
    CASE WHEN a.subject_id IS NOT NULL THEN COALESCE(c.weight, 0) END AS required_documents_missing_weight,
    n.names AS required_documents_missing,
    b.closed AS archive_duty,
    k.closed_on AS archive_from_on,
    k.archived_on AS filed_away_on,
    v.cases__archived_on AS filing_away_known,
    CASE WHEN NOT b.archived THEN 'not_applicable' ELSE 'due' END AS volume_scope,
    CASE WHEN NOT b.archived OR b.archived IS NULL THEN NULL
         WHEN f.failed > 0 THEN f.failed
         WHEN COALESCE(f.unknown, 0) = 0 THEN 0 END AS volume_fault_count,
    CASE WHEN b.archived THEN f.parts END AS volume_faults,
    CASE WHEN o.volumes = 1 THEN 'volumes' || '/' || o.first_id ELSE w.ids END AS volume_evidence,
    CASE WHEN NOT b.archived THEN 'not_applicable'
         WHEN q.retention_minimum IS NULL THEN 'not_applicable'
         WHEN t.case_id IS NULL AND v.volumes__volume_id THEN 'not_applicable'
         ELSE 'due' END AS retention_scope,
    CASE WHEN b.archived IS NULL THEN NULL
         WHEN t.failed > 0 THEN t.failed
         WHEN t.unknown = 0 AND v.volumes__volume_id THEN 0 END AS retention_unset_count,
    t.ids AS retention_evidence,
    CASE WHEN e.case_id IS NOT NULL THEN 'due'
         WHEN z.subject_id IS NULL THEN 'not_applicable'
         WHEN v.documents__document_id AND v.documents__content_flags THEN 'not_applicable'
         ELSE 'due' END AS sensitivity_scope,
    CASE WHEN e.failed > 0 THEN e.failed
         WHEN e.unknown = 0 AND v.documents__document_id AND v.documents__content_flags THEN 0
    END AS sensitivity_unmarked_count,
    e.ids AS sensitivity_evidence
FROM base b
JOIN cases k ON k.case_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
LEFT JOIN volume_faults f ON f.subject_id = b.subject_id
LEFT JOIN volume o ON o.case_id = b.subject_id
LEFT JOIN several w ON w.case_id = b.subject_id
LEFT JOIN kept t ON t.case_id = b.subject_id
LEFT JOIN sensitive e ON e.case_id = b.subject_id
LEFT JOIN sensitive_duty z ON z.subject_id = b.subject_id
LEFT JOIN asked a ON a.subject_id = b.subject_id
LEFT JOIN counted c ON c.subject_id = b.subject_id
LEFT JOIN named n ON n.subject_id = b.subject_id
