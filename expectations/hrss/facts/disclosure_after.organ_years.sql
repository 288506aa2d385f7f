-- The yearly data of each organ: published by the day, and the same as what the cases say.
-- A decision counts in the year of its day, also one overturned later; with several penalties once,
-- under the heaviest. The number of a kind is the sum of its rows, or that of its row without a kind
-- of penalty where that is the total.
WITH decided AS (
    SELECT
        c.case_id,
        c.organ_id,
        YEAR(c.decided_on) AS year,
        c.kind
    FROM cases c
    CROSS JOIN run
    WHERE c.decided_on <= run.as_of AND (c.result IS NULL OR c.result <> 'withdrawn')
), weighed AS (
    SELECT k.case_id, k.code,
           ROW_NUMBER() OVER (PARTITION BY k.case_id ORDER BY l.weight DESC, k.code) AS place
    FROM cases__penalty_kinds k
    JOIN cases c ON c.case_id = k.case_id
    JOIN lists.penalty_weight l ON l.code = k.code
        AND (l.from_on IS NULL OR l.from_on <= c.decided_on)
        AND (l.to_on IS NULL OR l.to_on >= c.decided_on)
), counted AS (
    SELECT d.organ_id, d.year, d.kind, CAST(NULL AS VARCHAR) AS penalty_kind, COUNT(*) AS number
    FROM decided d
    WHERE d.kind IS NOT NULL
    GROUP BY d.organ_id, d.year, d.kind
    UNION ALL
    SELECT d.organ_id, d.year, d.kind, w.code AS penalty_kind, COUNT(*) AS number
    FROM decided d
    JOIN weighed w ON w.case_id = d.case_id AND w.place = 1
    WHERE d.kind = 'penalty'
    GROUP BY d.organ_id, d.year, d.kind, w.code
), parts AS (
    SELECT p.organ_id, p.year, p.kind,
           COUNT(p.penalty_kind) AS parts,
           SUM(p.number) AS everything,
           SUM(CASE WHEN p.penalty_kind IS NULL THEN p.number END) AS plain
    FROM published_counts p
    GROUP BY p.organ_id, p.year, p.kind
), cell AS (
    SELECT c.organ_id, c.year, c.kind, '' AS penalty_kind, c.number AS counted, 0 AS published
    FROM counted c
    WHERE c.penalty_kind IS NULL
    UNION ALL
    SELECT p.organ_id, p.year, p.kind, '' AS penalty_kind, 0 AS counted,
           COALESCE(CASE WHEN p.parts > 0 AND p.plain = c.number THEN p.plain ELSE p.everything END, 0) AS published
    FROM parts p
    LEFT JOIN counted c ON c.organ_id = p.organ_id AND c.year = p.year AND c.kind = p.kind AND c.penalty_kind IS NULL
    UNION ALL
    -- Kinds of penalty are compared where the organ published any.
    SELECT c.organ_id, c.year, c.kind, c.penalty_kind, c.number AS counted, 0 AS published
    FROM counted c
    JOIN parts p ON p.organ_id = c.organ_id AND p.year = c.year AND p.kind = c.kind AND p.parts > 0
    WHERE c.penalty_kind IS NOT NULL
    UNION ALL
    SELECT p.organ_id, p.year, p.kind, p.penalty_kind, 0 AS counted, COALESCE(p.number, 0) AS published
    FROM published_counts p
    WHERE p.penalty_kind IS NOT NULL
), compared AS (
    SELECT c.organ_id, c.year, c.kind, c.penalty_kind,
           SUM(c.counted) AS counted, SUM(c.published) AS published
    FROM cell c
    GROUP BY c.organ_id, c.year, c.kind, c.penalty_kind
), differing AS (
    SELECT c.organ_id, c.year, COUNT(CASE WHEN c.counted <> c.published THEN 1 END) AS differences
    FROM compared c
    GROUP BY c.organ_id, c.year
), answers AS (
    SELECT
        s.subject_id,
        s.period_on,
        y.data_published_on,
        COALESCE(d.differences, 0) AS differences,
        v.cases__decided_on AND v.cases__kind AND v.cases__result AND v.cases__penalty_kinds
            AND v.published_counts__kind AND v.published_counts__number
            AND v.published_counts__penalty_kind AS figures_known,
        v.organ_years__data_published_on AS day_known
    FROM subjects s
    JOIN case_coverage v ON v.subject_id = s.subject_id
    LEFT JOIN organ_years y ON y.organ_id = s.organ_id AND y.year = s.year
    LEFT JOIN differing d ON d.organ_id = s.organ_id AND d.year = s.year
)
SELECT
    a.subject_id,
    a.period_on AS data_year_end_on,
    TRUE AS annual_data_duty,
    a.differences AS annual_data_differences,
    -- Figures that differ are not the data that the year asks for.
    CASE WHEN a.figures_known AND a.differences = 0 THEN a.data_published_on END AS annual_data_on,
    a.day_known AND (a.figures_known OR a.data_published_on IS NULL) AS annual_data_known,
    CASE WHEN a.figures_known AND a.differences > 0 AND a.data_published_on IS NOT NULL
         THEN 'figures_differ' END AS annual_data_note
FROM answers a
