-- Discretion: was a tier and a reason stated, and does the fine lie within the law, the tier, the notice?
-- Two checks look at groups of cases (a second fine for one act, like cases). They look at all fines
-- on record, also those that no audit period holds: the first fine may lie before it.
WITH fined AS (
    -- Every fine in force by the as-of day. A party is told by its code where that is a valid one
    -- (what stands for an unknown code would make one party of many), else by its id.
    SELECT c.case_id, c.organ_id, c.item_code, c.decided_on, c.act_from_on, c.act_to_on,
           c.fine_yuan, c.people_harmed,
           COALESCE(CASE WHEN p.code_valid THEN p.code END, c.party_id) AS party
    FROM cases c
    CROSS JOIN run
    LEFT JOIN parties p ON p.party_id = c.party_id
    WHERE c.kind = 'penalty' AND c.result = 'penalised' AND c.decided_on <= run.as_of AND c.fine_yuan > 0
), stated AS (
    SELECT d.case_id,
           COUNT(*) AS measures,
           MIN(d.tier_code) AS tier_code,
           COUNT(DISTINCT d.tier_code) AS tiers,
           MIN(d.baseline_version) AS baseline_version,
           MAX(d.base_count) AS base_count,
           MAX(d.base_yuan) AS base_yuan
    FROM discretions d
    GROUP BY d.case_id
), reasons AS (
    SELECT d.case_id,
           COUNT(d.tier_code) AS tiers,
           MAX(CASE WHEN d.tier_code IS NULL THEN 1 ELSE 0 END) AS no_tier,
           MAX(CASE WHEN d.factors IS NULL THEN 1 ELSE 0 END) AS no_factors,
           MAX(CASE WHEN d.reason IS NULL OR f.phrase IS NOT NULL THEN 1
                    WHEN LENGTH(d.reason) < q.discretion_reason_length THEN 1 ELSE 0 END) AS no_reason,
           MAX(CASE WHEN d.mitigation IS NOT NULL THEN 1 ELSE 0 END) AS claimed,
           MAX(CASE WHEN m.mitigation IS NOT NULL THEN 1 ELSE 0 END) AS mitigated,
           MAX(CASE WHEN d.deviates AND d.reason IS NOT NULL AND a.approved_by IS NOT NULL
                         AND o.document_id IS NOT NULL THEN 1 ELSE 0 END) AS excused
    FROM discretions d
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = d.case_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    LEFT JOIN lists.discretion_phrases f ON f.phrase = d.reason
        AND (f.from_on IS NULL OR f.from_on <= s.period_on)
        AND (f.to_on IS NULL OR f.to_on >= s.period_on)
    LEFT JOIN lists.mitigation_grounds m ON m.mitigation = d.mitigation
        AND (m.from_on IS NULL OR m.from_on <= s.period_on)
        AND (m.to_on IS NULL OR m.to_on >= s.period_on)
    LEFT JOIN lists.deviation_approvals a ON a.approved_by = d.deviation_approved_by
        AND (a.from_on IS NULL OR a.from_on <= s.period_on)
        AND (a.to_on IS NULL OR a.to_on >= s.period_on)
    LEFT JOIN documents o ON o.document_id = d.deviation_document_id AND o.case_id = d.case_id
        AND (o.made_on IS NULL OR o.made_on <= run.as_of)
    GROUP BY d.case_id
), baselines AS (
    SELECT DISTINCT t.organ_id, t.item_code
    FROM discretion_tiers t
), fine_kinds AS (
    SELECT DISTINCT k.case_id
    FROM cases__penalty_kinds k
    WHERE k.code = 'fine'
), population AS (
    SELECT
        b.subject_id,
        b.kind = 'penalty' AND b.decided AND b.penalised AS penalised,
        CASE WHEN c.item_code IS NULL THEN CASE WHEN v.cases__item_code THEN FALSE END
             WHEN t.item_code IS NOT NULL OR i.has_baseline THEN TRUE
             WHEN v.authority_items__has_baseline OR v.discretion_tiers__item_code THEN FALSE
        END AS has_baseline,
        CASE WHEN c.fine_yuan IS NOT NULL THEN c.fine_yuan > 0
             WHEN k.case_id IS NOT NULL THEN TRUE
             WHEN v.cases__fine_yuan THEN FALSE END AS fined,
        c.fine_yuan
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN fine_kinds k ON k.case_id = c.case_id
    LEFT JOIN baselines t ON t.organ_id = c.organ_id AND t.item_code = c.item_code
    LEFT JOIN authority_items i ON i.organ_id = c.organ_id AND i.item_code = c.item_code
), particulars AS (
    SELECT b.subject_id,
           CASE WHEN v.discretions__tier_code THEN
                CASE WHEN COALESCE(r.tiers, 0) < q.discretion_tiers_minimum OR r.no_tier = 1 THEN 1 ELSE 0 END END AS tier,
           CASE WHEN v.discretions__factors THEN COALESCE(r.no_factors, 1) END AS factors,
           CASE WHEN v.discretions__reason THEN COALESCE(r.no_reason, 1) END AS reason
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN case_parameters q ON q.subject_id = b.subject_id
    LEFT JOIN reasons r ON r.case_id = b.subject_id
), articles AS (
    -- The articles cited that set a fine, and what their amounts are multiplied by: those in force when
    -- the act was done; of newer ones, in force at the decision, only the lower least amount counts (处罚法 37).
    SELECT DISTINCT k.case_id, l.basis_code, l.fine_min_yuan, l.fine_max_yuan,
           (l.from_on IS NULL OR l.from_on <= COALESCE(c.act_to_on, c.act_from_on, c.filed_on, c.decided_on))
               AND (l.to_on IS NULL OR l.to_on >= COALESCE(c.act_to_on, c.act_from_on, c.filed_on, c.decided_on)) AS of_the_act,
           (l.from_on IS NULL OR l.from_on <= c.decided_on)
               AND (l.to_on IS NULL OR l.to_on >= c.decided_on) AS of_the_decision,
           CASE l.fine_base WHEN 'flat' THEN 1
                            WHEN 'per_person' THEN COALESCE(s.base_count, c.people_harmed)
                            WHEN 'multiple' THEN s.base_yuan END AS base
    FROM cases__basis_codes k
    JOIN cases c ON c.case_id = k.case_id
    JOIN law_articles l ON l.basis_code = k.code
    LEFT JOIN stated s ON s.case_id = k.case_id
    WHERE l.fine_min_yuan IS NOT NULL OR l.fine_max_yuan IS NOT NULL
), severest AS (
    SELECT a.case_id, a.basis_code, a.fine_min_yuan, a.fine_max_yuan, a.base, a.of_the_act,
           ROW_NUMBER() OVER (PARTITION BY a.case_id, a.of_the_act
               ORDER BY CASE WHEN a.fine_max_yuan IS NULL THEN 0 ELSE 1 END, a.fine_max_yuan * a.base DESC,
                        a.fine_min_yuan * a.base, a.basis_code) AS place
    FROM articles a
    WHERE a.of_the_act OR a.of_the_decision
), allowed AS (
    -- One act is fined by the article with the highest fine (处罚法 29); as many acts, as many measures were taken.
    SELECT a.case_id,
           SUM(CASE WHEN a.base IS NULL THEN 1 ELSE 0 END) AS unsure,
           SUM(CASE WHEN a.of_the_act AND a.place <= COALESCE(s.measures, 1) AND a.fine_max_yuan IS NULL THEN 1 ELSE 0 END) AS unbounded,
           MIN(CASE WHEN NOT a.of_the_act OR a.place <= COALESCE(s.measures, 1) THEN COALESCE(a.fine_min_yuan, 0) * a.base END) AS least,
           SUM(CASE WHEN a.of_the_act AND a.place <= COALESCE(s.measures, 1) THEN a.fine_max_yuan * a.base END) AS most
    FROM severest a
    LEFT JOIN stated s ON s.case_id = a.case_id
    GROUP BY a.case_id
    HAVING MAX(CASE WHEN a.of_the_act THEN 1 ELSE 0 END) = 1
), unheard AS (
    SELECT k.case_id, COUNT(*) AS codes
    FROM cases__basis_codes k
    LEFT JOIN law_articles l ON l.basis_code = k.code
    WHERE l.basis_code IS NULL
    GROUP BY k.case_id
), statutory AS (
    SELECT p.subject_id,
           CASE WHEN NOT v.cases__basis_codes OR a.case_id IS NULL OR a.unsure > 0 OR u.codes > 0 THEN NULL
                WHEN a.unbounded = 0 AND p.fine_yuan > a.most THEN p.fine_yuan - a.most
                WHEN p.fine_yuan >= a.least THEN 0
                WHEN r.mitigated = 1 THEN 0
                WHEN v.discretions__mitigation THEN a.least - p.fine_yuan END AS outside
    FROM population p
    JOIN case_coverage v ON v.subject_id = p.subject_id
    LEFT JOIN allowed a ON a.case_id = p.subject_id
    LEFT JOIN unheard u ON u.case_id = p.subject_id
    LEFT JOIN reasons r ON r.case_id = p.subject_id
), bands AS (
    -- The tier that a fine states, as the baseline of its organ has it.
    SELECT f.case_id,
           MIN(t.from_yuan) AS from_yuan,
           MAX(t.to_yuan) AS to_yuan,
           MIN(t.base) AS base,
           COUNT(DISTINCT t.base) AS bases
    FROM fined f
    JOIN stated s ON s.case_id = f.case_id
    JOIN discretion_tiers t ON t.organ_id = f.organ_id AND t.item_code = f.item_code
        AND t.tier_code = s.tier_code
        AND (s.baseline_version IS NULL OR t.baseline_version = s.baseline_version)
    WHERE s.tiers = 1
    GROUP BY f.case_id
), measured AS (
    SELECT f.case_id, f.organ_id, f.item_code, f.fine_yuan, s.tier_code, b.from_yuan, b.to_yuan,
           CASE WHEN b.bases > 1 THEN NULL
                ELSE CASE b.base WHEN 'flat' THEN 1
                                 WHEN 'per_person' THEN COALESCE(s.base_count, f.people_harmed)
                                 WHEN 'multiple' THEN s.base_yuan END END AS base
    FROM fined f
    JOIN stated s ON s.case_id = f.case_id
    JOIN bands b ON b.case_id = f.case_id
), off_tier AS (
    SELECT m.case_id,
           CASE WHEN m.base IS NULL OR m.from_yuan IS NULL AND m.to_yuan IS NULL THEN NULL
                WHEN m.fine_yuan > m.to_yuan * m.base THEN m.fine_yuan - m.to_yuan * m.base
                WHEN m.fine_yuan < m.from_yuan * m.base THEN m.from_yuan * m.base - m.fine_yuan
                ELSE 0 END AS outside
    FROM measured m
), baseline AS (
    SELECT p.subject_id,
           CASE WHEN o.outside IS NULL OR o.outside = 0 THEN o.outside
                WHEN r.excused = 1 THEN 0
                WHEN v.discretions__deviates AND v.discretions__reason
                     AND v.discretions__deviation_approved_by AND v.discretions__deviation_document_id
                     AND v.documents__document_id THEN o.outside END AS outside
    FROM population p
    JOIN case_coverage v ON v.subject_id = p.subject_id
    LEFT JOIN off_tier o ON o.case_id = p.subject_id
    LEFT JOIN reasons r ON r.case_id = p.subject_id
), pleas AS (
    SELECT a.case_id, MIN(a.acted_on) AS plea_on
    FROM party_acts a
    CROSS JOIN run
    WHERE a.kind = 'plea' AND a.acted_on <= run.as_of
    GROUP BY a.case_id
), facts_found AS (
    SELECT a.case_id, a.acted_on AS fact_on
    FROM party_acts a
    JOIN pleas p ON p.case_id = a.case_id
    WHERE a.new_evidence AND a.acted_on >= p.plea_on
    UNION ALL
    SELECT h.case_id, h.held_on AS fact_on
    FROM hearings h
    JOIN pleas p ON p.case_id = h.case_id
    WHERE h.new_evidence AND h.held_on >= p.plea_on
    UNION ALL
    -- Who is questioned on the day of the plea pleads; that brings no new facts.
    SELECT e.case_id, CAST(e.start_at AS DATE) AS fact_on
    FROM events e
    JOIN pleas p ON p.case_id = e.case_id
    WHERE e.kind IN ('inspection', 'questioning', 'evidence') AND CAST(e.start_at AS DATE) > p.plea_on
), new_facts AS (
    SELECT f.case_id, MIN(f.fact_on) AS fact_on
    FROM facts_found f
    GROUP BY f.case_id
), notices AS (
    SELECT d.case_id, d.document_id, d.made_on, d.intended_kinds, d.intended_fine_yuan, p.plea_on,
           n.fact_on,
           MIN(d.made_on) OVER (PARTITION BY d.case_id) AS first_on
    FROM documents d
    JOIN base b ON b.subject_id = d.case_id
    JOIN pleas p ON p.case_id = d.case_id
    LEFT JOIN new_facts n ON n.case_id = d.case_id
    WHERE d.kind = 'notice' AND (d.made_on IS NULL OR d.made_on <= b.decided_on)
), judged_notices AS (
    -- A notice after the plea replaces the one before only where new facts came between.
    SELECT n.case_id, n.document_id, n.made_on, n.intended_kinds, n.intended_fine_yuan,
           CASE WHEN n.made_on IS NULL OR n.made_on <= n.plea_on OR n.made_on = n.first_on
                     OR n.fact_on <= n.made_on THEN 1 ELSE 0 END AS counts
    FROM notices n
), compared AS (
    SELECT j.case_id, j.document_id, j.intended_kinds, j.intended_fine_yuan,
           ROW_NUMBER() OVER (PARTITION BY j.case_id
               ORDER BY j.counts DESC, CASE WHEN j.made_on IS NULL THEN 0 ELSE 1 END DESC, j.made_on DESC, j.document_id DESC) AS place,
           MIN(j.counts) OVER (PARTITION BY j.case_id) AS all_count
    FROM judged_notices j
), ranks AS (
    SELECT b.subject_id, l.penalty_kind, l.rank
    FROM base b
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN compared n ON n.case_id = b.subject_id AND n.place = 1
    JOIN lists.penalty_severity l ON (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
), dropped AS (
    SELECT n.case_id, MAX(r.rank) AS rank
    FROM compared n
    JOIN documents__intended_kinds i ON i.document_id = n.document_id
    JOIN ranks r ON r.subject_id = n.case_id AND r.penalty_kind = i.code
    LEFT JOIN cases__penalty_kinds k ON k.case_id = n.case_id AND k.code = i.code
    WHERE n.place = 1 AND k.code IS NULL
    GROUP BY n.case_id
), added AS (
    -- A kind that the notice did not name is no heavier where a kind at least as heavy was dropped.
    SELECT n.case_id,
           SUM(CASE WHEN r.rank > COALESCE(d.rank, 0) THEN 1 ELSE 0 END) AS heavier,
           SUM(CASE WHEN k.code <> 'fine' THEN 1 ELSE 0 END) AS beside_the_fine
    FROM compared n
    JOIN cases__penalty_kinds k ON k.case_id = n.case_id
    JOIN ranks r ON r.subject_id = n.case_id AND r.penalty_kind = k.code
    LEFT JOIN documents__intended_kinds i ON i.document_id = n.document_id AND i.code = k.code
    LEFT JOIN dropped d ON d.case_id = n.case_id
    WHERE n.place = 1 AND i.code IS NULL
    GROUP BY n.case_id
), fines_intended AS (
    SELECT DISTINCT i.document_id
    FROM documents__intended_kinds i
    WHERE i.code = 'fine'
), heavier AS (
    SELECT n.case_id,
           n.document_id,
           n.all_count,
           CASE WHEN n.intended_kinds IS NOT NULL THEN COALESCE(a.heavier, 0)
                WHEN n.intended_fine_yuan IS NOT NULL AND COALESCE(a.beside_the_fine, 0) = 0 THEN 0 END AS kinds,
           CASE WHEN n.intended_kinds IS NOT NULL AND f.document_id IS NULL THEN 0
                WHEN n.intended_fine_yuan IS NULL THEN NULL
                WHEN c.fine_yuan > n.intended_fine_yuan AND r.rank >= COALESCE(d.rank, 0) THEN 1
                WHEN c.fine_yuan IS NOT NULL OR v.cases__fine_yuan THEN 0 END AS amount
    FROM compared n
    JOIN cases c ON c.case_id = n.case_id
    JOIN case_coverage v ON v.subject_id = n.case_id
    LEFT JOIN fines_intended f ON f.document_id = n.document_id
    LEFT JOIN ranks r ON r.subject_id = n.case_id AND r.penalty_kind = 'fine'
    LEFT JOIN added a ON a.case_id = n.case_id
    LEFT JOIN dropped d ON d.case_id = n.case_id
    WHERE n.place = 1
), reached AS (
    -- Acts of one party under one item, by their first day: does one begin before all earlier end?
    SELECT f.case_id, f.party, f.item_code, f.decided_on, f.act_from_on, f.act_to_on,
           MAX(f.act_to_on) OVER (PARTITION BY f.party, f.item_code ORDER BY f.act_from_on, f.case_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach_on
    FROM fined f
    WHERE f.party IS NOT NULL AND f.item_code IS NOT NULL
        AND f.act_from_on IS NOT NULL AND f.act_to_on IS NOT NULL
), runs AS (
    SELECT r.case_id, r.party, r.item_code, r.decided_on, r.act_from_on, r.act_to_on,
           SUM(CASE WHEN r.act_from_on <= r.reach_on THEN 0 ELSE 1 END) OVER (
               PARTITION BY r.party, r.item_code ORDER BY r.act_from_on, r.case_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS number
    FROM reached r
), clusters AS (
    SELECT r.case_id, r.party, r.item_code, r.number, r.decided_on, r.act_from_on, r.act_to_on,
           COUNT(*) OVER (PARTITION BY r.party, r.item_code, r.number) AS members,
           MIN(r.case_id) OVER (PARTITION BY r.party, r.item_code, r.number) AS first_id
    FROM runs r
), undone AS (
    SELECT r.case_id, MIN(r.received_on) AS undone_on
    FROM rulings r
    WHERE r.result IN ('revoked', 'void', 'redo')
    GROUP BY r.case_id
), doubles AS (
    -- Only within a run of acts that touch each other, so that most cases meet nobody here.
    SELECT l.case_id,
           COUNT(*) AS earlier,
           STRING_AGG('cases' || '/' || e.case_id, ';' ORDER BY e.case_id) AS ids
    FROM clusters l
    JOIN clusters e ON e.party = l.party AND e.item_code = l.item_code AND e.number = l.number
    LEFT JOIN undone u ON u.case_id = e.case_id
    WHERE l.members > 1
        AND (e.decided_on < l.decided_on OR e.decided_on = l.decided_on AND e.case_id < l.case_id)
        AND e.act_from_on <= l.act_to_on AND e.act_to_on >= l.act_from_on
        AND (u.undone_on IS NULL OR u.undone_on > l.decided_on)
    GROUP BY l.case_id
), turns AS (
    SELECT f.case_id,
           f.party IS NOT NULL AND f.item_code IS NOT NULL AS told_apart,
           f.act_from_on IS NOT NULL AND f.act_to_on IS NOT NULL AS dated,
           ROW_NUMBER() OVER (PARTITION BY f.party, f.item_code ORDER BY f.decided_on, f.case_id) AS place,
           SUM(CASE WHEN f.act_from_on IS NULL OR f.act_to_on IS NULL THEN 1 ELSE 0 END) OVER (
               PARTITION BY f.party, f.item_code ORDER BY f.decided_on, f.case_id
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS undated
    FROM fined f
), once AS (
    SELECT t.case_id,
           CASE WHEN NOT t.told_apart THEN NULL
                WHEN d.earlier > 0 THEN d.earlier
                WHEN t.place = 1 OR t.dated AND t.undated = 0 THEN 0 END AS earlier,
           d.ids,
           c.first_id
    FROM turns t
    LEFT JOIN doubles d ON d.case_id = t.case_id
    LEFT JOIN clusters c ON c.case_id = t.case_id AND c.members > 1
), priced AS (
    -- Amount for one person, or for one yuan of the base. Like cases are those of one organ: an item
    -- is the organ's own, and so is the baseline that its tiers belong to.
    SELECT m.case_id, m.organ_id, m.item_code, m.tier_code,
           m.fine_yuan / NULLIF(m.base, 0) AS amount
    FROM measured m
), middles AS (
    SELECT p.organ_id, p.item_code, p.tier_code, COUNT(*) AS cases, MEDIAN(p.amount) AS middle
    FROM priced p
    WHERE p.amount IS NOT NULL
    GROUP BY p.organ_id, p.item_code, p.tier_code
), spreads AS (
    SELECT p.organ_id, p.item_code, p.tier_code, MEDIAN(ABS(p.amount - m.middle)) AS spread
    FROM priced p
    JOIN middles m ON m.organ_id = p.organ_id AND m.item_code = p.item_code AND m.tier_code = p.tier_code
    WHERE p.amount IS NOT NULL
    GROUP BY p.organ_id, p.item_code, p.tier_code
), alike AS (
    SELECT p.case_id,
           p.organ_id || '/' || p.item_code || '/' || p.tier_code AS name,
           m.cases,
           p.amount,
           m.middle,
           s.spread
    FROM priced p
    JOIN middles m ON m.organ_id = p.organ_id AND m.item_code = p.item_code AND m.tier_code = p.tier_code
    JOIN spreads s ON s.organ_id = p.organ_id AND s.item_code = p.item_code AND s.tier_code = p.tier_code
)
SELECT
    b.subject_id,
    CASE WHEN q.discretion_tiers_minimum IS NULL OR NOT p.penalised OR NOT p.has_baseline
         THEN 'not_applicable' ELSE 'due' END AS discretion_stated_scope,
    CASE WHEN NOT (p.penalised AND p.has_baseline) OR p.penalised IS NULL OR p.has_baseline IS NULL THEN NULL
         WHEN COALESCE(t.tier, 0) + COALESCE(t.factors, 0) + COALESCE(t.reason, 0) > 0
         THEN COALESCE(t.tier, 0) + COALESCE(t.factors, 0) + COALESCE(t.reason, 0)
         ELSE t.tier + t.factors + t.reason END AS discretion_particulars_missing_count,
    CASE WHEN NOT p.penalised OR NOT p.fined THEN 'not_applicable' ELSE 'due' END AS statutory_fine_scope,
    CASE WHEN p.penalised AND p.fined THEN s.outside END AS fine_outside_statute_yuan,
    CASE WHEN s.outside > 0 AND r.claimed = 1 AND r.mitigated = 0 THEN 'ground_not_in_force' END AS statutory_fine_note,
    CASE WHEN q.discretion_tiers_minimum IS NULL OR NOT p.penalised OR NOT p.fined THEN 'not_applicable'
         WHEN COALESCE(r.tiers, 0) = 0 AND v.discretions__tier_code THEN 'not_applicable'
         ELSE 'due' END AS baseline_fine_scope,
    CASE WHEN p.penalised AND p.fined THEN l.outside END AS fine_outside_baseline_yuan,
    CASE WHEN b.kind <> 'penalty' OR NOT p.penalised OR NOT b.plea THEN 'not_applicable'
         WHEN h.case_id IS NULL AND v.documents__kind THEN 'not_applicable'
         ELSE 'due' END AS heavier_after_plea_scope,
    CASE WHEN p.penalised IS NULL OR NOT p.penalised OR NOT v.cases__penalty_kinds THEN NULL
         WHEN COALESCE(h.kinds, 0) + COALESCE(h.amount, 0) = 0 THEN h.kinds + h.amount
         WHEN h.all_count = 1 THEN COALESCE(h.kinds, 0) + COALESCE(h.amount, 0)
         WHEN v.party_acts__new_evidence AND v.hearings__new_evidence AND v.events__start_at
         THEN COALESCE(h.kinds, 0) + COALESCE(h.amount, 0) END AS heavier_after_plea_count,
    'documents' || '/' || h.document_id AS heavier_after_plea_evidence,
    CASE WHEN NOT p.penalised OR NOT p.fined THEN 'not_applicable' ELSE 'due' END AS double_fine_scope,
    CASE WHEN p.penalised AND p.fined THEN o.earlier END AS earlier_fines_count,
    o.first_id AS double_fine_group,
    o.ids AS earlier_fines,
    CASE WHEN NOT p.penalised OR NOT p.fined THEN 'not_applicable'
         WHEN COALESCE(r.tiers, 0) = 0 AND v.discretions__tier_code THEN 'not_applicable'
         WHEN a.cases < q.like_cases_minimum THEN 'not_applicable'
         ELSE 'due' END AS like_case_scope,
    CASE WHEN a.amount = a.middle THEN 0
         ELSE q.like_case_scale * ABS(a.amount - a.middle) / NULLIF(a.spread, 0) END AS like_case_z,
    q.like_case_z_limit,
    a.name AS like_case_group,
    CASE WHEN b.decided THEN 'cases' || '/' || b.subject_id END AS discretion_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
JOIN population p ON p.subject_id = b.subject_id
JOIN particulars t ON t.subject_id = b.subject_id
JOIN statutory s ON s.subject_id = b.subject_id
JOIN baseline l ON l.subject_id = b.subject_id
LEFT JOIN reasons r ON r.case_id = b.subject_id
LEFT JOIN heavier h ON h.case_id = b.subject_id
LEFT JOIN once o ON o.case_id = b.subject_id
LEFT JOIN alike a ON a.case_id = b.subject_id
