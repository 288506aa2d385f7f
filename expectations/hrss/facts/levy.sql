-- Levies of social-insurance contributions: the order first, then fine or transfer; the late fee.
-- Calendar days between default and payment are the difference of two numbers of the calendar. A default
-- that spans a change of the rate may be counted in parts or, as before, by the rate of its first day: which of
-- them is right is disputed (实施社会保险法若干规定), so that only a fee that fits neither is wrong.
WITH levied AS (
    SELECT
        l.case_id,
        l.levy_id,
        l.order_served_on,
        l.order_expires_on,
        l.default_on,
        l.principal_yuan,
        l.late_fee_yuan,
        b.decided_on,
        b.fined,
        CASE WHEN l.transfer_requested_on <= run.as_of THEN l.transfer_requested_on END AS transfer_on,
        CASE WHEN l.transfer_requested_on IS NOT NULL THEN l.transfer_requested_on <= run.as_of
             WHEN v.levies__transfer_requested_on THEN FALSE END AS transferred,
        CASE WHEN l.paid_on <= run.as_of THEN l.paid_on END AS paid_on,
        CASE WHEN l.paid_on IS NOT NULL THEN l.paid_on <= run.as_of
             WHEN v.levies__paid_on THEN FALSE END AS paid,
        v.levies__order_served_on AS order_known,
        v.levies__order_expires_on AS term_known,
        v.levies__late_fee_yuan AS fee_known
    FROM levies l
    CROSS JOIN run
    JOIN base b ON b.subject_id = l.case_id
    JOIN case_coverage v ON v.subject_id = l.case_id
    WHERE b.kind = 'levy'
), fees AS (
    SELECT f.levy_id,
           SUM(f.principal_yuan * r.rate
               * (LEAST(p.cd_start, COALESCE(u.cd_start, p.cd_start)) - GREATEST(d.cd_start, COALESCE(s.cd_start - 1, d.cd_start)))) AS due_yuan,
           MAX(CASE WHEN (r.from_on IS NULL OR r.from_on <= f.default_on) AND (r.to_on IS NULL OR r.to_on >= f.default_on)
                    THEN f.principal_yuan * r.rate * (p.cd_start - d.cd_start) END) AS due_by_default_yuan
    FROM levied f
    JOIN lists.late_fee_rates r ON (r.from_on IS NULL OR r.from_on <= f.paid_on)
        AND (r.to_on IS NULL OR r.to_on >= f.default_on)
    JOIN calendar p ON p.day = f.paid_on
    JOIN calendar d ON d.day = f.default_on
    LEFT JOIN calendar s ON s.day = r.from_on
    LEFT JOIN calendar u ON u.day = r.to_on
    GROUP BY f.levy_id
), acts AS (
    -- What may only follow the order and the end of its term.
    SELECT f.case_id, f.levy_id, 'transfer_before_order' AS fault, f.transferred AS done, f.transfer_on AS act_on,
           f.order_served_on, f.order_expires_on, f.order_known, f.term_known
    FROM levied f
    UNION ALL
    SELECT f.case_id, f.levy_id, 'fine_before_order' AS fault, f.fined AS done, f.decided_on AS act_on,
           f.order_served_on, f.order_expires_on, f.order_known, f.term_known
    FROM levied f
), parts AS (
    SELECT a.case_id, a.levy_id, a.fault,
           CASE WHEN NOT a.done THEN 0
                WHEN a.done IS NULL THEN NULL
                WHEN a.order_served_on >= a.act_on OR a.order_expires_on >= a.act_on THEN 1
                WHEN a.order_served_on IS NULL THEN CASE WHEN a.order_known THEN 1 END
                WHEN a.order_expires_on IS NULL THEN CASE WHEN a.term_known THEN 1 END
                ELSE 0 END AS wrong,
           0 AS pending
    FROM acts a
    UNION ALL
    SELECT f.case_id, f.levy_id, 'late_fee_wrong' AS fault,
           CASE WHEN NOT f.paid THEN 0
                WHEN f.paid IS NULL OR e.due_yuan IS NULL THEN NULL
                WHEN f.late_fee_yuan IS NULL AND NOT f.fee_known THEN NULL
                WHEN ABS(COALESCE(f.late_fee_yuan, 0) - e.due_yuan) > q.late_fee_tolerance
                     AND ABS(COALESCE(f.late_fee_yuan, 0) - e.due_by_default_yuan) > q.late_fee_tolerance THEN 1
                ELSE 0 END AS wrong,
           CASE WHEN NOT f.paid THEN 1 ELSE 0 END AS pending
    FROM levied f
    JOIN case_parameters q ON q.subject_id = f.case_id
    LEFT JOIN fees e ON e.levy_id = f.levy_id
), counted AS (
    SELECT p.case_id,
           SUM(p.wrong) AS failed,
           SUM(CASE WHEN p.wrong IS NULL THEN 1 ELSE 0 END) AS unknown,
           MAX(p.pending) AS pending
    FROM parts p
    GROUP BY p.case_id
), named AS (
    SELECT p.case_id,
           STRING_AGG(DISTINCT p.fault, ';' ORDER BY p.fault) AS faults,
           STRING_AGG(DISTINCT 'levies' || '/' || p.levy_id, ';' ORDER BY 'levies' || '/' || p.levy_id) AS ids
    FROM parts p
    WHERE p.wrong = 1
    GROUP BY p.case_id
)
SELECT
    b.subject_id,
    CASE WHEN b.kind <> 'levy' OR q.levy_scope IS NULL OR NOT b.decided THEN 'not_applicable'
         WHEN c.case_id IS NULL THEN CASE WHEN v.levies__levy_id THEN 'not_applicable' ELSE 'due' END
         WHEN c.failed > 0 OR c.unknown > 0 OR b.decided IS NULL THEN 'due'
         WHEN c.pending = 1 THEN 'not_yet_due'
         ELSE 'due' END AS levy_chain_scope,
    CASE WHEN b.decided IS NULL THEN NULL
         WHEN c.failed > 0 THEN c.failed
         WHEN c.unknown = 0 THEN 0 END AS levy_faults_count,
    n.faults AS levy_faults,
    n.ids AS levy_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
LEFT JOIN named n ON n.case_id = b.subject_id
