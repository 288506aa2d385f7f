-- From the referral to the prosecutor to the publication of the case. Guidance by the director of
-- a bureau is no referral. A case published before its referral was public when it was referred.
SELECT
    c.case_id AS subject_id,
    CASE WHEN c.kind = 'guidance' THEN FALSE
         WHEN c.referred_on IS NOT NULL THEN c.referred_on <= run.as_of
         WHEN v.cases__referred_on AND c.kind = 'referral' THEN FALSE END AS referral_dated,
    c.referred_on,
    c.published_on,
    CASE WHEN c.published_on > run.as_of THEN NULL
         WHEN c.published_on < c.referred_on THEN c.referred_on
         ELSE c.published_on END AS public_on,
    v.cases__published_on AS publication_known,
    CASE WHEN c.kind = 'guidance' THEN 'not_applicable'
         WHEN c.published_on > run.as_of THEN 'not_applicable'
         WHEN c.published_on IS NULL AND v.cases__published_on THEN 'not_applicable'
         ELSE 'due' END AS publication_order_scope
FROM cases c
CROSS JOIN run
JOIN case_coverage v ON v.subject_id = c.case_id
