-- What an organ must have published on the last day of the period: the list of powers with all its
-- headings, the catalogue of major decisions, the list of acts to be recorded.
WITH looked AS (
    SELECT s.subject_id, LEAST(s.period_on, run.as_of) AS looked_on
    FROM subjects s
    CROSS JOIN run
), versions AS (
    -- public: open to everybody that day; there: drawn up, whether public or not.
    SELECT
        k.subject_id,
        l.list_version_id,
        l.kind,
        CASE WHEN l.published_on > k.looked_on OR l.removed_on <= k.looked_on THEN FALSE
             WHEN l.published_on IS NULL AND v.list_versions__published_on THEN FALSE
             WHEN l.published_on IS NOT NULL AND (l.removed_on IS NOT NULL OR v.list_versions__removed_on)
             THEN TRUE END AS public,
        CASE WHEN l.removed_on <= k.looked_on THEN FALSE
             WHEN (l.formed_on <= k.looked_on OR l.published_on <= k.looked_on)
                  AND (l.removed_on IS NOT NULL OR v.list_versions__removed_on) THEN TRUE
             WHEN (l.formed_on IS NOT NULL OR v.list_versions__formed_on)
                  AND (l.published_on IS NOT NULL OR v.list_versions__published_on)
                  AND NOT COALESCE(l.formed_on <= k.looked_on OR l.published_on <= k.looked_on, FALSE)
             THEN FALSE END AS there
    FROM looked k
    JOIN case_coverage v ON v.subject_id = k.subject_id
    JOIN list_versions l ON l.organ_id = k.subject_id
), needed AS (
    SELECT k.subject_id, h.heading
    FROM looked k
    JOIN lists.authority_list_headings h ON (h.from_on IS NULL OR h.from_on <= k.looked_on)
        AND (h.to_on IS NULL OR h.to_on >= k.looked_on)
), headings AS (
    SELECT n.subject_id, COUNT(*) AS number,
           STRING_AGG(n.heading, ';' ORDER BY n.heading) AS names
    FROM needed n
    GROUP BY n.subject_id
), absent AS (
    SELECT DISTINCT t.subject_id, t.list_version_id, t.public, n.heading,
           CASE WHEN c.code IS NOT NULL THEN 0 WHEN v.list_versions__headings THEN 1 END AS absent
    FROM versions t
    JOIN case_coverage v ON v.subject_id = t.subject_id
    JOIN needed n ON n.subject_id = t.subject_id
    LEFT JOIN list_versions__headings c ON c.list_version_id = t.list_version_id AND c.code = n.heading
    WHERE t.kind = 'authority' AND COALESCE(t.public, TRUE)
), by_version AS (
    SELECT a.subject_id, a.list_version_id, a.public,
           COALESCE(SUM(a.absent), 0) AS absent,
           SUM(CASE WHEN a.absent IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(a.heading, ';' ORDER BY a.heading) FILTER (WHERE a.absent = 1) AS names
    FROM absent a
    GROUP BY a.subject_id, a.list_version_id, a.public
), best AS (
    SELECT b.subject_id, b.list_version_id, b.absent, b.names,
           ROW_NUMBER() OVER (PARTITION BY b.subject_id ORDER BY b.absent, b.list_version_id) AS place
    FROM by_version b
    WHERE b.public AND b.unknown = 0
), unsure AS (
    -- A version that may turn out to be public and complete.
    SELECT b.subject_id, COUNT(*) AS versions
    FROM by_version b
    WHERE b.absent = 0 AND (b.public IS NULL OR b.unknown > 0)
    GROUP BY b.subject_id
), catalogues AS (
    SELECT
        k.subject_id,
        p.kind,
        MAX(CASE WHEN q.catalogues_public = 1 THEN CASE WHEN t.public THEN 1 ELSE 0 END
                 WHEN t.there THEN 1 ELSE 0 END) AS found,
        SUM(CASE WHEN t.list_version_id IS NULL THEN 0
                 WHEN q.catalogues_public = 1 THEN CASE WHEN t.public IS NULL THEN 1 ELSE 0 END
                 WHEN t.there IS NULL THEN 1 ELSE 0 END) AS unsure
    FROM looked k
    JOIN case_parameters q ON q.subject_id = k.subject_id
    JOIN lists.published_lists p ON p.kind IN ('review_catalogue', 'av_catalogue')
        AND (p.from_on IS NULL OR p.from_on <= k.looked_on)
        AND (p.to_on IS NULL OR p.to_on >= k.looked_on)
    LEFT JOIN versions t ON t.subject_id = k.subject_id AND t.kind = p.kind
    GROUP BY k.subject_id, p.kind
), lacking AS (
    SELECT c.subject_id,
           SUM(CASE WHEN c.found = 0 AND c.unsure = 0 THEN 1 ELSE 0 END) AS failed,
           SUM(CASE WHEN c.found = 0 AND c.unsure > 0 THEN 1 ELSE 0 END) AS unsure,
           SUM(c.found) AS found,
           COUNT(*) AS number,
           STRING_AGG(c.kind, ';' ORDER BY c.kind) FILTER (WHERE c.found = 0 AND c.unsure = 0) AS names
    FROM catalogues c
    GROUP BY c.subject_id
)
SELECT
    k.subject_id,
    CASE WHEN h.number > 0 THEN 'due' ELSE 'not_applicable' END AS authority_list_scope,
    CASE WHEN b.absent = 0 THEN 0
         WHEN u.versions > 0 OR NOT v.list_versions__kind OR NOT v.list_versions__published_on THEN NULL
         WHEN b.absent > 0 THEN b.absent
         ELSE h.number END AS authority_headings_missing_count,
    COALESCE(b.names, h.names) AS authority_headings_missing,
    CASE WHEN b.subject_id IS NULL THEN 'not_published' END AS authority_list_note,
    'list_versions' || '/' || b.list_version_id AS authority_list_evidence,
    CASE WHEN x.number > 0 THEN 'due' ELSE 'not_applicable' END AS catalogues_scope,
    CASE WHEN x.found = x.number THEN 0
         WHEN NOT v.list_versions__kind
              OR p.catalogues_public = 1 AND NOT v.list_versions__published_on
              OR COALESCE(p.catalogues_public, 0) = 0 AND NOT v.list_versions__formed_on THEN NULL
         WHEN x.failed > 0 THEN x.failed
         WHEN x.unsure = 0 THEN 0 END AS catalogues_missing_count,
    x.names AS catalogues_missing
FROM looked k
JOIN case_coverage v ON v.subject_id = k.subject_id
JOIN case_parameters p ON p.subject_id = k.subject_id
LEFT JOIN headings h ON h.subject_id = k.subject_id
LEFT JOIN best b ON b.subject_id = k.subject_id AND b.place = 1
LEFT JOIN unsure u ON u.subject_id = k.subject_id
LEFT JOIN lacking x ON x.subject_id = k.subject_id
