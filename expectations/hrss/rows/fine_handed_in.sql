-- Each payment of a fine: by bank, or on the spot on a lawful ground, with the finance receipt,
-- handed in to the organ and brought to the bank in time. Each step of the money is a row.
WITH paid AS (
    SELECT
        p.case_id,
        p.payment_id,
        p.collector,
        p.paid_on,
        p.handed_in_on,
        p.bank_in_on,
        CASE WHEN p.collector = 'organ' THEN FALSE
             WHEN p.collector IS NULL THEN CASE WHEN v.payments__collector THEN FALSE END
             WHEN p.collector IN ('bank', 'epay') THEN TRUE
             WHEN p.receipt_kind IN ('other', 'none') OR p.receipt_kind IS NULL AND v.payments__receipt_kind THEN FALSE
             WHEN p.on_spot_ground IS NULL AND v.payments__on_spot_ground THEN FALSE
             WHEN p.on_spot_ground = 'small' AND p.amount_yuan > q.on_spot_collection THEN FALSE
             WHEN p.receipt_kind IS NULL OR p.on_spot_ground IS NULL THEN NULL
             WHEN p.on_spot_ground = 'small' AND p.amount_yuan IS NULL THEN NULL
             ELSE TRUE END AS lawful,
        v.payments__handed_in_on AS handing_known,
        v.payments__bank_in_on AS banking_known
    FROM payments p
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = p.case_id
    JOIN case_parameters q ON q.subject_id = p.case_id
    WHERE p.paid_on IS NULL OR p.paid_on <= run.as_of
), listed AS (
    SELECT
        p.case_id AS subject_id,
        'payments' || '/' || p.payment_id AS row_id,
        TRUE AS money_moved,
        p.paid_on AS money_had_on,
        CASE WHEN NOT p.lawful OR p.lawful IS NULL THEN NULL
             WHEN p.collector = 'officer' THEN p.handed_in_on
             ELSE p.paid_on END AS money_passed_on,
        CASE WHEN p.lawful AND p.collector = 'officer' THEN p.handing_known ELSE p.lawful IS NOT NULL END AS money_known
    FROM paid p
    UNION ALL
    SELECT
        p.case_id AS subject_id,
        'payments' || '/' || p.payment_id || '/' || 'bank' AS row_id,
        TRUE AS money_moved,
        p.handed_in_on AS money_had_on,
        p.bank_in_on AS money_passed_on,
        p.banking_known AS money_known
    FROM paid p
    WHERE p.collector = 'officer' AND p.handed_in_on IS NOT NULL
    UNION ALL
    SELECT
        b.subject_id,
        'cases' || '/' || b.subject_id AS row_id,
        CASE WHEN NOT b.fined THEN FALSE END AS money_moved,
        CAST(NULL AS DATE) AS money_had_on,
        CAST(NULL AS DATE) AS money_passed_on,
        FALSE AS money_known
    FROM base b
    JOIN case_coverage v ON v.subject_id = b.subject_id
    WHERE NOT v.payments__payment_id AND b.kind = 'penalty'
        AND NOT EXISTS (SELECT 1 FROM paid p WHERE p.case_id = b.subject_id)
)
SELECT l.subject_id, l.row_id, l.money_moved, l.money_had_on, l.money_passed_on, l.money_known
FROM listed l
