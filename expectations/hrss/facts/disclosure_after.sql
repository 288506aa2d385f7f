-- Publication of decisions, and withdrawal of those that did not stand.
WITH publication AS (
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
    JOIN base b ON b.subject_id = d.case_id
    LEFT JOIN lists.disclosure_channels l ON l.channel = d.channel
        AND (l.from_on IS NULL OR l.from_on <= d.published_on)
        AND (l.to_on IS NULL OR l.to_on >= d.published_on)
    GROUP BY d.case_id
), triggers AS (
    SELECT r.case_id,
           CASE WHEN r.kind <> 'suit' THEN r.received_on
                WHEN r.kind = 'suit' AND r.effective_on > r.received_on THEN r.effective_on
                WHEN r.kind = 'suit' AND r.effective_on IS NOT NULL THEN r.received_on END AS trigger_on,
           CASE WHEN r.kind IS NULL THEN 1
                WHEN r.received_on IS NULL AND NOT v.rulings__received_on THEN 1
                WHEN r.kind = 'suit' AND r.effective_on IS NULL AND NOT v.rulings__effective_on THEN 1
                ELSE 0 END AS unsure
    FROM rulings r
    JOIN case_coverage v ON v.subject_id = r.case_id
    JOIN lists.adverse_rulings a ON a.result = r.result
        AND (a.from_on IS NULL OR r.received_on IS NULL OR a.from_on <= r.received_on)
        AND (a.to_on IS NULL OR r.received_on IS NULL OR a.to_on >= r.received_on)
), ruling AS (
    SELECT t.case_id,
           MIN(CASE WHEN t.trigger_on <= run.as_of THEN t.trigger_on END) AS trigger_on,
           MAX(t.unsure) AS unsure
    FROM triggers t CROSS JOIN run
    GROUP BY t.case_id
), standing AS (
    -- What was public when the ruling came; a corrected decision published later may stay.
    SELECT
        d.case_id,
        COUNT(*) AS rows_published,
        COUNT(CASE WHEN d.removed_on <= run.as_of AND d.removal_explained THEN 1 END) AS rows_withdrawn,
        COUNT(CASE WHEN d.removed_on <= run.as_of THEN 1 END) AS rows_removed,
        MAX(d.removed_on) AS removed_on
    FROM disclosures d
    CROSS JOIN run
    JOIN ruling g ON g.case_id = d.case_id
    WHERE d.published_on <= run.as_of AND d.published_on <= g.trigger_on
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
), proof AS (
    SELECT d.case_id, STRING_AGG('disclosures' || '/' || d.disclosure_id, ';' ORDER BY d.disclosure_id) AS ids
    FROM disclosures d
    GROUP BY d.case_id
)
SELECT
    b.subject_id,
    b.decided_on AS decision_on,
    b.kind = 'penalty' AND b.decided AND NOT w.withheld AS penalty_disclosure_duty,
    b.kind IN ('treatment', 'coercion', 'levy', 'inspection', 'non_penalty') AND b.decided
        AND NOT w.withheld AS other_disclosure_duty,
    p.published_on AS decision_published_on,
    v.disclosures__published_on
        AND (v.disclosures__channel OR COALESCE(p.rows_published, 0) = 0) AS publication_known,
    p.published_on IS NULL AS never_published,
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
    f.ids AS publication_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN withholding w ON w.subject_id = b.subject_id
LEFT JOIN publication p ON p.case_id = b.subject_id
LEFT JOIN ruling g ON g.case_id = b.subject_id
LEFT JOIN standing t ON t.case_id = b.subject_id
LEFT JOIN proof f ON f.case_id = b.subject_id
