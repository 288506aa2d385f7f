-- Penalties decided on the spot: the amount, the form, its elements, handed over, filed with the organ.
WITH foreign_kinds AS (
    SELECT k.case_id,
           COUNT(CASE WHEN k.code NOT IN ('warning', 'fine') THEN 1 END) AS kinds
    FROM cases__penalty_kinds k
    GROUP BY k.case_id
), lacking AS (
    SELECT d.document_id, COUNT(*) AS elements
    FROM documents d
    JOIN base b ON b.subject_id = d.case_id
    JOIN lists.summary_elements l ON (l.from_on IS NULL OR l.from_on <= b.decided_on)
        AND (l.to_on IS NULL OR l.to_on >= b.decided_on)
    LEFT JOIN documents__elements e ON e.document_id = d.document_id AND e.code = l.element
    WHERE d.kind = 'decision' AND b.procedure = 'summary' AND e.code IS NULL
    GROUP BY d.document_id
), handed AS (
    SELECT s.document_id, COUNT(*) AS services
    FROM services s
    JOIN base b ON b.subject_id = s.case_id
    WHERE s.served_on = b.decided_on
    GROUP BY s.document_id
), papers AS (
    SELECT
        d.case_id,
        CASE WHEN d.document_no IS NOT NULL THEN TRUE WHEN v.documents__document_no THEN FALSE END AS numbered,
        CASE WHEN d.elements IS NULL AND NOT v.documents__elements THEN NULL
             ELSE COALESCE(l.elements, 0) = 0 END AS complete,
        CASE WHEN d.delivered_on_spot OR h.services > 0 THEN TRUE
             WHEN v.documents__delivered_on_spot OR v.services__served_on AND v.services__document_id THEN FALSE END AS handed_over,
        CASE WHEN d.registered_at IS NOT NULL THEN TRUE WHEN v.documents__registered_at THEN FALSE END AS filed
    FROM documents d
    JOIN case_coverage v ON v.subject_id = d.case_id
    LEFT JOIN lacking l ON l.document_id = d.document_id
    LEFT JOIN handed h ON h.document_id = d.document_id
    WHERE d.kind = 'decision'
), paper AS (
    -- Of several papers the best one counts for each demand.
    SELECT p.case_id,
           MAX(CASE WHEN p.numbered THEN 1 ELSE 0 END) AS numbered, MAX(CASE WHEN p.numbered IS NULL THEN 1 ELSE 0 END) AS numbered_unsure,
           MAX(CASE WHEN p.complete THEN 1 ELSE 0 END) AS complete, MAX(CASE WHEN p.complete IS NULL THEN 1 ELSE 0 END) AS complete_unsure,
           MAX(CASE WHEN p.handed_over THEN 1 ELSE 0 END) AS handed_over, MAX(CASE WHEN p.handed_over IS NULL THEN 1 ELSE 0 END) AS handed_unsure,
           MAX(CASE WHEN p.filed THEN 1 ELSE 0 END) AS filed, MAX(CASE WHEN p.filed IS NULL THEN 1 ELSE 0 END) AS filed_unsure
    FROM papers p
    GROUP BY p.case_id
), parts AS (
    SELECT
        b.subject_id,
        b.kind = 'penalty' AND b.procedure = 'summary' AND b.decided AS concerned,
        CASE WHEN f.kinds > 0 THEN 1
             WHEN c.penalty_kinds IS NULL AND NOT v.cases__penalty_kinds THEN NULL ELSE 0 END AS kind_fault,
        -- Above both limits or within both needs no kind of party; a sole trader is a natural person (民法典 54).
        CASE WHEN c.fine_yuan IS NULL THEN CASE WHEN v.cases__fine_yuan THEN 0 END
             WHEN c.fine_yuan <= LEAST(q.summary_fine_person, q.summary_fine_organisation) THEN 0
             WHEN c.fine_yuan > GREATEST(q.summary_fine_person, q.summary_fine_organisation) THEN 1
             WHEN p.kind IN ('person', 'sole_trader') THEN CASE WHEN c.fine_yuan > q.summary_fine_person THEN 1 ELSE 0 END
             WHEN p.kind = 'organisation' THEN CASE WHEN c.fine_yuan > q.summary_fine_organisation THEN 1 ELSE 0 END
        END AS amount_fault,
        CASE WHEN e.numbered = 1 THEN 0 WHEN e.numbered_unsure = 1 THEN NULL WHEN v.documents__kind THEN 1 END AS number_fault,
        CASE WHEN e.complete = 1 THEN 0 WHEN e.complete_unsure = 1 THEN NULL WHEN v.documents__kind THEN 1 END AS element_fault,
        CASE WHEN e.handed_over = 1 THEN 0 WHEN e.handed_unsure = 1 THEN NULL WHEN v.documents__kind THEN 1 END AS handing_fault,
        CASE WHEN e.filed = 1 THEN 0 WHEN e.filed_unsure = 1 THEN NULL WHEN v.documents__kind THEN 1 END AS filing_fault
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN case_parameters q ON q.subject_id = b.subject_id
    LEFT JOIN parties p ON p.party_id = c.party_id
    LEFT JOIN foreign_kinds f ON f.case_id = b.subject_id
    LEFT JOIN paper e ON e.case_id = b.subject_id
), counted AS (
    SELECT
        s.*,
        COALESCE(s.kind_fault, 0) + COALESCE(s.amount_fault, 0) + COALESCE(s.number_fault, 0)
            + COALESCE(s.element_fault, 0) + COALESCE(s.handing_fault, 0) + COALESCE(s.filing_fault, 0) AS faults,
        s.kind_fault + s.amount_fault + s.number_fault + s.element_fault + s.handing_fault
            + s.filing_fault IS NOT NULL AS all_known
    FROM parts s
)
SELECT
    c.subject_id,
    CASE WHEN NOT c.concerned THEN 'not_applicable' ELSE 'due' END AS summary_scope,
    CASE WHEN NOT COALESCE(c.concerned, FALSE) THEN NULL
         WHEN c.faults > 0 THEN c.faults
         WHEN c.all_known THEN 0 END AS summary_faults_count,
    COALESCE(c.kind_fault = 1 OR c.amount_fault = 1, FALSE) AS summary_over_limit,
    CASE WHEN c.kind_fault = 1 THEN 'kind_not_summary'
         WHEN c.amount_fault = 1 THEN 'above_summary_limit'
         WHEN c.number_fault = 1 THEN 'no_number'
         WHEN c.element_fault = 1 THEN 'elements_missing'
         WHEN c.handing_fault = 1 THEN 'not_handed_over'
         WHEN c.filing_fault = 1 THEN 'not_registered' END AS summary_note
FROM counted c
