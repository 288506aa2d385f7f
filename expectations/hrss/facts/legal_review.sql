-- Legal review of major decisions: done, passed before the decision, repeated after new facts; who
-- reviewed, what the opinion says, and what became of a return. Only a review that has ended is
-- judged, where the source can tell the end at all.
WITH concluded AS (
    SELECT
        r.case_id,
        r.review_id,
        r.concluded_on,
        r.result,
        CASE WHEN r.concluded_on < b.decided_on THEN TRUE
             WHEN r.concluded_on > b.decided_on THEN FALSE
             WHEN r.concluded_at IS NULL OR b.decided_at IS NULL THEN TRUE
             ELSE r.concluded_at < b.decided_at END AS before_decision,
        r.concluded_on = b.decided_on AND (r.concluded_at IS NULL OR b.decided_at IS NULL) AS same_day,
        r.concluded_at,
        r.round
    FROM legal_reviews r
    CROSS JOIN run
    JOIN base b ON b.subject_id = r.case_id
    WHERE r.concluded_on <= run.as_of
), ranked AS (
    SELECT c.case_id, c.result, c.same_day,
           ROW_NUMBER() OVER (PARTITION BY c.case_id ORDER BY c.concluded_on DESC, COALESCE(c.concluded_at, CAST(c.concluded_on AS TIMESTAMP)) DESC, COALESCE(c.round, 0) DESC, c.review_id DESC) AS place
    FROM concluded c
    WHERE c.before_decision
), counted AS (
    SELECT c.case_id,
           COUNT(c.concluded_on) AS concluded,
           MIN(CASE WHEN c.before_decision THEN c.concluded_on END) AS first_on,
           MAX(CASE WHEN c.before_decision THEN c.concluded_on END) AS last_on
    FROM concluded c
    GROUP BY c.case_id
), submitted AS (
    SELECT r.case_id, COUNT(*) AS reviews,
           STRING_AGG('legal_reviews' || '/' || r.review_id, ';' ORDER BY r.review_id) AS ids
    FROM legal_reviews r
    GROUP BY r.case_id
), kinds_added AS (
    SELECT DISTINCT i.document_id
    FROM documents__intended_kinds i
    LEFT JOIN cases__penalty_kinds k ON k.case_id = i.case_id AND k.code = i.code
    WHERE k.code IS NULL
), kinds_dropped AS (
    SELECT DISTINCT d.document_id
    FROM documents d
    JOIN cases__penalty_kinds k ON k.case_id = d.case_id
    LEFT JOIN documents__intended_kinds i ON i.document_id = d.document_id AND i.code = k.code
    WHERE d.kind = 'notice' AND d.intended_kinds IS NOT NULL AND i.code IS NULL
), new_facts AS (
    SELECT a.case_id, a.acted_on AS fact_on
    FROM party_acts a
    WHERE a.kind IN ('plea', 'supplement') AND a.new_evidence
    UNION ALL
    SELECT h.case_id, h.held_on AS fact_on
    FROM hearings h
    WHERE h.new_evidence
    UNION ALL
    SELECT d.case_id, d.made_on AS fact_on
    FROM documents d
    JOIN cases c ON c.case_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    LEFT JOIN kinds_added x ON x.document_id = d.document_id
    LEFT JOIN kinds_dropped y ON y.document_id = d.document_id
    WHERE d.kind = 'notice' AND (
        d.intended_fine_yuan <> c.fine_yuan
        OR c.fine_yuan IS NULL AND v.cases__fine_yuan AND d.intended_fine_yuan <> 0
        OR v.cases__penalty_kinds AND x.document_id IS NOT NULL
        OR y.document_id IS NOT NULL)
), last_fact AS (
    SELECT n.case_id, MAX(n.fact_on) AS fact_on
    FROM new_facts n
    JOIN counted c ON c.case_id = n.case_id
    JOIN base b ON b.subject_id = n.case_id
    WHERE n.fact_on >= c.first_on AND n.fact_on <= b.decided_on
    GROUP BY n.case_id
), ended AS (
    SELECT r.case_id, r.review_id, r.concluded_on, r.reviewer_id, r.reviewer_unit_id, r.result,
           r.reason, r.reason_codes, r.scope, r.opinion_document_id
    FROM legal_reviews r
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = r.case_id
    WHERE r.concluded_on <= run.as_of OR r.concluded_on IS NULL AND NOT v.legal_reviews__concluded_on
), attended AS (
    -- Reviewers who took part in an act of the case themselves.
    SELECT n.review_id,
           MAX(CASE WHEN e.stage = 'investigate' THEN 1 ELSE 0 END) AS investigated
    FROM ended n
    CROSS JOIN run
    JOIN events e ON e.case_id = n.case_id
    JOIN event_officers o ON o.event_id = e.event_id AND o.officer_id = n.reviewer_id
    WHERE e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of
    GROUP BY n.review_id
), conflicted AS (
    SELECT n.review_id,
           MAX(CASE WHEN x.ended_on IS NULL AND NOT v.conflicts__ended_on THEN 0 ELSE 1 END) AS surely
    FROM ended n
    JOIN cases c ON c.case_id = n.case_id
    JOIN case_coverage v ON v.subject_id = n.case_id
    JOIN conflicts x ON x.officer_id = n.reviewer_id AND x.party_id = c.party_id
        AND (x.declared_on IS NULL OR n.concluded_on IS NULL OR x.declared_on <= n.concluded_on)
        AND (x.ended_on IS NULL OR n.concluded_on IS NULL OR x.ended_on >= n.concluded_on)
    GROUP BY n.review_id
), organ_size AS (
    -- In a small organ reviewer and handler may sit in one unit.
    SELECT s.subject_id,
           CASE WHEN y.enforcement_staff < q.small_organ_staff THEN TRUE
                WHEN y.enforcement_staff IS NOT NULL OR v.organ_years__enforcement_staff THEN FALSE END AS small
    FROM subjects s
    JOIN case_parameters q ON q.subject_id = s.subject_id
    JOIN case_coverage v ON v.subject_id = s.subject_id
    LEFT JOIN organ_years y ON y.organ_id = s.organ_id AND y.year = YEAR(s.period_on)
), ties AS (
    -- Each tie between reviewer and case: 1 there, 0 not there, null unknown.
    SELECT
        n.case_id,
        n.review_id,
        CASE WHEN n.reviewer_id = c.handler_id THEN 1
             WHEN n.reviewer_id IS NULL OR c.handler_id IS NULL AND NOT v.cases__handler_id THEN NULL
             ELSE 0 END AS handled,
        CASE WHEN t.review_id IS NOT NULL THEN 1
             WHEN n.reviewer_id IS NOT NULL AND v.events__event_id AND v.event_officers__officer_id THEN 0 END AS took_part,
        CASE WHEN n.reviewer_unit_id <> COALESCE(c.handler_unit_id, c.unit_id) OR z.small THEN 0
             WHEN n.reviewer_unit_id = COALESCE(c.handler_unit_id, c.unit_id) AND NOT z.small THEN 1 END AS same_unit,
        CASE WHEN x.surely = 1 THEN 1
             WHEN x.surely = 0 OR n.reviewer_id IS NULL OR NOT v.conflicts__officer_id
                  OR c.party_id IS NULL AND NOT v.cases__party_id THEN NULL
             ELSE 0 END AS conflict,
        CASE WHEN n.reviewer_id = c.handler_id OR t.investigated = 1 THEN 1 ELSE 0 END AS investigated,
        CASE WHEN n.reviewer_unit_id = COALESCE(c.handler_unit_id, c.unit_id) AND z.small THEN 1 ELSE 0 END AS excused
    FROM ended n
    JOIN cases c ON c.case_id = n.case_id
    JOIN case_coverage v ON v.subject_id = n.case_id
    JOIN organ_size z ON z.subject_id = n.case_id
    LEFT JOIN attended t ON t.review_id = n.review_id
    LEFT JOIN conflicted x ON x.review_id = n.review_id
), qualification AS (
    SELECT
        n.review_id,
        CASE WHEN o.legal_qualified OR o.first_reviewed_on < l.from_on THEN 0
             WHEN n.reviewer_id IS NULL OR o.officer_id IS NULL THEN NULL
             WHEN o.legal_qualified IS NULL AND NOT v.officers__legal_qualified THEN NULL
             WHEN o.first_reviewed_on IS NULL AND NOT v.officers__first_reviewed_on THEN NULL
             ELSE 1 END AS failed
    FROM ended n
    JOIN base b ON b.subject_id = n.case_id
    JOIN subjects s ON s.subject_id = n.case_id
    JOIN case_coverage v ON v.subject_id = n.case_id
    JOIN lists.reviewer_qualifications l ON l.kind = b.kind
        AND l.from_on <= COALESCE(n.concluded_on, s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(n.concluded_on, s.period_on))
    LEFT JOIN officers o ON o.officer_id = n.reviewer_id
), opinion AS (
    -- What an explicit opinion needs: 1 missing, 0 there, null unknown.
    SELECT
        n.review_id,
        CASE WHEN d.document_id IS NOT NULL THEN 0
             WHEN n.opinion_document_id IS NULL AND v.legal_reviews__opinion_document_id THEN 1
             WHEN n.opinion_document_id IS NOT NULL AND v.documents__document_id THEN 1 END AS no_document,
        CASE WHEN d.document_id IS NULL OR d.signed THEN 0
             WHEN d.signed IS NOT NULL OR v.documents__signed THEN 1 END AS unsigned,
        CASE WHEN d.document_id IS NULL OR d.made_on IS NOT NULL THEN 0
             WHEN v.documents__made_on THEN 1 END AS undated,
        CASE WHEN n.result IS NOT NULL THEN 0 WHEN v.legal_reviews__result THEN 1 END AS no_result,
        CASE WHEN n.result = 'pass' OR n.reason_codes IS NOT NULL THEN 0
             WHEN n.result = 'return' AND v.legal_reviews__reason_codes THEN 1
             WHEN n.result IS NULL THEN 0 END AS no_ground,
        CASE WHEN n.result = 'pass' OR n.reason IS NOT NULL THEN 0
             WHEN n.result = 'return' AND v.legal_reviews__reason THEN 1
             WHEN n.result IS NULL THEN 0 END AS no_text
    FROM ended n
    JOIN case_coverage v ON v.subject_id = n.case_id
    LEFT JOIN documents d ON d.document_id = n.opinion_document_id
), opinions AS (
    SELECT o.review_id,
           COALESCE(o.no_document, 0) + COALESCE(o.unsigned, 0) + COALESCE(o.undated, 0)
               + COALESCE(o.no_result, 0) + COALESCE(o.no_ground, 0) + COALESCE(o.no_text, 0) AS failed,
           CASE WHEN o.no_document IS NULL OR o.unsigned IS NULL OR o.undated IS NULL
                     OR o.no_result IS NULL OR o.no_ground IS NULL OR o.no_text IS NULL THEN 1 ELSE 0 END AS unknown
    FROM opinion o
), points AS (
    -- The points on which a review is silent.
    SELECT n.review_id,
           SUM(CASE WHEN x.code IS NULL AND (n.scope IS NOT NULL OR v.legal_reviews__scope) THEN 1 ELSE 0 END) AS failed,
           MAX(CASE WHEN n.scope IS NULL AND NOT v.legal_reviews__scope THEN 1 ELSE 0 END) AS unknown
    FROM ended n
    JOIN subjects s ON s.subject_id = n.case_id
    JOIN case_coverage v ON v.subject_id = n.case_id
    JOIN lists.review_points l ON l.from_on <= COALESCE(n.concluded_on, s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(n.concluded_on, s.period_on))
    LEFT JOIN legal_reviews__scope x ON x.review_id = n.review_id AND x.code = l.point
    GROUP BY n.review_id
), later AS (
    -- What followed a return before the decision: a pass, and one that was submitted anew.
    SELECT r.review_id,
           COUNT(*) AS passes,
           COUNT(CASE WHEN q.submitted_on >= r.concluded_on THEN 1 END) AS resubmitted,
           COUNT(CASE WHEN q.submitted_on IS NULL AND NOT v.legal_reviews__submitted_on THEN 1 END) AS unsure
    FROM concluded r
    JOIN case_coverage v ON v.subject_id = r.case_id
    JOIN concluded p ON p.case_id = r.case_id AND p.review_id <> r.review_id
        AND p.result = 'pass' AND p.before_decision AND p.concluded_on >= r.concluded_on
    JOIN legal_reviews q ON q.review_id = p.review_id
    WHERE r.result = 'return'
    GROUP BY r.review_id
), returned AS (
    SELECT
        c.case_id,
        c.review_id,
        CASE WHEN r.disagreement_decided_on <= b.decided_on THEN 0
             WHEN r.disagreement_decided_on IS NULL AND NOT v.legal_reviews__disagreement_decided_on THEN
                  CASE WHEN r.responded_on <= b.decided_on AND l.resubmitted > 0 THEN 0 END
             WHEN r.responded_on > b.decided_on THEN 1
             WHEN r.responded_on IS NULL AND v.legal_reviews__responded_on THEN 1
             WHEN COALESCE(l.resubmitted, 0) = 0 AND COALESCE(l.unsure, 0) = 0 AND v.legal_reviews__result THEN 1
             WHEN r.responded_on IS NOT NULL AND l.resubmitted > 0 THEN 0 END AS failed
    FROM concluded c
    JOIN base b ON b.subject_id = c.case_id
    JOIN case_coverage v ON v.subject_id = c.case_id
    JOIN legal_reviews r ON r.review_id = c.review_id
    LEFT JOIN later l ON l.review_id = c.review_id
    WHERE c.result = 'return'
), judged AS (
    SELECT
        n.case_id,
        SUM(CASE WHEN t.handled = 1 OR t.took_part = 1 OR t.same_unit = 1 OR t.conflict = 1 THEN 1 ELSE 0 END) AS tied,
        SUM(CASE WHEN t.handled IS NULL OR t.took_part IS NULL OR t.same_unit IS NULL OR t.conflict IS NULL THEN 1 ELSE 0 END) AS tied_unknown,
        MAX(t.investigated) AS investigated,
        MAX(t.excused) AS excused,
        STRING_AGG('legal_reviews' || '/' || n.review_id, ';' ORDER BY n.review_id) FILTER (WHERE t.handled = 1 OR t.took_part = 1 OR t.same_unit = 1 OR t.conflict = 1) AS tied_ids,
        COUNT(u.review_id) AS qualifying,
        SUM(u.failed) AS unqualified,
        SUM(CASE WHEN u.review_id IS NOT NULL AND u.failed IS NULL THEN 1 ELSE 0 END) AS unqualified_unknown,
        STRING_AGG('legal_reviews' || '/' || n.review_id, ';' ORDER BY n.review_id) FILTER (WHERE u.failed = 1) AS unqualified_ids,
        SUM(o.failed) AS unexplicit,
        SUM(o.unknown) AS unexplicit_unknown,
        STRING_AGG('legal_reviews' || '/' || n.review_id, ';' ORDER BY n.review_id) FILTER (WHERE o.failed > 0) AS unexplicit_ids,
        COUNT(p.review_id) AS pointed,
        SUM(p.failed) AS silent,
        SUM(p.unknown) AS silent_unknown,
        STRING_AGG('legal_reviews' || '/' || n.review_id, ';' ORDER BY n.review_id) FILTER (WHERE p.failed > 0) AS silent_ids
    FROM ended n
    JOIN ties t ON t.review_id = n.review_id
    JOIN opinions o ON o.review_id = n.review_id
    LEFT JOIN qualification u ON u.review_id = n.review_id
    LEFT JOIN points p ON p.review_id = n.review_id
    GROUP BY n.case_id
), returns AS (
    SELECT r.case_id, COUNT(*) AS number, SUM(r.failed) AS failed,
           SUM(CASE WHEN r.failed IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('legal_reviews' || '/' || r.review_id, ';' ORDER BY r.review_id) FILTER (WHERE r.failed = 1) AS ids
    FROM returned r
    GROUP BY r.case_id
), answers AS (
    SELECT
        b.subject_id,
        b.decided,
        b.closed,
        b.major,
        CASE WHEN k.declared_major IS NOT NULL THEN k.declared_major
             WHEN v.cases__declared_major THEN FALSE END AS declared_major,
        q.legal_reviews_minimum,
        b.kind,
        j.case_id AS ended_case_id,
        j.tied, j.tied_unknown, j.investigated, j.excused, j.tied_ids,
        j.qualifying, j.unqualified, j.unqualified_unknown, j.unqualified_ids,
        j.unexplicit, j.unexplicit_unknown, j.unexplicit_ids,
        j.pointed, j.silent, j.silent_unknown, j.silent_ids,
        t.number AS returns,
        t.failed AS returns_open,
        t.unknown AS returns_unknown,
        t.ids AS returns_ids,
        v.legal_reviews__review_id AS reviews_known,
        COALESCE(s.reviews, 0) AS reviews,
        c.concluded,
        CASE WHEN v.legal_reviews__concluded_on THEN COALESCE(c.concluded, 0) ELSE c.concluded END AS known_concluded,
        c.last_on,
        x.result AS last_result,
        x.same_day,
        l.fact_on,
        v.legal_reviews__concluded_on AS conclusions_known,
        v.legal_reviews__result AS results_known,
        v.party_acts__kind AND v.party_acts__acted_on AND v.party_acts__new_evidence
            AND v.hearings__held_on AND v.hearings__new_evidence
            AND v.documents__kind AND v.documents__made_on
            AND v.documents__intended_fine_yuan AND v.documents__intended_kinds
            AND v.cases__fine_yuan AND v.cases__penalty_kinds AS new_facts_known,
        s.ids
    FROM base b
    JOIN cases k ON k.case_id = b.subject_id
    JOIN case_parameters q ON q.subject_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN judged j ON j.case_id = b.subject_id
    LEFT JOIN returns t ON t.case_id = b.subject_id
    LEFT JOIN submitted s ON s.case_id = b.subject_id
    LEFT JOIN counted c ON c.case_id = b.subject_id
    LEFT JOIN ranked x ON x.case_id = b.subject_id AND x.place = 1
    LEFT JOIN last_fact l ON l.case_id = b.subject_id
)
SELECT
    a.subject_id,
    CASE WHEN a.decided AND a.major THEN 'due'
         WHEN NOT a.decided OR NOT a.major THEN 'not_applicable'
         ELSE 'due' END AS major_review_scope,
    CASE WHEN a.decided AND a.major THEN a.known_concluded END AS legal_reviews_concluded,
    CASE WHEN NOT a.decided OR a.reviews = 0 AND a.conclusions_known THEN 'not_applicable'
         ELSE 'due' END AS review_passed_scope,
    CASE WHEN a.decided IS NULL OR a.reviews = 0 OR NOT a.conclusions_known THEN NULL
         WHEN a.last_result = 'pass' THEN TRUE
         WHEN a.last_result IS NOT NULL OR a.last_on IS NULL OR a.results_known THEN FALSE
    END AS review_passed_before_decision,
    CASE WHEN a.same_day THEN 'order_unknown' END AS review_passed_note,
    CASE WHEN a.fact_on IS NOT NULL THEN 'due'
         WHEN NOT a.decided THEN 'not_applicable'
         WHEN a.conclusions_known AND (a.last_on IS NULL OR a.decided AND a.new_facts_known) THEN 'not_applicable'
         ELSE 'due' END AS review_repeated_scope,
    CASE WHEN a.last_on < a.fact_on OR a.fact_on IS NOT NULL AND a.new_facts_known THEN a.last_on END AS last_legal_review_on,
    a.fact_on AS last_new_fact_on,
    CASE WHEN a.last_on = a.fact_on THEN 'order_unknown' END AS review_repeated_note,
    a.ids AS legal_review_evidence,
    CASE WHEN a.legal_reviews_minimum IS NULL OR NOT a.decided THEN 'not_applicable' ELSE 'due' END AS major_flag_scope,
    CASE WHEN a.decided IS NULL THEN NULL
         WHEN NOT a.major OR a.declared_major THEN 0
         WHEN a.major AND NOT a.declared_major THEN 1 END AS major_unflagged_count,
    CASE WHEN a.legal_reviews_minimum IS NULL THEN 'not_applicable'
         WHEN a.ended_case_id IS NOT NULL OR NOT a.reviews_known THEN 'due'
         ELSE 'not_applicable' END AS review_ended_scope,
    CASE WHEN a.tied > 0 THEN a.tied WHEN a.tied_unknown = 0 THEN 0 END AS reviewers_tied_count,
    COALESCE(a.investigated, 0) = 1 AS reviewer_investigated,
    CASE WHEN a.excused = 1 THEN 'small_organ' END AS reviewers_tied_note,
    a.tied_ids AS reviewers_tied_evidence,
    CASE WHEN a.qualifying > 0 THEN 'due'
         WHEN NOT a.reviews_known AND a.kind = 'penalty' THEN 'due'
         WHEN a.kind IS NULL AND (a.ended_case_id IS NOT NULL OR NOT a.reviews_known) THEN 'due'
         ELSE 'not_applicable' END AS reviewers_qualified_scope,
    CASE WHEN a.unqualified > 0 THEN a.unqualified
         WHEN a.qualifying > 0 AND a.unqualified_unknown = 0 THEN 0 END AS reviewers_unqualified_count,
    a.unqualified_ids AS reviewers_unqualified_evidence,
    CASE WHEN a.unexplicit > 0 THEN a.unexplicit WHEN a.unexplicit_unknown = 0 THEN 0 END AS opinion_defects_count,
    a.unexplicit_ids AS opinion_defects_evidence,
    CASE WHEN a.legal_reviews_minimum IS NULL THEN 'not_applicable'
         WHEN a.pointed > 0 OR NOT a.reviews_known THEN 'due'
         ELSE 'not_applicable' END AS review_points_scope,
    CASE WHEN a.silent > 0 THEN a.silent
         WHEN a.pointed > 0 AND a.silent_unknown = 0 THEN 0 END AS review_points_missing_count,
    a.silent_ids AS review_points_evidence,
    CASE WHEN a.returns > 0 AND NOT a.decided AND a.closed THEN 'not_applicable'
         WHEN a.returns > 0 AND NOT a.decided AND NOT a.closed THEN 'not_yet_due'
         WHEN a.returns > 0 THEN 'due'
         WHEN a.reviews_known AND (a.reviews = 0 OR a.conclusions_known AND a.results_known) THEN 'not_applicable'
         ELSE 'due' END AS review_returns_scope,
    CASE WHEN NOT COALESCE(a.decided, FALSE) THEN NULL
         WHEN a.returns_open > 0 THEN a.returns_open
         WHEN a.returns > 0 AND a.returns_unknown = 0 AND a.results_known THEN 0 END AS returns_open_count,
    a.returns_ids AS returns_open_evidence
FROM answers a
