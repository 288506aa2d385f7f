-- What was still open of a fine that went to credit collection: fine or penalty, and the expense of
-- sending, less all payments.
SELECT
    c.case_id AS subject_id,
    CASE WHEN c.collection_on IS NOT NULL THEN 'due'
         WHEN v.cases__collection_on THEN 'not_applicable'
         ELSE 'due' END AS collection_scope,
    CASE WHEN c.collection_on IS NULL THEN NULL
         WHEN NOT (v.cases__paid_amount AND v.cases__expense_amount) THEN NULL
         ELSE COALESCE(c.penalty_amount, c.fine_amount) + COALESCE(c.expense_amount, 0)
              - COALESCE(c.paid_amount, 0) END AS open_amount
FROM cases c
JOIN case_coverage v ON v.subject_id = c.case_id
