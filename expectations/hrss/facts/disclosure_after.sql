-- Publication of decisions: what must be published, when, with what, without what; withdrawal of
-- those that did not stand. What a bureau publishes at all is local (parameters/disclosure_after.yaml).
WITH kinds AS (
    SELECT k.case_id, COUNT(*) AS kinds, COUNT(CASE WHEN k.code <> 'warning' THEN 1 END) AS heavier
    FROM cases__penalty_kinds k
    GROUP BY k.case_id
), dropped AS (
    -- 撤销立案: no decision, published only where a bureau says so.
    SELECT c.case_id, c.closed_on
    FROM cases c
    CROSS JOIN run
    JOIN case_parameters q ON q.subject_id = c.case_id
    WHERE c.result = 'withdrawn' AND c.closed_on <= run.as_of AND q.publish_withdrawn_cases = 1
), decision AS (
    SELECT
        b.subject_id,
        b.kind,
        COALESCE(b.decided_on, x.closed_on) AS decided_on,
        b.kind = 'penalty' AND b.decided AND b.penalised
            AND (q.penalty_publication_scope = 'scope_all' OR b.major)
            AND (q.publish_summary_penalties = 1 OR b.procedure <> 'summary')
            AND (q.publish_warning_penalties = 1
                 OR CASE WHEN k.heavier > 0 THEN TRUE
                         WHEN k.kinds > 0 THEN FALSE
                         WHEN v.cases__penalty_kinds THEN TRUE END) AS penalty,
        b.kind = 'permit' AND b.decided
            AND (b.granted OR c.result = 'refused' AND q.publish_refused_permits = 1) AS permit,
        b.kind IN ('treatment', 'coercion', 'levy', 'inspection', 'non_penalty') AND b.decided
            OR b.kind = 'penalty' AND b.decided
                AND CASE WHEN c.result IS NOT NULL THEN c.result = 'not_penalised'
                         WHEN v.cases__result THEN FALSE END
            OR x.case_id IS NOT NULL AND b.kind <> 'permit' AS other
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_parameters q ON q.subject_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN kinds k ON k.case_id = b.subject_id
    LEFT JOIN dropped x ON x.case_id = b.subject_id
), publication AS (
    SELECT
        d.case_id,
        MIN(CASE WHEN l.channel IS NOT NULL AND d.published_on >= b.decided_on
                      AND d.published_on <= run.as_of THEN d.published_on END) AS published_on,
        MAX(CASE WHEN d.withheld = 'full' AND d.withhold_code IS NOT NULL
                      AND d.withhold_reason IS NOT NULL AND d.approver_id IS NOT NULL
                      AND (d.approved_on IS NULL OR d.approved_on <= run.as_of)
                 THEN 1 ELSE 0 END) AS withheld,
        COUNT(CASE WHEN d.withheld = 'full' THEN 1 END) AS rows_withheld,
        COUNT(CASE WHEN d.published_on <= run.as_of THEN 1 END) AS rows_published
    FROM disclosures d
    CROSS JOIN run
    JOIN decision b ON b.subject_id = d.case_id
    LEFT JOIN lists.disclosure_channels l ON l.channel = d.channel
        AND (l.from_on IS NULL OR l.from_on <= d.published_on)
        AND (l.to_on IS NULL OR l.to_on >= d.published_on)
    WHERE d.series IS NULL OR d.series <> 'major_violation'
    GROUP BY d.case_id
), served AS (
    SELECT s.case_id, MIN(s.served_on) AS served_on
    FROM services s
    JOIN documents p ON p.document_id = s.document_id
    WHERE p.kind = 'decision'
    GROUP BY s.case_id
), triggers AS (
    SELECT r.case_id,
           CASE WHEN r.kind <> 'suit' THEN r.received_on
                WHEN r.kind = 'suit' AND r.effective_on > r.received_on THEN r.effective_on
                WHEN r.kind = 'suit' AND r.effective_on IS NOT NULL THEN r.received_on END AS trigger_on,
           CASE WHEN r.kind IS NULL THEN 1
                WHEN r.received_on IS NULL AND NOT v.rulings__received_on THEN 1
                WHEN r.kind = 'suit' AND r.effective_on IS NULL AND NOT v.rulings__effective_on THEN 1
                ELSE 0 END AS unsure,
           a.replaced
    FROM rulings r
    JOIN case_coverage v ON v.subject_id = r.case_id
    JOIN lists.adverse_rulings a ON a.result = r.result
        AND (a.from_on IS NULL OR r.received_on IS NULL OR a.from_on <= r.received_on)
        AND (a.to_on IS NULL OR r.received_on IS NULL OR a.to_on >= r.received_on)
), ruling AS (
    SELECT t.case_id,
           MIN(CASE WHEN t.trigger_on <= run.as_of THEN t.trigger_on END) AS trigger_on,
           MIN(CASE WHEN t.trigger_on <= run.as_of AND t.replaced = 0 THEN t.trigger_on END) AS undone_on,
           MAX(t.unsure) AS unsure
    FROM triggers t CROSS JOIN run
    GROUP BY t.case_id
), standing AS (
    -- What was public when the ruling came, and what was published after it although the decision
    -- had been undone. A decision that took its place may be published later, and stay.
    SELECT
        d.case_id,
        COUNT(*) AS rows_published,
        COUNT(CASE WHEN d.removed_on <= run.as_of AND d.removal_explained THEN 1 END) AS rows_withdrawn,
        COUNT(CASE WHEN d.removed_on <= run.as_of THEN 1 END) AS rows_removed,
        MAX(d.removed_on) AS removed_on
    FROM disclosures d
    CROSS JOIN run
    JOIN ruling g ON g.case_id = d.case_id
    JOIN decision b ON b.subject_id = d.case_id
    WHERE d.published_on <= run.as_of
        AND (d.published_on <= g.trigger_on
             OR d.published_on > g.undone_on AND COALESCE(d.decided_on, b.decided_on) < g.undone_on)
    GROUP BY d.case_id
), withholding AS (
    -- What was published was not withheld; otherwise only a source that knows can say so.
    SELECT b.subject_id,
           CASE WHEN p.rows_published > 0 THEN FALSE
                WHEN p.withheld = 1 THEN TRUE
                WHEN NOT v.disclosures__withheld THEN NULL
                WHEN COALESCE(p.rows_withheld, 0) = 0 THEN FALSE
                WHEN v.disclosures__withhold_code AND v.disclosures__withhold_reason
                     AND v.disclosures__approver_id THEN FALSE END AS withheld
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN publication p ON p.case_id = b.subject_id
), published AS (
    SELECT d.case_id, COUNT(*) AS rows_found, MIN(d.disclosure_id) AS first_id
    FROM disclosures d
    GROUP BY d.case_id
), proof AS (
    -- Most cases have one publication: only several are put in order.
    SELECT o.case_id, 'disclosures' || '/' || o.first_id AS ids
    FROM published o
    WHERE o.rows_found = 1
    UNION ALL
    SELECT d.case_id, STRING_AGG('disclosures' || '/' || d.disclosure_id, ';' ORDER BY d.disclosure_id) AS ids
    FROM published o
    JOIN disclosures d ON d.case_id = o.case_id
    WHERE o.rows_found > 1
    GROUP BY d.case_id
), shown AS (
    -- Every publication of the decision, on whatever channel, also one taken down since.
    SELECT d.case_id, d.disclosure_id, d.published_on, d.organ_name, d.document_no, d.party_name,
           d.party_code, d.penalty_kinds, d.fine_yuan, d.decided_on, d.text,
           CASE WHEN d.has_organ IS NOT NULL THEN d.has_organ WHEN v.disclosures__has_organ THEN FALSE END AS organ_stated,
           CASE WHEN d.has_object IS NOT NULL THEN d.has_object WHEN v.disclosures__has_object THEN FALSE END AS object_stated,
           CASE WHEN d.has_kind IS NOT NULL THEN d.has_kind WHEN v.disclosures__has_kind THEN FALSE END AS kind_stated,
           CASE WHEN d.has_conclusion IS NOT NULL THEN d.has_conclusion WHEN v.disclosures__has_conclusion THEN FALSE END AS conclusion_stated,
           CASE WHEN d.has_facts IS NOT NULL THEN d.has_facts WHEN v.disclosures__has_facts THEN FALSE END AS facts_stated,
           CASE WHEN d.has_basis IS NOT NULL THEN d.has_basis WHEN v.disclosures__has_basis THEN FALSE END AS basis_stated,
           CASE WHEN d.document_no IS NOT NULL THEN TRUE WHEN v.disclosures__document_no THEN FALSE END AS number_stated,
           CASE WHEN d.decided_on IS NOT NULL THEN TRUE WHEN v.disclosures__decided_on THEN FALSE END AS day_stated,
           COALESCE(q.disclosure_extra_elements, 0) AS extra
    FROM disclosures d
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    WHERE d.published_on <= run.as_of AND (d.series IS NULL OR d.series <> 'major_violation')
), element AS (
    SELECT
        d.case_id, d.disclosure_id, l.element,
        CASE l.element
            WHEN 'element_organ' THEN d.organ_stated
            WHEN 'element_object' THEN d.object_stated
            WHEN 'element_kind' THEN d.kind_stated
            WHEN 'element_conclusion' THEN d.conclusion_stated
            WHEN 'element_facts' THEN d.facts_stated
            WHEN 'element_basis' THEN d.basis_stated
            WHEN 'element_document_no' THEN d.number_stated
            WHEN 'element_date' THEN d.day_stated END AS stated
    FROM shown d
    JOIN lists.disclosure_elements l ON (l.from_on IS NULL OR l.from_on <= d.published_on)
        AND (l.to_on IS NULL OR l.to_on >= d.published_on)
        AND l.extra <= d.extra
), unstated AS (
    SELECT e.case_id, e.disclosure_id, e.element, e.stated
    FROM element e
    WHERE NOT COALESCE(e.stated, FALSE)
), by_element AS (
    SELECT e.case_id, e.element,
           COUNT(CASE WHEN NOT e.stated THEN 1 END) AS missing,
           COUNT(CASE WHEN e.stated IS NULL THEN 1 END) AS unknown
    FROM unstated e
    GROUP BY e.case_id, e.element
), content AS (
    SELECT e.case_id,
           COUNT(CASE WHEN e.missing > 0 THEN 1 END) AS missing,
           COUNT(CASE WHEN e.unknown > 0 THEN 1 END) AS unknown,
           STRING_AGG(e.element, ';' ORDER BY e.element) FILTER (WHERE e.missing > 0) AS elements
    FROM by_element e
    GROUP BY e.case_id
), incomplete AS (
    SELECT e.case_id, e.disclosure_id
    FROM unstated e
    WHERE NOT e.stated
    GROUP BY e.case_id, e.disclosure_id
), content_proof AS (
    SELECT i.case_id, STRING_AGG('disclosures' || '/' || i.disclosure_id, ';' ORDER BY i.disclosure_id) AS ids
    FROM incomplete i
    GROUP BY i.case_id
), asked AS (
    SELECT DISTINCT d.case_id
    FROM shown d
    JOIN (SELECT DISTINCT y.published_on, y.extra
          FROM (SELECT DISTINCT x.published_on, x.extra FROM shown x) y
          JOIN lists.disclosure_elements l ON (l.from_on IS NULL OR l.from_on <= y.published_on)
              AND (l.to_on IS NULL OR l.to_on >= y.published_on)
              AND l.extra <= y.extra) e ON e.published_on = d.published_on AND e.extra = d.extra
), leaks AS (
    SELECT f.case_id, f.disclosure_id, f.code AS leak
    FROM disclosures__text_found f
    JOIN shown d ON d.disclosure_id = f.disclosure_id
    JOIN lists.redaction_patterns l ON l.code = f.code
        AND (l.from_on IS NULL OR l.from_on <= d.published_on)
        AND (l.to_on IS NULL OR l.to_on >= d.published_on)
    UNION
    -- One's name is not given away by a party that is called after oneself.
    SELECT d.case_id, d.disclosure_id, 'protected_name' AS leak
    FROM shown d
    JOIN case_people n ON n.case_id = d.case_id
    JOIN lists.protected_people l ON l.role = n.role
        AND (l.from_on IS NULL OR l.from_on <= d.published_on)
        AND (l.to_on IS NULL OR l.to_on >= d.published_on)
    LEFT JOIN cases c ON c.case_id = d.case_id
    LEFT JOIN parties p ON p.party_id = c.party_id
    WHERE LENGTH(n.name) > 1 AND STRPOS(d.text, n.name) > 0
          AND (p.name IS NULL OR STRPOS(p.name, n.name) = 0)
    UNION
    SELECT d.case_id, d.disclosure_id,
           CASE WHEN STRPOS(d.text, p.name) > 0 OR STRPOS(d.party_name, p.name) > 0 THEN 'person_name'
                WHEN p.code = d.party_code AND p.code_kind = 'id' THEN 'id_number'
                ELSE 'home_address' END AS leak
    FROM shown d
    JOIN cases c ON c.case_id = d.case_id
    JOIN parties p ON p.party_id = c.party_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    WHERE p.kind = 'person' AND q.mask_person = 1
          AND (STRPOS(d.text, p.name) > 0 OR STRPOS(d.party_name, p.name) > 0
               OR p.code = d.party_code AND p.code_kind = 'id' OR STRPOS(d.text, p.address) > 0)
), by_leak AS (
    SELECT k.case_id, k.leak, COUNT(*) AS hits
    FROM leaks k
    GROUP BY k.case_id, k.leak
), redaction AS (
    SELECT k.case_id, SUM(k.hits) AS hits, STRING_AGG(k.leak, ';' ORDER BY k.leak) AS leaks
    FROM by_leak k
    GROUP BY k.case_id
), leaking AS (
    SELECT k.case_id, k.disclosure_id
    FROM leaks k
    GROUP BY k.case_id, k.disclosure_id
), redaction_proof AS (
    SELECT k.case_id, STRING_AGG('disclosures' || '/' || k.disclosure_id, ';' ORDER BY k.disclosure_id) AS ids
    FROM leaking k
    GROUP BY k.case_id
), paper AS (
    SELECT p.case_id, p.document_no, p.made_on
    FROM documents p
    WHERE p.kind = 'decision'
), papers AS (
    SELECT p.case_id, COUNT(*) AS papers
    FROM paper p
    GROUP BY p.case_id
), other_kinds AS (
    -- Publications that name a kind which the case record has not, or leave one out.
    SELECT a.disclosure_id
    FROM disclosures__penalty_kinds a
    LEFT JOIN cases__penalty_kinds k ON k.case_id = a.case_id AND k.code = a.code
    WHERE k.code IS NULL
    UNION
    SELECT d.disclosure_id
    FROM shown d
    JOIN cases__penalty_kinds k ON k.case_id = d.case_id
    LEFT JOIN disclosures__penalty_kinds a ON a.disclosure_id = d.disclosure_id AND a.code = k.code
    WHERE a.code IS NULL
), matched AS (
    -- Whether one of the decision papers bears the day and the number that were published.
    SELECT d.disclosure_id,
           MAX(CASE WHEN COALESCE(w.made_on, c.decided_on) = d.decided_on THEN 1 ELSE 0 END) AS same_day,
           MAX(CASE WHEN REPLACE(w.document_no, ' ', '') = REPLACE(d.document_no, ' ', '') THEN 1 ELSE 0 END) AS same_number,
           COUNT(w.document_no) AS numbers
    FROM shown d
    JOIN cases c ON c.case_id = d.case_id
    JOIN paper w ON w.case_id = d.case_id
    GROUP BY d.disclosure_id
), compared AS (
    SELECT
        d.case_id, d.disclosure_id,
        CASE WHEN d.organ_name IS NULL THEN CASE WHEN v.disclosures__organ_name THEN FALSE END
             WHEN COALESCE(c.acting_name, o.name) IS NOT NULL
             THEN REPLACE(d.organ_name, ' ', '') <> REPLACE(COALESCE(c.acting_name, o.name), ' ', '')
             WHEN v.cases__acting_name AND v.organs__name THEN FALSE END AS organ_differs,
        CASE WHEN p.kind = 'person' THEN FALSE
             WHEN d.party_name IS NULL THEN CASE WHEN v.disclosures__party_name THEN FALSE END
             WHEN REPLACE(d.party_name, ' ', '') = REPLACE(p.name, ' ', '') THEN FALSE
             WHEN p.name IS NOT NULL AND (p.kind IS NOT NULL OR v.parties__kind) THEN TRUE
             WHEN p.name IS NULL AND v.parties__name AND v.cases__party_id THEN FALSE END AS party_differs,
        CASE WHEN p.kind = 'person' THEN FALSE
             WHEN d.party_code IS NULL THEN CASE WHEN v.disclosures__party_code THEN FALSE END
             WHEN REPLACE(UPPER(d.party_code), ' ', '') = REPLACE(UPPER(p.code), ' ', '') THEN FALSE
             WHEN p.code IS NOT NULL AND (p.kind IS NOT NULL OR v.parties__kind) THEN TRUE
             WHEN p.code IS NULL AND v.parties__code AND v.cases__party_id THEN FALSE END AS code_differs,
        CASE WHEN d.penalty_kinds IS NULL THEN CASE WHEN v.disclosures__penalty_kinds THEN FALSE END
             WHEN c.penalty_kinds IS NULL AND NOT v.cases__penalty_kinds THEN NULL
             ELSE x.disclosure_id IS NOT NULL END AS kinds_differ,
        CASE WHEN d.fine_yuan IS NULL THEN CASE WHEN v.disclosures__fine_yuan THEN FALSE END
             WHEN c.fine_yuan IS NOT NULL OR v.cases__fine_yuan THEN d.fine_yuan <> COALESCE(c.fine_yuan, 0)
        END AS fine_differs,
        CASE WHEN d.decided_on IS NULL THEN CASE WHEN v.disclosures__decided_on THEN FALSE END
             WHEN t.same_day = 1 THEN FALSE
             WHEN c.decided_on IS NOT NULL OR v.documents__made_on THEN TRUE END AS date_differs,
        CASE WHEN d.document_no IS NULL THEN CASE WHEN v.disclosures__document_no THEN FALSE END
             WHEN t.numbers > 0 THEN t.same_number = 0
             WHEN v.documents__document_no THEN FALSE END AS number_differs
    FROM shown d
    JOIN cases c ON c.case_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN matched t ON t.disclosure_id = d.disclosure_id
    LEFT JOIN organs o ON o.organ_id = c.organ_id
    LEFT JOIN parties p ON p.party_id = c.party_id
    LEFT JOIN other_kinds x ON x.disclosure_id = d.disclosure_id
), field AS (
    SELECT m.case_id, m.disclosure_id, 'published_organ' AS field, m.organ_differs AS differs FROM compared m
    UNION ALL SELECT m.case_id, m.disclosure_id, 'published_party' AS field, m.party_differs AS differs FROM compared m
    UNION ALL SELECT m.case_id, m.disclosure_id, 'published_code' AS field, m.code_differs AS differs FROM compared m
    UNION ALL SELECT m.case_id, m.disclosure_id, 'published_kinds' AS field, m.kinds_differ AS differs FROM compared m
    UNION ALL SELECT m.case_id, m.disclosure_id, 'published_fine' AS field, m.fine_differs AS differs FROM compared m
    UNION ALL SELECT m.case_id, m.disclosure_id, 'published_date' AS field, m.date_differs AS differs FROM compared m
    UNION ALL SELECT m.case_id, m.disclosure_id, 'published_number' AS field, m.number_differs AS differs FROM compared m
), by_field AS (
    SELECT f.case_id, f.field,
           COUNT(CASE WHEN f.differs THEN 1 END) AS differs,
           COUNT(CASE WHEN f.differs IS NULL THEN 1 END) AS unknown
    FROM field f
    WHERE COALESCE(f.differs, TRUE)
    GROUP BY f.case_id, f.field
), agreement AS (
    SELECT f.case_id,
           COUNT(CASE WHEN f.differs > 0 THEN 1 END) AS differs,
           COUNT(CASE WHEN f.unknown > 0 THEN 1 END) AS unknown,
           STRING_AGG(f.field, ';' ORDER BY f.field) FILTER (WHERE f.differs > 0) AS fields
    FROM by_field f
    GROUP BY f.case_id
), disagreeing AS (
    SELECT f.case_id, f.disclosure_id
    FROM field f
    WHERE f.differs
    GROUP BY f.case_id, f.disclosure_id
), agreement_proof AS (
    SELECT f.case_id, STRING_AGG('disclosures' || '/' || f.disclosure_id, ';' ORDER BY f.disclosure_id) AS ids
    FROM disagreeing f
    GROUP BY f.case_id
), worded AS (
    SELECT d.case_id, COUNT(*) AS rows_shown
    FROM shown d
    GROUP BY d.case_id
)
SELECT
    b.subject_id,
    b.decided_on AS decision_on,
    b.penalty AND NOT w.withheld AS penalty_disclosure_duty,
    b.permit AND NOT w.withheld AS permit_disclosure_duty,
    b.other AND NOT w.withheld AS other_disclosure_duty,
    p.published_on AS decision_published_on,
    v.disclosures__published_on
        AND (v.disclosures__channel OR COALESCE(p.rows_published, 0) = 0) AS publication_known,
    p.published_on IS NULL AS never_published,
    CASE WHEN p.published_on < u.served_on THEN 'before_service' END AS publication_note,
    CASE WHEN COALESCE(p.rows_published, 0) = 0 THEN
              CASE WHEN v.disclosures__published_on THEN FALSE END
         WHEN g.trigger_on IS NOT NULL THEN t.case_id IS NOT NULL
         WHEN g.unsure = 1 THEN NULL
         WHEN v.rulings__result AND v.rulings__received_on THEN FALSE END AS withdrawal_duty,
    g.trigger_on AS adverse_ruling_on,
    CASE WHEN t.rows_withdrawn < t.rows_published THEN NULL
         WHEN t.removed_on < g.trigger_on THEN g.trigger_on
         ELSE t.removed_on END AS decision_withdrawn_on,
    v.disclosures__removed_on
        AND (v.disclosures__removal_explained OR t.rows_removed < t.rows_published) AS withdrawal_known,
    f.ids AS publication_evidence,
    CASE WHEN y.case_id IS NOT NULL THEN 'due'
         WHEN s.rows_shown > 0 OR v.disclosures__published_on THEN 'not_applicable'
         ELSE 'due' END AS content_scope,
    CASE WHEN e.missing > 0 THEN e.missing
         WHEN y.case_id IS NOT NULL AND COALESCE(e.unknown, 0) = 0 THEN 0 END AS content_missing,
    e.elements AS content_missing_elements,
    h.ids AS content_evidence,
    CASE WHEN s.rows_shown > 0 OR NOT v.disclosures__published_on THEN 'due'
         ELSE 'not_applicable' END AS redaction_scope,
    CASE WHEN k.hits > 0 THEN k.hits
         WHEN COALESCE(s.rows_shown, 0) = 0 OR NOT v.disclosures__text THEN NULL
         WHEN NOT v.case_people__name OR NOT v.case_people__role THEN NULL
         WHEN i.kind <> 'person'
              OR v.disclosures__party_name AND v.cases__party_id AND v.parties__kind AND v.parties__name
         THEN 0 END AS redaction_hits,
    k.leaks AS redaction_leaks,
    j.ids AS redaction_evidence,
    CASE WHEN s.rows_shown > 0 AND a.papers > 0 THEN 'due'
         WHEN COALESCE(s.rows_shown, 0) = 0 AND v.disclosures__published_on THEN 'not_applicable'
         WHEN COALESCE(a.papers, 0) = 0 AND v.documents__kind THEN 'not_applicable'
         ELSE 'due' END AS consistency_scope,
    CASE WHEN m.differs > 0 THEN m.differs
         WHEN s.rows_shown > 0 AND a.papers > 0 AND COALESCE(m.unknown, 0) = 0 THEN 0 END AS consistency_differs,
    m.fields AS consistency_fields,
    n.ids AS consistency_evidence
FROM decision b
JOIN cases c ON c.case_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN withholding w ON w.subject_id = b.subject_id
LEFT JOIN publication p ON p.case_id = b.subject_id
LEFT JOIN served u ON u.case_id = b.subject_id
LEFT JOIN ruling g ON g.case_id = b.subject_id
LEFT JOIN standing t ON t.case_id = b.subject_id
LEFT JOIN proof f ON f.case_id = b.subject_id
LEFT JOIN worded s ON s.case_id = b.subject_id
LEFT JOIN asked y ON y.case_id = b.subject_id
LEFT JOIN content e ON e.case_id = b.subject_id
LEFT JOIN content_proof h ON h.case_id = b.subject_id
LEFT JOIN redaction k ON k.case_id = b.subject_id
LEFT JOIN redaction_proof j ON j.case_id = b.subject_id
LEFT JOIN parties i ON i.party_id = c.party_id
LEFT JOIN papers a ON a.case_id = b.subject_id
LEFT JOIN agreement m ON m.case_id = b.subject_id
LEFT JOIN agreement_proof n ON n.case_id = b.subject_id
