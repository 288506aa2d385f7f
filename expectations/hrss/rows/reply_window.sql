-- The last notice served before the decision of each penalty: how long the party had to answer it.
-- A case that is not decided yet must still wait, or may decide from then on.
WITH notices AS (
    SELECT
        b.subject_id,
        d.document_id,
        d.hearing_told,
        CASE WHEN d.window_days > 0 THEN d.window_days END AS window_days,
        d.window_unit,
        s.served_on,
        b.decided_on,
        COALESCE(b.decided_on, run.as_of) AS until_on,
        ROW_NUMBER() OVER (PARTITION BY b.subject_id ORDER BY s.served_on DESC, d.document_id DESC) AS place
    FROM base b
    CROSS JOIN run
    JOIN documents d ON d.case_id = b.subject_id AND d.kind = 'notice'
    JOIN services s ON s.document_id = d.document_id AND s.served_on <= COALESCE(b.decided_on, run.as_of)
    WHERE b.kind = 'penalty'
), windows AS (
    -- The stated time in working days. Without a unit the short periods of the law are working days,
    -- others calendar days, whose last day rolls off a rest day. Where a source cannot deliver the
    -- unit of another period, it counts only if both readings agree on the decision.
    SELECT n.subject_id,
           CASE WHEN n.window_unit = 'wd' OR n.window_unit IS NULL AND p.days IS NOT NULL THEN n.window_days
                WHEN n.window_unit = 'cd' OR v.documents__window_unit THEN e.no_end - s.no_start
                WHEN d.no_end <= e.no_end THEN e.no_end - s.no_start
                WHEN d.no_end - s.no_start > n.window_days THEN n.window_days END AS window_limit
    FROM notices n
    JOIN case_coverage v ON v.subject_id = n.subject_id
    LEFT JOIN lists.working_day_periods p ON p.days = n.window_days
        AND (p.from_on IS NULL OR p.from_on <= n.served_on)
        AND (p.to_on IS NULL OR p.to_on >= n.served_on)
    LEFT JOIN calendar s ON s.day = n.served_on
    LEFT JOIN calendar e ON e.cd_start = s.cd_start + n.window_days
    LEFT JOIN calendar d ON d.day = n.until_on
    WHERE n.place = 1
), waived AS (
    SELECT n.subject_id,
           MAX(CASE WHEN a.written THEN 1 ELSE 0 END) AS written,
           MAX(CASE WHEN a.written IS NULL AND NOT v.party_acts__written THEN 1 ELSE 0 END) AS unsure
    FROM notices n
    JOIN case_coverage v ON v.subject_id = n.subject_id
    JOIN party_acts a ON a.case_id = n.subject_id AND a.kind = 'waiver'
        AND a.acted_on >= n.served_on AND a.acted_on <= n.until_on
    WHERE n.place = 1
    GROUP BY n.subject_id
), listed AS (
    SELECT
        b.subject_id,
        'documents' || '/' || n.document_id AS row_id,
        b.procedure = 'ordinary' AND COALESCE(w.written, 0) = 0
            AND (b.decided AND b.penalised OR NOT b.decided AND c.result IS NULL) AS reply_duty,
        n.hearing_told,
        i.window_limit,
        -- Without a hearing right only the stated time says how long to wait.
        CASE WHEN n.hearing_told OR v.documents__hearing_told AND i.window_limit IS NOT NULL
             THEN n.served_on END AS notice_served_on,
        CASE WHEN COALESCE(w.unsure, 0) = 0 AND v.party_acts__kind AND v.party_acts__acted_on THEN n.decided_on END AS answered_by_on,
        COALESCE(w.unsure, 0) = 0 AND v.party_acts__kind AND v.party_acts__acted_on AS waiver_known
    FROM base b
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN notices n ON n.subject_id = b.subject_id AND n.place = 1
    JOIN windows i ON i.subject_id = b.subject_id
    LEFT JOIN waived w ON w.subject_id = b.subject_id
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        CASE WHEN b.kind = 'penalty' AND b.procedure = 'ordinary' AND b.decided AND b.penalised THEN NULL
             WHEN b.kind = 'penalty' AND b.procedure IS NULL THEN NULL ELSE FALSE END AS reply_duty,
        CAST(NULL AS BOOLEAN) AS hearing_told,
        CAST(NULL AS BIGINT) AS window_limit,
        CAST(NULL AS DATE) AS notice_served_on,
        CAST(NULL AS DATE) AS answered_by_on,
        FALSE AS waiver_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT (v.documents__kind AND v.services__document_id AND v.services__served_on)
        AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.subject_id = b.subject_id)
)
SELECT l.subject_id, l.row_id, l.reply_duty, l.hearing_told, l.window_limit, l.notice_served_on, l.answered_by_on, l.waiver_known
FROM listed l
