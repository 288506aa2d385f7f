-- Each labour case with a major violation (人社部令第29号): final when nobody can have it changed
-- any more, published in the batch of its quarter or half-year with all particulars.
WITH upheld AS (
    SELECT r.case_id, MAX(COALESCE(r.effective_on, r.received_on)) AS upheld_on
    FROM rulings r
    CROSS JOIN run
    WHERE r.result IN ('upheld', 'withdrawn') AND COALESCE(r.effective_on, r.received_on) <= run.as_of
    GROUP BY r.case_id
), overturned AS (
    SELECT r.case_id, COUNT(*) AS rulings
    FROM rulings r
    CROSS JOIN run
    JOIN lists.adverse_rulings a ON a.result = r.result
        AND (a.from_on IS NULL OR a.from_on <= r.received_on)
        AND (a.to_on IS NULL OR a.to_on >= r.received_on)
    WHERE r.result <> 'changed' AND r.received_on <= run.as_of
    GROUP BY r.case_id
), named AS (
    SELECT d.disclosure_id, COUNT(l.particular) AS asked, COUNT(p.code) AS given
    FROM disclosures d
    JOIN lists.major_violation_particulars l ON (l.from_on IS NULL OR l.from_on <= d.published_on)
        AND (l.to_on IS NULL OR l.to_on >= d.published_on)
    LEFT JOIN disclosures__particulars p ON p.disclosure_id = d.disclosure_id AND p.code = l.particular
    WHERE d.series = 'major_violation'
    GROUP BY d.disclosure_id
), published AS (
    SELECT d.case_id,
           COUNT(d.published_on) AS batches,
           MIN(CASE WHEN n.given = n.asked THEN d.published_on END) AS published_on
    FROM disclosures d
    CROSS JOIN run
    JOIN named n ON n.disclosure_id = d.disclosure_id
    WHERE d.published_on <= run.as_of
    GROUP BY d.case_id
), violation AS (
    SELECT
        b.subject_id,
        b.decided AND b.kind IN ('penalty', 'treatment') AND b.clock = 'labour'
            AND CASE WHEN c.major_violation IS NOT NULL THEN c.major_violation
                     WHEN v.cases__major_violation THEN FALSE END
            AND COALESCE(x.rulings, 0) = 0 AS duty,
        CASE WHEN u.upheld_on > b.decided_on THEN u.upheld_on ELSE b.decided_on END AS final_on,
        o.level
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN organs o ON o.organ_id = c.organ_id
    LEFT JOIN upheld u ON u.case_id = b.subject_id
    LEFT JOIN overturned x ON x.case_id = b.subject_id
)
SELECT
    m.subject_id,
    'cases' || '/' || m.subject_id AS row_id,
    m.duty AS batch_duty,
    -- Without the level of the organ nobody knows which batch it was.
    CASE WHEN m.level IS NOT NULL THEN m.final_on END AS final_on,
    l.batch,
    CASE WHEN p.published_on < m.final_on THEN m.final_on ELSE p.published_on END AS batch_published_on,
    v.disclosures__published_on AND v.disclosures__series
        AND (v.disclosures__particulars OR COALESCE(p.batches, 0) = 0) AS batch_known
FROM violation m
JOIN case_coverage v ON v.subject_id = m.subject_id
LEFT JOIN lists.major_violation_batches l ON l.level = m.level AND l.month = MONTH(m.final_on)
    AND (l.from_on IS NULL OR l.from_on <= m.final_on)
    AND (l.to_on IS NULL OR l.to_on >= m.final_on)
LEFT JOIN published p ON p.case_id = m.subject_id
