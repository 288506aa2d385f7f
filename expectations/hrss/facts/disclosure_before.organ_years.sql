-- Random checks of an organ in a year: was each on the list that was public that day?
WITH checks AS (
    SELECT
        s.subject_id,
        i.inspection_id,
        i.item_code,
        i.started_on,
        l.list_version_id,
        l.published_on,
        l.removed_on,
        CASE WHEN l.year IS NULL OR l.year = s.year THEN 1 ELSE 0 END AS of_year,
        l.year,
        COALESCE(i.random, c.source = 'random') AS drawn,
        (i.random IS NOT NULL OR v.inspections__random) AND (c.source IS NOT NULL OR v.cases__source) AS drawn_known
    FROM subjects s
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = s.subject_id
    JOIN cases c ON c.organ_id = s.organ_id
    JOIN inspections i ON i.case_id = c.case_id AND YEAR(i.started_on) = s.year
        AND i.started_on <= run.as_of
    JOIN lists.published_lists p ON p.kind = 'random'
        AND (p.from_on IS NULL OR p.from_on <= i.started_on)
        AND (p.to_on IS NULL OR p.to_on >= i.started_on)
    LEFT JOIN list_versions l ON l.organ_id = s.organ_id AND l.kind = 'random'
    WHERE COALESCE(i.random, c.source = 'random', TRUE)
), compared AS (
    SELECT
        k.subject_id,
        k.inspection_id,
        k.drawn,
        k.drawn_known,
        CASE WHEN k.list_version_id IS NULL THEN CASE WHEN v.list_versions__kind THEN 0 END
             WHEN k.of_year = 0 OR k.published_on > k.started_on OR k.removed_on < k.started_on THEN 0
             WHEN k.published_on IS NULL AND v.list_versions__published_on THEN 0
             WHEN k.item_code IS NULL AND v.inspections__item_code THEN 0
             WHEN n.item_code IS NULL AND v.list_entries__item_code AND v.list_entries__list_version_id
                  AND (k.item_code IS NOT NULL OR v.inspections__item_code) THEN 0
             WHEN k.published_on IS NOT NULL AND n.item_code IS NOT NULL
                  AND (k.removed_on IS NOT NULL OR v.list_versions__removed_on)
                  AND (k.year IS NOT NULL OR v.list_versions__year) THEN 1 END AS listed
    FROM checks k
    JOIN case_coverage v ON v.subject_id = k.subject_id
    LEFT JOIN list_entries n ON n.list_version_id = k.list_version_id AND n.item_code = k.item_code
), judged AS (
    SELECT c.subject_id, c.inspection_id, c.drawn, c.drawn_known,
           CASE WHEN MAX(c.listed) = 1 THEN 1
                WHEN SUM(CASE WHEN c.listed IS NULL THEN 1 ELSE 0 END) = 0 THEN 0 END AS listed
    FROM compared c
    GROUP BY c.subject_id, c.inspection_id, c.drawn, c.drawn_known
), counted AS (
    SELECT j.subject_id,
           SUM(CASE WHEN j.drawn THEN 1 ELSE 0 END) AS drawn,
           SUM(CASE WHEN j.drawn IS NULL AND NOT j.drawn_known THEN 1 ELSE 0 END) AS maybe_drawn,
           SUM(CASE WHEN j.drawn AND j.listed = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN j.drawn AND j.listed IS NULL OR j.drawn IS NULL AND NOT j.drawn_known AND COALESCE(j.listed, 0) = 0
                    THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG('inspections' || '/' || j.inspection_id, ';' ORDER BY j.inspection_id) FILTER (WHERE j.drawn AND j.listed = 0) AS ids
    FROM judged j
    GROUP BY j.subject_id
), answers AS (
    SELECT s.subject_id, c.drawn, c.maybe_drawn, c.failed, c.unknown, c.ids,
           v.inspections__started_on AND v.inspections__case_id AS checks_known
    FROM subjects s
    JOIN case_coverage v ON v.subject_id = s.subject_id
    LEFT JOIN counted c ON c.subject_id = s.subject_id
)
SELECT
    a.subject_id,
    CASE WHEN COALESCE(a.drawn, 0) = 0 AND COALESCE(a.maybe_drawn, 0) = 0 AND a.checks_known
         THEN 'not_applicable' ELSE 'due' END AS random_list_scope,
    CASE WHEN a.failed > 0 THEN a.failed
         WHEN a.drawn > 0 AND a.unknown = 0 AND a.checks_known THEN 0 END AS unlisted_random_checks_count,
    a.ids AS unlisted_random_checks
FROM answers a
