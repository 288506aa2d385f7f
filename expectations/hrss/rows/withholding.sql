-- Each publication record that says that something was withheld. Withheld lawfully on the day on
-- which the whole of it was there: ground, reason, approval by somebody who does not handle the
-- case, and where the law prefers redaction, why that would not do.
WITH handler AS (
    SELECT c.case_id, c.handler_id AS officer_id
    FROM cases c
    WHERE c.handler_id IS NOT NULL
    UNION
    SELECT e.case_id, o.officer_id
    FROM events e
    JOIN event_officers o ON o.event_id = e.event_id
), withheld AS (
    SELECT d.case_id, d.disclosure_id, d.withheld, d.withhold_code, d.withhold_reason,
           d.approver_id, d.approved_on, d.filed_with_justice_on, b.decided, b.decided_on AS decision_on
    FROM disclosures d
    JOIN base b ON b.subject_id = d.case_id
    WHERE d.withheld IN ('part', 'full')
), grounded AS (
    SELECT
        d.disclosure_id,
        COUNT(l.code) AS grounds,
        MAX(l.redaction_first) AS redaction_first
    FROM withheld d
    LEFT JOIN lists.withhold_grounds l ON l.code = d.withhold_code
        AND (l.from_on IS NULL OR l.from_on <= d.decision_on)
        AND (l.to_on IS NULL OR l.to_on >= d.decision_on)
    GROUP BY d.disclosure_id
), considered AS (
    SELECT d.disclosure_id, COUNT(*) AS phrases
    FROM withheld d
    JOIN lists.redaction_phrases l ON STRPOS(d.withhold_reason, l.phrase) > 0
        AND (l.from_on IS NULL OR l.from_on <= d.decision_on)
        AND (l.to_on IS NULL OR l.to_on >= d.decision_on)
    GROUP BY d.disclosure_id
), judged AS (
    SELECT
        d.case_id,
        d.disclosure_id,
        d.decided,
        d.decision_on,
        d.approved_on,
        d.filed_with_justice_on,
        COALESCE(q.withholding_filed_with_justice, 0) = 1 AS must_file,
        CASE WHEN g.grounds > 0 THEN TRUE
             WHEN d.withhold_code IS NOT NULL OR v.disclosures__withhold_code THEN FALSE END
        AND CASE WHEN d.withhold_reason IS NOT NULL THEN TRUE
                 WHEN v.disclosures__withhold_reason THEN FALSE END
        AND CASE WHEN d.approver_id IS NULL THEN CASE WHEN v.disclosures__approver_id THEN FALSE END
                 WHEN EXISTS (SELECT 1 FROM handler h WHERE h.case_id = d.case_id
                              AND h.officer_id = d.approver_id) THEN FALSE
                 WHEN v.cases__handler_id THEN TRUE END
        AND CASE WHEN d.withheld = 'part' OR g.redaction_first = 0 THEN TRUE
                 WHEN n.phrases > 0 THEN TRUE
                 WHEN d.withhold_reason IS NOT NULL AND g.redaction_first = 1 THEN FALSE
                 WHEN d.withhold_reason IS NULL AND v.disclosures__withhold_reason THEN FALSE
        END AS whole,
        d.approved_on IS NOT NULL OR v.disclosures__approved_on AS approval_known,
        d.filed_with_justice_on IS NOT NULL OR v.disclosures__filed_with_justice_on AS filing_known
    FROM withheld d
    JOIN case_coverage v ON v.subject_id = d.case_id
    JOIN case_parameters q ON q.subject_id = d.case_id
    JOIN grounded g ON g.disclosure_id = d.disclosure_id
    LEFT JOIN considered n ON n.disclosure_id = d.disclosure_id
), finished AS (
    SELECT j.case_id, j.disclosure_id, j.decided, j.decision_on, j.must_file, j.whole, j.approval_known,
           j.filing_known,
           CASE WHEN NOT j.must_file OR j.filed_with_justice_on <= j.approved_on THEN j.approved_on
                WHEN j.approved_on IS NOT NULL THEN j.filed_with_justice_on END AS finished_on
    FROM judged j
), answers AS (
    SELECT
        j.case_id AS subject_id,
        'disclosures' || '/' || j.disclosure_id AS row_id,
        j.decided AS withholding_duty,
        j.decision_on,
        CASE WHEN j.whole AND j.finished_on < j.decision_on THEN j.decision_on
             WHEN j.whole THEN j.finished_on END AS withheld_lawfully_on,
        CASE WHEN NOT j.whole THEN TRUE
             WHEN j.whole THEN j.approval_known AND (j.filing_known OR NOT j.must_file)
             ELSE FALSE END AS withholding_known
    FROM finished j
    UNION ALL
    -- A source that cannot say what was withheld: nobody can tell.
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        b.decided AS withholding_duty,
        CAST(NULL AS DATE) AS decision_on,
        CAST(NULL AS DATE) AS withheld_lawfully_on,
        FALSE AS withholding_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT v.disclosures__withheld
)
SELECT a.subject_id, a.row_id, a.withholding_duty, a.decision_on, a.withheld_lawfully_on, a.withholding_known
FROM answers a
