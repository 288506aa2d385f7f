-- Written records: every stage on paper; transcripts, signatures, decisions and forms as they must
-- be; no officer in two places at once.
WITH present AS (
    SELECT DISTINCT d.case_id, l.stage
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
            WHEN 'problem_found' THEN b.problem_found END AS needed,
        v.documents__kind AND v.documents__document_id AS known
    FROM base b
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN stages l ON l.kind = b.kind
        AND (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
    WHERE COALESCE(b.closed, TRUE) AND COALESCE(b.procedure, 'ordinary') = 'ordinary'
), missing AS (
    SELECT n.subject_id, n.stage,
           CASE WHEN NOT n.needed OR p.case_id IS NOT NULL THEN 0
                WHEN n.needed AND n.known THEN 1 END AS missing
    FROM needed n
    LEFT JOIN present p ON p.case_id = n.subject_id AND p.stage = n.stage
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
), crews AS (
    SELECT o.event_id, COUNT(DISTINCT o.officer_id) AS officers
    FROM event_officers o
    GROUP BY o.event_id
), scripts AS (
    -- What the paper says; where the record of the act says otherwise, the paper does not count.
    SELECT d.document_id, d.case_id, COALESCE(d.made_on, s.period_on) AS day_on,
           ';' || REPLACE(d.elements, ' ', '') || ';' AS elements,
           d.elements IS NOT NULL OR v.documents__elements AS known,
           e.end_at <= e.start_at AS wrong_time,
           e.event_id IS NOT NULL AND v.event_officers__officer_id
               AND e.law_exception IS NULL AND COALESCE(c.officers, 0) < q.officers_minimum AS too_few
    FROM documents d
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    LEFT JOIN events e ON e.event_id = d.event_id
    LEFT JOIN crews c ON c.event_id = d.event_id
    WHERE d.kind = 'transcript' AND (d.made_on IS NULL OR d.made_on <= run.as_of)
), script_elements AS (
    SELECT
        p.case_id,
        p.document_id,
        CASE WHEN l.element = 'time' AND p.wrong_time THEN 1
             WHEN l.element = 'officers' AND p.too_few THEN 1
             WHEN STRPOS(p.elements, ';' || l.element || ';') > 0 THEN 0
             WHEN p.known THEN 1 END AS fault
    FROM scripts p
    JOIN lists.transcript_elements l ON (l.from_on IS NULL OR l.from_on <= p.day_on)
        AND (l.to_on IS NULL OR l.to_on >= p.day_on)
), script_counted AS (
    SELECT f.case_id, SUM(f.fault) AS failed,
           SUM(CASE WHEN f.fault IS NULL THEN 1 ELSE 0 END) AS unknown
    FROM script_elements f
    GROUP BY f.case_id
), script_ids AS (
    SELECT f.case_id, STRING_AGG('documents' || '/' || f.document_id, ';' ORDER BY f.document_id) AS ids
    FROM (SELECT DISTINCT x.case_id, x.document_id FROM script_elements x WHERE x.fault = 1) f
    GROUP BY f.case_id
), filmed AS (
    SELECT r.event_id, COUNT(*) AS films
    FROM recordings r
    CROSS JOIN run
    WHERE r.event_id IS NOT NULL AND (r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of)
    GROUP BY r.event_id
), signable AS (
    SELECT
        d.case_id,
        d.document_id,
        l.procedure IS NOT NULL AND b.procedure IS NULL AS perhaps,
        CASE WHEN d.signed_by_officers >= l.officers OR l.officers = 0 THEN 0
             WHEN d.signed_by_officers IS NOT NULL OR v.documents__signed_by_officers THEN 1 END AS officers_fault,
        CASE WHEN l.party = 0 OR d.party_signed THEN 0
             WHEN d.refusal_note AND CASE WHEN d.witness THEN 1 ELSE 0 END
                      + CASE WHEN f.films > 0 THEN 1 ELSE 0 END >= COALESCE(q.refusal_proofs_minimum, 0) THEN 0
             WHEN d.party_signed IS NULL AND NOT v.documents__party_signed THEN NULL
             WHEN d.refusal_note IS NULL AND NOT v.documents__refusal_note THEN NULL
             WHEN d.refusal_note AND (d.witness IS NULL AND NOT v.documents__witness
                      OR NOT (v.recordings__recording_id AND v.recordings__event_id)) THEN NULL
             ELSE 1 END AS party_fault
    FROM (
        SELECT x.case_id, x.document_id, x.kind, x.event_id, x.made_on, x.signed_by_officers, x.party_signed, x.refusal_note, x.witness
        FROM documents x
        JOIN (SELECT DISTINCT y.document_kind FROM lists.signed_documents y) k ON k.document_kind = x.kind
    ) d
    CROSS JOIN run
    JOIN base b ON b.subject_id = d.case_id
    JOIN subjects s ON s.subject_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    JOIN lists.signed_documents l ON l.document_kind = d.kind
        AND (l.procedure IS NULL OR COALESCE(b.procedure, l.procedure) = l.procedure)
        AND (l.from_on IS NULL OR l.from_on <= COALESCE(d.made_on, s.period_on))
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(d.made_on, s.period_on))
    LEFT JOIN filmed f ON f.event_id = d.event_id
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
), signed AS (
    SELECT g.case_id, g.document_id,
           CASE WHEN g.officers_fault = 0 AND g.party_fault = 0 THEN 0
                WHEN g.perhaps THEN NULL
                WHEN g.officers_fault = 1 OR g.party_fault = 1 THEN 1 END AS fault
    FROM signable g
), signed_counted AS (
    SELECT g.case_id, SUM(g.fault) AS failed,
           SUM(CASE WHEN g.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('documents' || '/' || g.document_id, ';' ORDER BY g.document_id) FILTER (WHERE g.fault = 1) AS ids
    FROM signed g
    GROUP BY g.case_id
), decisions AS (
    SELECT d.case_id, d.document_id, COALESCE(d.made_on, b.decided_on) AS day_on,
           ';' || REPLACE(d.elements, ' ', '') || ';' AS elements,
           d.elements IS NOT NULL OR v.documents__elements AS known,
           CASE WHEN d.seal_organ = k.acting_name OR d.seal_organ = o.name THEN 0
                WHEN d.seal_organ IS NULL THEN CASE WHEN v.documents__seal_organ THEN 1 END
                WHEN k.acting_name IS NULL AND (o.name IS NULL OR NOT v.cases__acting_name) THEN NULL
                ELSE 1 END AS seal_fault
    FROM documents d
    CROSS JOIN run
    JOIN base b ON b.subject_id = d.case_id
    JOIN cases k ON k.case_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    LEFT JOIN organs o ON o.organ_id = k.organ_id
    WHERE d.kind = 'decision' AND b.kind = 'penalty' AND COALESCE(b.procedure, 'ordinary') = 'ordinary'
        AND COALESCE(b.penalised, TRUE) AND (d.made_on IS NULL OR d.made_on <= run.as_of)
), decision_codes AS (
    SELECT d.case_id, d.document_id, d.known, l.requirement,
           STRPOS(COALESCE(d.elements, ''), ';' || l.element || ';') = 0 AS missing
    FROM decisions d
    JOIN lists.decision_elements l ON (l.from_on IS NULL OR l.from_on <= d.day_on)
        AND (l.to_on IS NULL OR l.to_on >= d.day_on)
), decision_parts AS (
    SELECT
        d.case_id,
        d.document_id,
        d.requirement AS part,
        MAX(CASE WHEN d.known THEN 1 END) AS fault
    FROM decision_codes d
    WHERE d.missing
    GROUP BY d.case_id, d.document_id, d.requirement
    UNION ALL
    SELECT d.case_id, d.document_id, 'decision_seal' AS part, d.seal_fault AS fault
    FROM decisions d
    WHERE COALESCE(d.seal_fault, 1) = 1
), decision_by_part AS (
    SELECT p.case_id, p.part, SUM(p.fault) AS failed,
           SUM(CASE WHEN p.fault IS NULL THEN 1 ELSE 0 END) AS unknown
    FROM decision_parts p
    GROUP BY p.case_id, p.part
), decision_counted AS (
    SELECT p.case_id, SUM(p.failed) AS failed, SUM(p.unknown) AS unknown,
           MAX(CASE WHEN p.failed > 0 AND p.part IN ('decision_seal', 'decision_remedies') THEN 1 ELSE 0 END) AS void,
           STRING_AGG(p.part, ';' ORDER BY p.part) FILTER (WHERE p.failed > 0) AS parts
    FROM decision_by_part p
    GROUP BY p.case_id
), decision_ids AS (
    SELECT d.case_id, STRING_AGG('documents' || '/' || d.document_id, ';' ORDER BY d.document_id) AS ids
    FROM decisions d
    GROUP BY d.case_id
), papers AS (
    SELECT d.case_id, d.document_id, d.kind, d.template_code, s.organ_id, run.as_of,
           COALESCE(d.made_on, s.period_on) AS day_on,
           d.template_code IS NOT NULL OR v.documents__template_code AS code_known,
           v.templates__from_on AND v.templates__to_on AS dates_known,
           v.templates__filed_with_justice_on AS filing_known,
           q.form_filings_minimum
    FROM documents d
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    WHERE d.made_on IS NULL OR d.made_on <= run.as_of
), right_forms AS (
    -- Most papers are on the form that is in force and filed: no other form is looked at for them.
    SELECT p.*, CASE WHEN t.template_code IS NOT NULL THEN 1 ELSE 0 END AS on_form
    FROM papers p
    LEFT JOIN templates t ON t.document_kind = p.kind AND t.template_code = p.template_code
        AND COALESCE(t.organ_id, p.organ_id) = p.organ_id
        AND (t.from_on IS NULL OR t.from_on <= p.day_on)
        AND (t.to_on IS NULL OR p.day_on < t.to_on)
        AND t.filed_with_justice_on <= p.as_of
        AND p.dates_known AND p.form_filings_minimum <= 1
), forms AS (
    -- The forms registered for the kind on the day of each paper.
    SELECT
        p.case_id,
        p.document_id,
        CASE WHEN MAX(CASE WHEN t.template_code = p.template_code THEN 1 ELSE 0 END) = 0
                  THEN CASE WHEN p.code_known THEN 1 END
             WHEN NOT p.dates_known THEN NULL
             WHEN MAX(CASE WHEN t.template_code = p.template_code AND t.filed_with_justice_on <= p.as_of THEN 1 ELSE 0 END)
                  >= p.form_filings_minimum THEN 0
             WHEN p.filing_known OR MAX(CASE WHEN t.template_code = p.template_code AND t.filed_with_justice_on IS NULL THEN 1 ELSE 0 END) = 0
                  THEN 1 END AS fault
    FROM right_forms p
    JOIN templates t ON t.document_kind = p.kind
        AND COALESCE(t.organ_id, p.organ_id) = p.organ_id
        AND (t.from_on IS NULL OR t.from_on <= p.day_on)
        AND (t.to_on IS NULL OR p.day_on < t.to_on)
    WHERE p.on_form = 0
    GROUP BY p.case_id, p.document_id, p.code_known, p.dates_known, p.filing_known, p.form_filings_minimum
    UNION ALL
    SELECT DISTINCT p.case_id, CAST(NULL AS VARCHAR) AS document_id, 0 AS fault
    FROM right_forms p
    WHERE p.on_form = 1
), formed_counted AS (
    SELECT f.case_id, SUM(f.fault) AS failed,
           SUM(CASE WHEN f.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('documents' || '/' || f.document_id, ';' ORDER BY f.document_id) FILTER (WHERE f.fault = 1) AS ids
    FROM forms f
    GROUP BY f.case_id
), tolerance AS (
    SELECT MAX(q.officer_overlap_tolerance) AS overlap_seconds
    FROM case_parameters q
), spans AS (
    -- Where each officer was, and when, in all cases.
    SELECT o.officer_id, e.event_id, e.case_id, e.place,
           EPOCH(e.start_at) AS span_from,
           EPOCH(e.end_at) - t.overlap_seconds AS span_to
    FROM events e
    CROSS JOIN run
    CROSS JOIN tolerance t
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.place IS NOT NULL AND CAST(e.start_at AS DATE) <= run.as_of
), busy AS (
    -- Officers with an act that begins while an earlier one still runs: most have none.
    SELECT DISTINCT w.officer_id
    FROM (
        SELECT s.officer_id, s.span_from,
               MAX(s.span_to) OVER (PARTITION BY s.officer_id ORDER BY s.span_from
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_to
        FROM spans s
        WHERE s.span_to > s.span_from
    ) w
    WHERE w.taken_to > w.span_from
), moments AS (
    SELECT s.officer_id, s.event_id, s.place, s.span_from AS moment, 1 AS opens, 1 AS step
    FROM busy y
    JOIN spans s ON s.officer_id = y.officer_id AND s.span_to > s.span_from
    UNION ALL
    SELECT s.officer_id, s.event_id, s.place, s.span_to AS moment, 0 AS opens, -1 AS step
    FROM busy y
    JOIN spans s ON s.officer_id = y.officer_id AND s.span_to > s.span_from
), open_acts AS (
    -- How many acts of the officer run at each moment: anywhere, and at this place.
    SELECT m.officer_id, m.event_id, m.opens,
           SUM(m.step) OVER (PARTITION BY m.officer_id ORDER BY m.moment, m.opens, m.event_id
                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS anywhere,
           SUM(m.step) OVER (PARTITION BY m.officer_id, m.place ORDER BY m.moment, m.opens, m.event_id
                             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS here
    FROM moments m
), double AS (
    SELECT s.officer_id, s.event_id, s.case_id, s.place, s.span_from
    FROM open_acts a
    JOIN spans s ON s.officer_id = a.officer_id AND s.event_id = a.event_id
    WHERE a.opens = 1 AND a.anywhere > a.here
), served AS (
    -- The days of each officer's acts; grouped first, so that leave is looked up by officer.
    SELECT o.officer_id, e.event_id, e.case_id,
           MIN(CAST(e.start_at AS DATE)) AS first_on,
           MAX(CAST(COALESCE(e.end_at, e.start_at) AS DATE)) AS last_on
    FROM events e
    CROSS JOIN run
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE CAST(e.start_at AS DATE) <= run.as_of
    GROUP BY o.officer_id, e.event_id, e.case_id
), absent AS (
    SELECT DISTINCT a.officer_id, a.event_id, a.case_id
    FROM served a
    JOIN officer_leave l ON l.officer_id = a.officer_id AND l.from_on <= a.last_on
        AND (l.to_on IS NULL OR l.to_on >= a.first_on)
), clashes AS (
    SELECT d.case_id, d.event_id, d.officer_id FROM double d
    UNION
    SELECT a.case_id, a.event_id, a.officer_id FROM absent a
), clash_counted AS (
    SELECT c.case_id, COUNT(*) AS clashes
    FROM clashes c
    GROUP BY c.case_id
), clash_officers AS (
    SELECT c.case_id, STRING_AGG(c.officer_id, ';' ORDER BY c.officer_id) AS officers
    FROM (SELECT DISTINCT x.case_id, x.officer_id FROM clashes x) c
    GROUP BY c.case_id
), clash_rows AS (
    SELECT c.case_id, c.event_id FROM clashes c
    UNION
    SELECT d.case_id, s.event_id
    FROM double d
    JOIN spans s ON s.officer_id = d.officer_id
    WHERE s.place <> d.place AND s.span_from <= d.span_from AND s.span_to > d.span_from
), clash_ids AS (
    SELECT c.case_id, STRING_AGG('events' || '/' || c.event_id, ';' ORDER BY c.event_id) AS ids
    FROM clash_rows c
    GROUP BY c.case_id
), present_officers AS (
    SELECT e.case_id, COUNT(*) AS officers
    FROM events e
    CROSS JOIN run
    JOIN event_officers o ON o.event_id = e.event_id
    WHERE e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of
    GROUP BY e.case_id
), script_duty AS (
    SELECT DISTINCT s.subject_id
    FROM subjects s
    JOIN lists.transcript_elements l ON (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
)
SELECT
    b.subject_id,
    CASE WHEN c.subject_id IS NULL THEN 'not_applicable' ELSE 'due' END AS stages_scope,
    CASE WHEN NOT COALESCE(b.closed, FALSE) OR b.procedure IS NULL THEN NULL
         WHEN c.failed > 0 THEN c.failed
         WHEN c.unknown = 0 THEN 0 END AS stages_missing_count,
    n.stages AS stages_missing,
    CASE WHEN i.case_id IS NOT NULL THEN 'due'
         WHEN v.documents__document_id AND v.documents__kind THEN 'not_applicable'
         WHEN y.subject_id IS NULL THEN 'not_applicable'
         ELSE 'due' END AS transcript_scope,
    CASE WHEN i.failed > 0 THEN i.failed
         WHEN i.unknown = 0 AND v.documents__document_id AND v.documents__kind THEN 0 END AS transcript_missing_count,
    j.ids AS transcript_evidence,
    CASE WHEN g.case_id IS NOT NULL THEN 'due'
         WHEN v.documents__document_id AND v.documents__kind THEN 'not_applicable'
         ELSE 'due' END AS signatures_scope,
    CASE WHEN g.failed > 0 THEN g.failed
         WHEN g.unknown = 0 AND v.documents__document_id AND v.documents__kind THEN 0 END AS unsigned_documents_count,
    g.ids AS signatures_evidence,
    CASE WHEN b.kind <> 'penalty' OR b.procedure <> 'ordinary' OR NOT b.penalised OR NOT b.decided THEN 'not_applicable'
         WHEN z.case_id IS NULL AND v.documents__document_id AND v.documents__kind THEN 'not_applicable'
         ELSE 'due' END AS decision_text_scope,
    CASE WHEN b.procedure IS NULL OR b.penalised IS NULL OR b.decided IS NULL THEN NULL
         WHEN d.failed > 0 THEN d.failed
         WHEN z.case_id IS NOT NULL AND COALESCE(d.unknown, 0) = 0 AND v.documents__document_id AND v.documents__kind THEN 0 END AS decision_missing_count,
    d.parts AS decision_missing,
    COALESCE(d.void, 0) = 1 AS decision_without_seal_or_remedies,
    z.ids AS decision_text_evidence,
    CASE WHEN q.form_filings_minimum IS NULL THEN 'not_applicable'
         WHEN f.case_id IS NOT NULL THEN 'due'
         WHEN v.documents__document_id AND v.documents__kind AND v.templates__template_code
              AND v.templates__document_kind THEN 'not_applicable'
         ELSE 'due' END AS forms_scope,
    CASE WHEN f.failed > 0 THEN f.failed
         WHEN f.unknown = 0 AND v.documents__document_id AND v.documents__kind THEN 0 END AS forms_wrong_count,
    f.ids AS forms_evidence,
    CASE WHEN w.case_id IS NULL AND v.events__event_id AND v.event_officers__officer_id THEN 'not_applicable'
         ELSE 'due' END AS overlap_scope,
    CASE WHEN x.clashes > 0 THEN x.clashes
         WHEN v.events__event_id AND v.events__start_at AND v.events__end_at AND v.events__place
              AND v.event_officers__officer_id AND v.officer_leave__officer_id
              AND v.officer_leave__from_on AND v.officer_leave__to_on THEN 0 END AS officer_clashes_count,
    h.officers AS officer_clashes_of,
    r.ids AS officer_clashes_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
LEFT JOIN script_counted i ON i.case_id = b.subject_id
LEFT JOIN script_ids j ON j.case_id = b.subject_id
LEFT JOIN script_duty y ON y.subject_id = b.subject_id
LEFT JOIN signed_counted g ON g.case_id = b.subject_id
LEFT JOIN decision_counted d ON d.case_id = b.subject_id
LEFT JOIN decision_ids z ON z.case_id = b.subject_id
LEFT JOIN formed_counted f ON f.case_id = b.subject_id
LEFT JOIN present_officers w ON w.case_id = b.subject_id
LEFT JOIN clash_counted x ON x.case_id = b.subject_id
LEFT JOIN clash_officers h ON h.case_id = b.subject_id
LEFT JOIN clash_ids r ON r.case_id = b.subject_id
LEFT JOIN counted c ON c.subject_id = b.subject_id
LEFT JOIN named n ON n.subject_id = b.subject_id
