-- Acts of a case: certificate shown, reasons and rights told, the documents issued that same day.
WITH acts AS (
    SELECT
        e.case_id,
        e.event_id,
        e.kind,
        CAST(e.start_at AS DATE) AS start_on,
        COALESCE(CAST(e.end_at AS DATE), CAST(e.start_at AS DATE)) AS end_on,
        COALESCE(CAST(e.start_at AS DATE), s.period_on) AS law_on,
        e.certificate_shown,
        e.told_cause,
        e.told_basis,
        e.told_rights,
        e.told_duties,
        e.law_exception
    FROM events e
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = e.case_id
    WHERE e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of
), transcripts AS (
    SELECT d.event_id, d.document_id, COUNT(DISTINCT n.code) AS numbers
    FROM documents d
    CROSS JOIN run
    LEFT JOIN documents__certificate_nos n ON n.document_id = d.document_id
    WHERE d.kind = 'transcript' AND (d.made_on IS NULL OR d.made_on <= run.as_of)
    GROUP BY d.event_id, d.document_id
), numbered AS (
    -- The transcript with the fewest numbers counts; an exception in law needs one officer only.
    SELECT
        a.case_id,
        a.event_id,
        a.certificate_shown,
        MAX(CASE WHEN t.document_id IS NULL OR t.numbers >= l.numbers THEN 0
                 WHEN t.numbers >= 1 AND a.law_exception IS NOT NULL THEN 0
                 WHEN t.numbers > 0 OR v.documents__certificate_nos THEN 1 END) AS too_few,
        SUM(CASE WHEN t.numbers = 0 AND NOT v.documents__certificate_nos THEN 1 ELSE 0 END) AS unknown
    FROM acts a
    JOIN case_coverage v ON v.subject_id = a.case_id
    JOIN lists.identity_events l ON l.event_kind = a.kind
        AND (l.from_on IS NULL OR l.from_on <= a.law_on)
        AND (l.to_on IS NULL OR l.to_on >= a.law_on)
    LEFT JOIN transcripts t ON t.event_id = a.event_id
    GROUP BY a.case_id, a.event_id, a.certificate_shown
), unwritten AS (
    -- Acts that need a transcript and left none: nothing says in writing what was shown.
    SELECT a.event_id, COUNT(d.document_id) AS papers
    FROM acts a
    CROSS JOIN run
    JOIN base b ON b.subject_id = a.case_id
    JOIN lists.event_documents l ON l.event_kind = a.kind AND l.requirement = 'transcript'
        AND (l.case_kind IS NULL OR l.case_kind = b.kind)
        AND (l.from_on IS NULL OR l.from_on <= a.law_on)
        AND (l.to_on IS NULL OR l.to_on >= a.law_on)
    LEFT JOIN documents d ON d.case_id = a.case_id AND d.kind = l.document_kind
        AND (d.event_id = a.event_id OR d.event_id IS NULL)
        AND (d.made_on IS NULL OR d.made_on <= run.as_of)
    GROUP BY a.event_id
    HAVING COUNT(d.document_id) = 0
), filmed AS (
    SELECT r.event_id, COUNT(*) AS recordings
    FROM recordings r
    CROSS JOIN run
    WHERE r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of
    GROUP BY r.event_id
), shown AS (
    -- Without a transcript a recording of the act may bear the showing out (处罚法 47, 55).
    SELECT
        n.case_id,
        n.event_id,
        CASE WHEN NOT n.certificate_shown OR n.too_few = 1 THEN 1
             WHEN n.certificate_shown IS NULL THEN CASE WHEN v.events__certificate_shown THEN 1 END
             WHEN NOT v.documents__kind OR NOT v.documents__event_id THEN NULL
             WHEN u.event_id IS NOT NULL AND f.event_id IS NULL THEN
                  CASE WHEN v.recordings__recording_id AND v.recordings__event_id THEN 1 END
             WHEN n.unknown = 0 THEN 0 END AS failed
    FROM numbered n
    JOIN case_coverage v ON v.subject_id = n.case_id
    LEFT JOIN unwritten u ON u.event_id = n.event_id
    LEFT JOIN filmed f ON f.event_id = n.event_id
), told AS (
    SELECT
        a.case_id,
        a.event_id,
        CASE WHEN NOT a.told_cause OR NOT a.told_basis OR NOT a.told_rights OR NOT a.told_duties THEN 1
             WHEN a.told_cause IS NULL AND v.events__told_cause
                  OR a.told_basis IS NULL AND v.events__told_basis
                  OR a.told_rights IS NULL AND v.events__told_rights
                  OR a.told_duties IS NULL AND v.events__told_duties THEN 1
             WHEN a.told_cause AND a.told_basis AND a.told_rights AND a.told_duties THEN 0 END AS failed
    FROM acts a
    JOIN case_coverage v ON v.subject_id = a.case_id
    JOIN lists.told_events l ON l.event_kind = a.kind
        AND (l.from_on IS NULL OR l.from_on <= a.law_on)
        AND (l.to_on IS NULL OR l.to_on >= a.law_on)
), compared AS (
    SELECT
        a.case_id,
        a.event_id,
        l.requirement,
        CASE WHEN d.document_id IS NULL THEN CASE WHEN v.documents__kind THEN 0 END
             WHEN d.made_on < a.start_on OR d.made_on > a.end_on THEN 0
             WHEN d.made_on IS NULL AND v.documents__made_on THEN 0
             WHEN l.on_spot AND NOT d.delivered_on_spot THEN 0
             WHEN l.on_spot AND d.delivered_on_spot IS NULL AND v.documents__delivered_on_spot THEN 0
             WHEN d.made_on >= a.start_on AND d.made_on <= a.end_on
                  AND (NOT l.on_spot OR d.delivered_on_spot) THEN 1 END AS issued
    FROM acts a
    CROSS JOIN run
    JOIN base b ON b.subject_id = a.case_id
    JOIN case_coverage v ON v.subject_id = a.case_id
    JOIN lists.event_documents l ON l.event_kind = a.kind
        AND (l.case_kind IS NULL OR l.case_kind = b.kind)
        AND (l.from_on IS NULL OR l.from_on <= a.law_on)
        AND (l.to_on IS NULL OR l.to_on >= a.law_on)
    LEFT JOIN documents d ON d.case_id = a.case_id AND d.kind = l.document_kind
        AND (d.event_id = a.event_id OR d.event_id IS NULL)
        AND (d.made_on IS NULL OR d.made_on <= run.as_of)
), issued AS (
    SELECT c.case_id, c.event_id, c.requirement,
           CASE WHEN MAX(c.issued) = 1 THEN 0
                WHEN SUM(CASE WHEN c.issued IS NULL THEN 1 ELSE 0 END) = 0 THEN 1 END AS failed
    FROM compared c
    GROUP BY c.case_id, c.event_id, c.requirement
), shown_counts AS (
    SELECT x.case_id,
           SUM(CASE WHEN x.failed = 1 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN x.failed IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('events' || '/' || x.event_id, ';' ORDER BY x.event_id) FILTER (WHERE x.failed = 1) AS ids
    FROM shown x
    GROUP BY x.case_id
), told_counts AS (
    SELECT x.case_id,
           SUM(CASE WHEN x.failed = 1 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN x.failed IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('events' || '/' || x.event_id, ';' ORDER BY x.event_id) FILTER (WHERE x.failed = 1) AS ids
    FROM told x
    GROUP BY x.case_id
), issued_counts AS (
    SELECT x.case_id,
           SUM(CASE WHEN x.failed = 1 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN x.failed IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(x.requirement, ';' ORDER BY x.requirement, x.event_id) FILTER (WHERE x.failed = 1) AS names,
           STRING_AGG('events' || '/' || x.event_id, ';' ORDER BY x.event_id, x.requirement) FILTER (WHERE x.failed = 1) AS ids
    FROM issued x
    GROUP BY x.case_id
), answers AS (
    SELECT b.subject_id,
           v.events__event_id AND v.events__kind AS acts_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
)
SELECT
    a.subject_id,
    CASE WHEN s.case_id IS NULL AND a.acts_known THEN 'not_applicable' ELSE 'due' END AS identity_scope,
    CASE WHEN s.failed > 0 THEN s.failed
         WHEN s.unknown = 0 AND a.acts_known THEN 0 END AS certificate_faults_count,
    s.ids AS certificate_faults,
    CASE WHEN t.case_id IS NULL AND a.acts_known THEN 'not_applicable' ELSE 'due' END AS told_scope,
    CASE WHEN t.failed > 0 THEN t.failed
         WHEN t.unknown = 0 AND a.acts_known THEN 0 END AS not_told_count,
    t.ids AS not_told,
    CASE WHEN i.case_id IS NULL AND a.acts_known THEN 'not_applicable' ELSE 'due' END AS event_documents_scope,
    CASE WHEN i.failed > 0 THEN i.failed
         WHEN i.unknown = 0 AND a.acts_known THEN 0 END AS event_documents_missing_count,
    i.names AS event_documents_missing,
    i.ids AS event_documents_evidence
FROM answers a
LEFT JOIN shown_counts s ON s.case_id = a.subject_id
LEFT JOIN told_counts t ON t.case_id = a.subject_id
LEFT JOIN issued_counts i ON i.case_id = a.subject_id
