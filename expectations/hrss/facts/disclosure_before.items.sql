-- The published guide of an item that people apply for, or whose procedure is public.
WITH looked AS (
    SELECT
        s.subject_id,
        LEAST(s.period_on, run.as_of) AS looked_on,
        a.from_on, a.to_on, a.on_application, a.public_procedure,
        a.guide_name, a.guide_office, a.guide_conditions, a.guide_limit_days, a.guide_flowchart,
        a.guide_published_on, a.statutory_limit_days
    FROM subjects s
    CROSS JOIN run
    JOIN authority_items a ON a.organ_id = s.organ_id AND a.item_code = s.item_code
), parts AS (
    -- 1: the part is missing, 0: it is there, NULL: nobody can tell.
    SELECT
        k.subject_id,
        CASE WHEN k.from_on > k.looked_on OR k.to_on < k.looked_on THEN FALSE
             WHEN (k.from_on IS NOT NULL OR v.authority_items__from_on)
                  AND (k.to_on IS NOT NULL OR v.authority_items__to_on) THEN TRUE END AS active,
        CASE WHEN k.on_application OR k.public_procedure THEN TRUE
             WHEN (k.on_application IS NOT NULL OR v.authority_items__on_application)
                  AND (k.public_procedure IS NOT NULL OR v.authority_items__public_procedure)
             THEN FALSE END AS guided,
        CASE WHEN k.guide_name IS NOT NULL THEN 0 WHEN v.authority_items__guide_name THEN 1 END AS unnamed,
        CASE WHEN k.guide_office IS NOT NULL THEN 0 WHEN v.authority_items__guide_office THEN 1 END AS no_office,
        CASE WHEN k.guide_conditions IS NOT NULL THEN 0 WHEN v.authority_items__guide_conditions THEN 1 END AS no_conditions,
        CASE WHEN k.guide_limit_days > k.statutory_limit_days THEN 1
             WHEN k.guide_limit_days IS NULL THEN CASE WHEN v.authority_items__guide_limit_days THEN 1 END
             WHEN k.statutory_limit_days IS NOT NULL OR v.authority_items__statutory_limit_days THEN 0 END AS no_term,
        CASE WHEN k.guide_flowchart THEN 0
             WHEN k.guide_flowchart IS NOT NULL OR v.authority_items__guide_flowchart THEN 1 END AS no_chart,
        CASE WHEN k.guide_published_on <= k.looked_on THEN 0
             WHEN k.guide_published_on IS NOT NULL OR v.authority_items__guide_published_on THEN 1 END AS unpublished
    FROM looked k
    JOIN case_coverage v ON v.subject_id = k.subject_id
), counted AS (
    SELECT
        p.subject_id,
        p.active AND p.guided AS duty,
        COALESCE(p.unnamed, 0) + COALESCE(p.no_office, 0) + COALESCE(p.no_conditions, 0)
            + COALESCE(p.no_term, 0) + COALESCE(p.no_chart, 0) + COALESCE(p.unpublished, 0) AS missing,
        p.unnamed + p.no_office + p.no_conditions + p.no_term + p.no_chart + p.unpublished AS all_known
    FROM parts p
)
SELECT
    k.subject_id,
    CASE WHEN l.kind IS NULL OR NOT c.duty THEN 'not_applicable' ELSE 'due' END AS guide_scope,
    CASE WHEN NOT COALESCE(c.duty, FALSE) THEN NULL
         WHEN c.missing > 0 THEN c.missing
         ELSE c.all_known END AS guide_faults_count
FROM looked k
JOIN counted c ON c.subject_id = k.subject_id
LEFT JOIN lists.published_lists l ON l.kind = 'guide'
    AND (l.from_on IS NULL OR l.from_on <= k.looked_on)
    AND (l.to_on IS NULL OR l.to_on >= k.looked_on)
