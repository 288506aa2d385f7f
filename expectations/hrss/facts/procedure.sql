-- The labour-inspection investigation: from filing to its end.
SELECT
    b.subject_id,
    b.clock = 'labour' AND b.kind IN ('penalty', 'treatment')
        AND CASE WHEN c.filed_on IS NOT NULL THEN c.filed_on <= run.as_of
                 WHEN v.cases__filed_on THEN FALSE END AS investigate_duty,
    c.filed_on AS case_filed_on,
    c.investigated_on AS investigation_ended_on,
    v.cases__investigated_on AS investigation_end_known,
    v.extensions__clock AND v.extensions__approved_on AND v.extensions__approver_role
        AND v.extensions__extra AND v.extensions__unit
        AND v.exclusions__clock AND v.exclusions__from_on AND v.exclusions__to_on
        AND v.exclusions__basis_code AS investigate_allowances_known
FROM base b
CROSS JOIN run
JOIN cases c ON c.case_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
