-- Legal review of major decisions: done, passed before the decision, repeated after new facts.
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
    SELECT i.document_id
    FROM documents__intended_kinds i
    LEFT JOIN cases__penalty_kinds k ON k.case_id = i.case_id AND k.code = i.code
    WHERE k.code IS NULL
), kinds_dropped AS (
    SELECT d.document_id
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
    WHERE d.kind = 'notice' AND (
        d.intended_fine_yuan <> c.fine_yuan
        OR c.fine_yuan IS NULL AND v.cases__fine_yuan AND d.intended_fine_yuan <> 0
        OR v.cases__penalty_kinds AND EXISTS (SELECT 1 FROM kinds_added x WHERE x.document_id = d.document_id)
        OR EXISTS (SELECT 1 FROM kinds_dropped y WHERE y.document_id = d.document_id))
), last_fact AS (
    SELECT n.case_id, MAX(n.fact_on) AS fact_on
    FROM new_facts n
    JOIN counted c ON c.case_id = n.case_id
    JOIN base b ON b.subject_id = n.case_id
    WHERE n.fact_on >= c.first_on AND n.fact_on <= b.decided_on
    GROUP BY n.case_id
), answers AS (
    SELECT
        b.subject_id,
        b.decided,
        b.major,
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
    JOIN case_coverage v ON v.subject_id = b.subject_id
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
    a.ids AS legal_review_evidence
FROM answers a
