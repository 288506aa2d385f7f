-- What several topics share about a case. Dates after the as-of day have not happened yet.
-- Three-valued throughout: NULL where the source cannot tell.
-- A case that was withdrawn (撤销立案) has no decision. Only penalties have a summary procedure;
-- where none is written down, the ordinary one is the rule.
WITH hearing AS (
    SELECT h.case_id, MAX(CASE WHEN h.held_on <= run.as_of THEN 1 ELSE 0 END) AS held
    FROM hearings h CROSS JOIN run
    GROUP BY h.case_id
), plea AS (
    SELECT a.case_id, COUNT(*) AS pleas
    FROM party_acts a CROSS JOIN run
    WHERE a.kind = 'plea' AND a.acted_on <= run.as_of
    GROUP BY a.case_id
), kinds AS (
    SELECT k.case_id,
           MAX(CASE WHEN k.code IN ('fine', 'confiscation') THEN 1 ELSE 0 END) AS money,
           MAX(CASE WHEN s.code IS NOT NULL THEN 1 ELSE 0 END) AS major
    FROM cases__penalty_kinds k
    JOIN subjects t ON t.subject_id = k.case_id
    LEFT JOIN lists.major_scope s ON s.field = 'penalty_kind' AND s.code = k.code
        AND (s.from_on IS NULL OR s.from_on <= t.period_on)
        AND (s.to_on IS NULL OR s.to_on >= t.period_on)
    GROUP BY k.case_id
), fine_law AS (
    -- The articles that a fine stands on, and those of a law with an amount of its own. An article
    -- that is known to bear no fine does not count.
    SELECT k.case_id,
           COUNT(*) AS cited,
           COUNT(CASE WHEN a.title IS NULL THEN 1 END) AS unknown,
           COUNT(CASE WHEN a.title IS NOT NULL AND s.code IS NOT NULL THEN 1 END) AS own
    FROM cases__basis_codes k
    JOIN subjects t ON t.subject_id = k.case_id
    JOIN case_coverage v ON v.subject_id = k.case_id
    LEFT JOIN law_articles a ON a.basis_code = k.code
    LEFT JOIN lists.major_scope s ON s.field = 'fine_law' AND STRPOS(a.title, s.code) > 0
        AND (s.from_on IS NULL OR s.from_on <= t.period_on)
        AND (s.to_on IS NULL OR s.to_on >= t.period_on)
    WHERE a.basis_code IS NULL OR a.fine_max_yuan IS NOT NULL OR NOT v.law_articles__fine_max_yuan
    GROUP BY k.case_id
), publication AS (
    SELECT d.case_id, MAX(CASE WHEN d.published_on <= run.as_of THEN 1 ELSE 0 END) AS published
    FROM disclosures d CROSS JOIN run
    GROUP BY d.case_id
), catalogue AS (
    SELECT m.field, COUNT(*) AS items
    FROM lists.major_scope m
    GROUP BY m.field
), own_catalogue AS (
    -- The organ's own catalogue of major decisions: items of its list of powers that are marked so.
    SELECT t.subject_id, COUNT(*) AS items,
           COUNT(CASE WHEN a.item_code = c.item_code
                           AND (a.from_on IS NULL OR a.from_on <= t.period_on)
                           AND (a.to_on IS NULL OR a.to_on >= t.period_on) THEN 1 END) AS hits
    FROM subjects t
    JOIN cases c ON c.case_id = t.subject_id
    JOIN authority_items a ON a.organ_id = c.organ_id AND a.in_review_catalogue
    GROUP BY t.subject_id
), known AS (
    SELECT
        c.case_id,
        CASE WHEN c.result = 'withdrawn' THEN FALSE
             WHEN c.decided_on IS NOT NULL THEN c.decided_on <= run.as_of
             WHEN v.cases__decided_on THEN FALSE END AS decided,
        CASE WHEN c.closed_on IS NOT NULL THEN c.closed_on <= run.as_of
             WHEN v.cases__closed_on THEN FALSE END AS closed,
        CASE WHEN c.archived_on IS NOT NULL THEN c.archived_on <= run.as_of
             WHEN v.cases__archived_on THEN FALSE END AS archived,
        CASE WHEN h.held = 1 THEN TRUE WHEN v.hearings__held_on THEN FALSE END AS hearing,
        CASE WHEN p.pleas > 0 THEN TRUE WHEN v.party_acts__kind THEN FALSE END AS plea,
        CASE WHEN k.money = 1 THEN TRUE WHEN v.cases__penalty_kinds THEN FALSE END AS fined,
        CASE WHEN k.major = 1 THEN TRUE
             WHEN c.kind <> 'penalty' OR v.cases__penalty_kinds THEN FALSE END AS major_kind,
        CASE WHEN c.kind <> 'penalty' OR q.major_fine IS NULL THEN FALSE
             WHEN c.clock IS NULL AND NOT v.cases__clock THEN NULL
             WHEN c.fine_yuan IS NULL THEN CASE WHEN v.cases__fine_yuan THEN FALSE END
             WHEN c.fine_yuan >= q.major_fine AND c.fine_yuan >= COALESCE(q.major_fine_wages, q.major_fine) THEN TRUE
             WHEN c.fine_yuan < q.major_fine AND c.fine_yuan < COALESCE(q.major_fine_wages, q.major_fine) THEN FALSE
             -- only the law decides: that of unpaid wages of migrant workers, if nothing else is cited
             WHEN w.own > 0 AND w.own = w.cited THEN c.fine_yuan >= q.major_fine_wages
             WHEN w.case_id IS NULL AND NOT v.cases__basis_codes THEN NULL
             WHEN w.unknown > 0 AND w.own + w.unknown = w.cited THEN NULL
             ELSE c.fine_yuan >= q.major_fine END AS major_fine,
        CASE WHEN i.code IS NOT NULL OR o.hits > 0 THEN TRUE
             WHEN NOT v.authority_items__in_review_catalogue THEN NULL
             WHEN c.item_code IS NOT NULL OR v.cases__item_code
                  OR g.items IS NULL AND o.items IS NULL THEN FALSE END AS major_item,
        CASE WHEN c.complex IS NOT NULL THEN c.complex
             WHEN v.cases__complex THEN FALSE END AS complex,
        CASE WHEN c.public_interest IS NOT NULL THEN c.public_interest
             WHEN v.cases__public_interest THEN FALSE END AS public_interest,
        CASE WHEN c.kind <> 'permit' THEN FALSE
             WHEN s.code IS NOT NULL THEN TRUE
             WHEN c.result IS NOT NULL OR v.cases__result THEN FALSE END AS major_result,
        CASE WHEN c.result IS NOT NULL THEN c.result = 'penalised'
             WHEN v.cases__result THEN FALSE END AS penalised,
        CASE WHEN c.result IS NOT NULL THEN c.result = 'granted'
             WHEN v.cases__result THEN FALSE END AS granted,
        CASE WHEN c.result IS NOT NULL THEN c.result <> 'no_problem'
             WHEN v.cases__result THEN FALSE END AS problem_found,
        CASE WHEN u.published = 1 THEN TRUE WHEN v.disclosures__published_on THEN FALSE END AS published
    FROM cases c
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = c.case_id
    JOIN case_parameters q ON q.subject_id = c.case_id
    LEFT JOIN hearing h ON h.case_id = c.case_id
    LEFT JOIN plea p ON p.case_id = c.case_id
    LEFT JOIN kinds k ON k.case_id = c.case_id
    LEFT JOIN fine_law w ON w.case_id = c.case_id
    LEFT JOIN publication u ON u.case_id = c.case_id
    JOIN subjects t ON t.subject_id = c.case_id
    LEFT JOIN catalogue g ON g.field = 'item_code'
    LEFT JOIN own_catalogue o ON o.subject_id = c.case_id
    LEFT JOIN lists.major_scope i ON i.field = 'item_code' AND i.code = c.item_code
        AND (i.from_on IS NULL OR i.from_on <= t.period_on)
        AND (i.to_on IS NULL OR i.to_on >= t.period_on)
    LEFT JOIN lists.major_scope s ON s.field = 'permit_result' AND s.code = c.result
        AND (s.from_on IS NULL OR s.from_on <= t.period_on)
        AND (s.to_on IS NULL OR s.to_on >= t.period_on)
)
SELECT
    c.case_id AS subject_id,
    c.kind,
    CASE WHEN c.procedure IS NOT NULL THEN c.procedure
         WHEN c.kind <> 'penalty' OR v.cases__procedure THEN 'ordinary' END AS procedure,
    c.clock,
    c.case_no,
    CASE WHEN k.decided THEN c.decided_on END AS decided_on,
    CASE WHEN k.decided THEN c.decided_at END AS decided_at,
    k.decided,
    k.closed,
    k.archived,
    k.hearing,
    k.plea,
    k.fined,
    k.published,
    k.granted,
    k.problem_found,
    k.penalised,
    CASE WHEN q.legal_reviews_minimum IS NULL THEN FALSE
         ELSE k.hearing OR k.major_kind OR k.major_fine OR k.major_item OR k.complex
              OR k.public_interest OR k.major_result END AS major,
    -- Major whatever the local amount of a large fine.
    q.legal_reviews_minimum IS NOT NULL
        AND COALESCE(k.hearing OR k.major_kind OR k.major_item OR k.complex
                     OR k.public_interest OR k.major_result, FALSE) AS major_settled
FROM cases c
JOIN case_parameters q ON q.subject_id = c.case_id
JOIN case_coverage v ON v.subject_id = c.case_id
JOIN known k ON k.case_id = c.case_id
