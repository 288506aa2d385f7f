-- Legal reviewers of each organ for each year, against a twentieth of its officers and at least one.
WITH needed AS (
    SELECT
        s.subject_id,
        s.period_on,
        y.organ_id AS reported,
        y.enforcement_staff,
        CASE WHEN y.legal_reviewers IS NOT NULL THEN y.legal_reviewers
             WHEN y.enforcement_staff IS NOT NULL AND v.organ_years__legal_reviewers THEN 0 END AS legal_reviewers,
        y.enforcement_staff / NULLIF(q.officers_per_legal_reviewer, 0) AS share,
        q.officers_per_legal_reviewer,
        q.legal_reviewers_floor
    FROM subjects s
    JOIN case_parameters q ON q.subject_id = s.subject_id
    JOIN case_coverage v ON v.subject_id = s.subject_id
    LEFT JOIN organ_years y ON y.organ_id = s.organ_id AND y.year = s.year
)
SELECT
    n.subject_id,
    CASE WHEN n.officers_per_legal_reviewer IS NULL OR n.enforcement_staff = 0 THEN 'not_applicable'
         WHEN n.reported IS NULL AND n.period_on > run.as_of THEN 'not_yet_due'
         ELSE 'due' END AS reviewers_scope,
    n.legal_reviewers AS legal_reviewers_count,
    CASE WHEN n.share < n.legal_reviewers_floor THEN n.legal_reviewers_floor ELSE n.share END AS legal_reviewers_needed
FROM needed n
CROSS JOIN run
