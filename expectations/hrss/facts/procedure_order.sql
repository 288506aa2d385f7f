-- The order of the steps of a decided case: each step against the step before it that is there.
-- Publication only has to follow the decision: it has a limit of its own, and its place beside service and
-- closing is a note. The legal review may stand anywhere. A seizure carries out a decision, it is no investigation;
-- nor is the patrol or random check that found the violation: it lies before the filing.
WITH acts AS (
    SELECT e.case_id,
           MIN(CASE WHEN e.kind = 'inspection' AND CAST(e.start_at AS DATE) < c.filed_on
                         AND (c.source IN ('patrol', 'random') OR c.source IS NULL AND NOT v.cases__source)
                    THEN NULL ELSE CAST(e.start_at AS DATE) END) AS first_on,
           MAX(CASE WHEN e.kind = 'inspection' AND CAST(e.start_at AS DATE) < c.filed_on
                         AND c.source IS NULL AND NOT v.cases__source THEN 1 ELSE 0 END) AS unsure,
           MAX(CAST(e.start_at AS DATE)) AS last_on,
           MAX(e.start_at) AS last_at
    FROM events e
    CROSS JOIN run
    JOIN cases c ON c.case_id = e.case_id
    JOIN case_coverage v ON v.subject_id = e.case_id
    WHERE e.stage = 'investigate' AND COALESCE(e.kind, 'other') <> 'seizure' AND CAST(e.start_at AS DATE) <= run.as_of
    GROUP BY e.case_id
), notices AS (
    SELECT d.case_id, MIN(d.made_on) AS noticed_on
    FROM documents d
    CROSS JOIN run
    WHERE d.kind = 'notice' AND d.made_on <= run.as_of
    GROUP BY d.case_id
), served AS (
    SELECT s.case_id, MIN(s.served_on) AS served_on
    FROM services s
    CROSS JOIN run
    JOIN documents d ON d.document_id = s.document_id
    WHERE d.kind = 'decision' AND s.served_on <= run.as_of
    GROUP BY s.case_id
), shown AS (
    SELECT p.case_id, MIN(p.published_on) AS published_on
    FROM disclosures p
    CROSS JOIN run
    WHERE p.published_on <= run.as_of AND COALESCE(p.series, 'decision') = 'decision'
    GROUP BY p.case_id
), steps AS (
    SELECT
        b.subject_id,
        b.decided,
        CASE WHEN c.filed_on <= run.as_of THEN c.filed_on END AS filed_on,
        a.first_on,
        CASE WHEN c.investigated_on <= run.as_of THEN c.investigated_on END AS investigated_on,
        n.noticed_on,
        b.decided_on,
        w.served_on,
        p.published_on,
        CASE WHEN c.closed_on <= run.as_of THEN c.closed_on END AS closed_on,
        CASE WHEN c.archived_on <= run.as_of THEN c.archived_on END AS archived_on,
        a.last_on > b.decided_on
            OR a.last_on = b.decided_on AND a.last_at > b.decided_at AS investigated_later,
        a.last_on = b.decided_on AND b.decided_at IS NULL OR n.noticed_on = b.decided_on AS same_day,
        p.published_on < w.served_on AS published_first,
        p.published_on > c.closed_on AS published_last,
        (c.filed_on IS NOT NULL OR v.cases__filed_on OR b.kind IN ('permit', 'inspection'))
            AND (c.investigated_on IS NOT NULL OR v.cases__investigated_on OR b.kind IN ('permit', 'inspection'))
            AND v.events__stage AND v.events__start_at AND COALESCE(a.unsure, 0) = 0
            AND (b.kind <> 'penalty' OR v.documents__kind AND v.documents__made_on)
            AND v.documents__kind AND v.services__document_id AND v.services__served_on
            AND v.disclosures__published_on
            AND (c.closed_on IS NOT NULL OR v.cases__closed_on)
            AND (c.archived_on IS NOT NULL OR v.cases__archived_on) AS all_known
    FROM base b
    CROSS JOIN run
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    LEFT JOIN acts a ON a.case_id = b.subject_id
    LEFT JOIN notices n ON n.case_id = b.subject_id
    LEFT JOIN served w ON w.case_id = b.subject_id
    LEFT JOIN shown p ON p.case_id = b.subject_id
), pairs AS (
    SELECT
        s.*,
        s.first_on < s.filed_on AS first_early,
        s.investigated_on < COALESCE(s.first_on, s.filed_on) AS investigated_early,
        s.noticed_on < COALESCE(s.investigated_on, s.first_on, s.filed_on) AS noticed_early,
        s.decided_on < s.noticed_on AS decided_before_notice,
        s.decided_on < COALESCE(s.investigated_on, s.first_on, s.filed_on) AS decided_early,
        s.served_on < s.decided_on AS served_early,
        s.published_on < s.decided_on AS published_early,
        s.closed_on < COALESCE(s.served_on, s.decided_on) AS closed_early,
        s.archived_on < COALESCE(s.closed_on, s.served_on, s.decided_on) AS archived_early
    FROM steps s
), counted AS (
    SELECT
        p.*,
        CASE WHEN p.first_early THEN 1 ELSE 0 END + CASE WHEN p.investigated_early THEN 1 ELSE 0 END
            + CASE WHEN p.noticed_early THEN 1 ELSE 0 END + CASE WHEN p.decided_before_notice THEN 1 ELSE 0 END
            + CASE WHEN p.decided_early THEN 1 ELSE 0 END + CASE WHEN p.investigated_later THEN 1 ELSE 0 END
            + CASE WHEN p.served_early THEN 1 ELSE 0 END + CASE WHEN p.published_early THEN 1 ELSE 0 END
            + CASE WHEN p.closed_early THEN 1 ELSE 0 END + CASE WHEN p.archived_early THEN 1 ELSE 0 END AS violated
    FROM pairs p
)
SELECT
    k.subject_id,
    CASE WHEN NOT k.decided THEN 'not_applicable' ELSE 'due' END AS stage_order_scope,
    CASE WHEN k.decided IS NULL THEN NULL
         WHEN k.violated > 0 THEN k.violated
         WHEN k.all_known THEN 0 END AS stage_order_count,
    CASE WHEN k.first_early THEN 'investigation_before_filing'
         WHEN k.investigated_early THEN 'end_before_investigation'
         WHEN k.noticed_early THEN 'notice_before_end'
         WHEN k.decided_before_notice THEN 'decision_before_notice'
         WHEN k.investigated_later THEN 'investigation_after_decision'
         WHEN k.decided_early THEN 'decision_before_end'
         WHEN k.served_early THEN 'service_before_decision'
         WHEN k.published_early THEN 'publication_before_decision'
         WHEN k.closed_early THEN 'closing_before_service'
         WHEN k.archived_early THEN 'archiving_before_closing' END AS stage_order_pair,
    COALESCE(k.decided_before_notice OR k.investigated_later OR k.decided_early, FALSE) AS stage_order_gross,
    CASE WHEN k.published_first THEN 'published_before_service'
         WHEN k.published_last THEN 'published_after_closing'
         WHEN k.same_day THEN 'order_unknown' END AS stage_order_note
FROM counted k
