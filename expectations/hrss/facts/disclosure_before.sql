-- What had to be public before this case: the discretion baseline that it cites, and the delegation.
WITH weighed AS (
    SELECT
        b.subject_id,
        s.organ_id,
        b.decided_on,
        CASE WHEN b.kind <> 'penalty' OR NOT b.decided OR NOT b.penalised THEN FALSE
             WHEN a.has_baseline IS NOT NULL THEN a.has_baseline AND b.decided AND b.penalised
             WHEN c.item_code IS NULL AND NOT v.cases__item_code THEN NULL
             WHEN v.authority_items__item_code AND v.authority_items__has_baseline THEN FALSE END AS duty
    FROM base b
    JOIN subjects s ON s.subject_id = b.subject_id
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN authority_items a ON a.organ_id = s.organ_id AND a.item_code = c.item_code
), cited AS (
    SELECT
        d.case_id,
        d.baseline_version,
        CASE WHEN d.baseline_version IS NULL THEN CASE WHEN v.discretions__baseline_version THEN 0 END
             WHEN l.list_version_id IS NULL THEN
                  CASE WHEN v.list_versions__kind AND v.list_versions__version THEN 0 END
             WHEN l.published_on > w.decided_on OR l.removed_on < w.decided_on THEN 0
             WHEN l.published_on IS NULL AND v.list_versions__published_on THEN 0
             WHEN l.published_on <= w.decided_on AND (l.removed_on IS NOT NULL OR v.list_versions__removed_on)
             THEN 1 END AS public,
        l.list_version_id
    FROM discretions d
    JOIN weighed w ON w.subject_id = d.case_id
    JOIN case_coverage v ON v.subject_id = d.case_id
    LEFT JOIN list_versions l ON l.organ_id = w.organ_id AND l.kind = 'baseline'
        AND l.version = d.baseline_version
    WHERE COALESCE(w.duty, TRUE)
), by_baseline AS (
    SELECT c.case_id,
           CASE WHEN MAX(c.public) = 1 THEN 1
                WHEN SUM(CASE WHEN c.public IS NULL THEN 1 ELSE 0 END) = 0 THEN 0 END AS public,
           STRING_AGG('list_versions' || '/' || c.list_version_id, ';' ORDER BY c.list_version_id) FILTER (WHERE c.list_version_id IS NOT NULL) AS ids
    FROM cited c
    GROUP BY c.case_id, c.baseline_version
), baselines AS (
    SELECT y.case_id,
           SUM(CASE WHEN y.public = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN y.public IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(y.ids, ';' ORDER BY y.ids) FILTER (WHERE y.public = 0) AS ids
    FROM by_baseline y
    GROUP BY y.case_id
), first_acts AS (
    SELECT e.case_id, MIN(CAST(e.start_at AS DATE)) AS act_on
    FROM events e
    CROSS JOIN run
    WHERE CAST(e.start_at AS DATE) <= run.as_of
    GROUP BY e.case_id
), delegated AS (
    SELECT
        b.subject_id,
        c.delegation_id,
        CASE WHEN g.published_on IS NULL THEN CASE WHEN v.delegations__published_on THEN 1 END
             WHEN g.published_on > b.decided_on OR g.published_on > f.act_on THEN 1
             WHEN v.events__start_at THEN 0 END AS unpublished,
        CASE WHEN g.item_codes IS NOT NULL THEN 0 WHEN v.delegations__item_codes THEN 1 END AS no_items,
        CASE WHEN g.powers IS NOT NULL THEN 0 WHEN v.delegations__powers THEN 1 END AS no_powers,
        CASE WHEN g.from_on IS NULL AND v.delegations__from_on OR g.to_on IS NULL AND v.delegations__to_on THEN 1
             WHEN g.from_on IS NOT NULL AND g.to_on IS NOT NULL THEN 0 END AS no_term
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN delegations g ON g.delegation_id = c.delegation_id
    LEFT JOIN first_acts f ON f.case_id = b.subject_id
    WHERE c.delegation_id IS NOT NULL AND COALESCE(b.decided, TRUE)
), counted AS (
    SELECT
        d.subject_id,
        d.unpublished,
        COALESCE(d.unpublished, 0) + COALESCE(d.no_items, 0) + COALESCE(d.no_powers, 0) + COALESCE(d.no_term, 0) AS faults,
        d.unpublished + d.no_items + d.no_powers + d.no_term AS all_known,
        'delegations' || '/' || d.delegation_id AS id
    FROM delegated d
)
SELECT
    b.subject_id,
    CASE WHEN l.kind IS NULL OR NOT w.duty THEN 'not_applicable' ELSE 'due' END AS baseline_scope,
    CASE WHEN NOT COALESCE(w.duty, FALSE) THEN NULL
         WHEN y.failed > 0 THEN y.failed
         WHEN y.unknown > 0 THEN NULL
         WHEN y.case_id IS NOT NULL THEN 0
         WHEN v.discretions__baseline_version THEN 1 END AS unpublished_baselines_count,
    y.ids AS unpublished_baselines,
    CASE WHEN NOT b.decided OR g.kind IS NULL THEN 'not_applicable'
         WHEN d.subject_id IS NULL AND v.cases__delegation_id THEN 'not_applicable'
         ELSE 'due' END AS delegation_disclosed_scope,
    CASE WHEN NOT COALESCE(b.decided, FALSE) THEN NULL
         WHEN d.faults > 0 THEN d.faults
         ELSE d.all_known END AS delegation_disclosure_faults_count,
    CASE WHEN d.unpublished = 1 THEN 'not_published_before' END AS delegation_note,
    d.id AS delegation_disclosure_evidence
FROM base b
JOIN subjects s ON s.subject_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN weighed w ON w.subject_id = b.subject_id
LEFT JOIN baselines y ON y.case_id = b.subject_id
LEFT JOIN counted d ON d.subject_id = b.subject_id
LEFT JOIN lists.published_lists l ON l.kind = 'baseline'
    AND (l.from_on IS NULL OR l.from_on <= s.period_on)
    AND (l.to_on IS NULL OR l.to_on >= s.period_on)
LEFT JOIN lists.published_lists g ON g.kind = 'delegation'
    AND (g.from_on IS NULL OR g.from_on <= s.period_on)
    AND (g.to_on IS NULL OR g.to_on >= s.period_on)
