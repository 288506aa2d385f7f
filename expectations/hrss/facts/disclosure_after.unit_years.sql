-- The yearly written report of each unit, also of a unit that never sent one.
SELECT
    s.subject_id,
    s.period_on AS report_year_end_on,
    TRUE AS annual_report_duty,
    y.report_to_legal_on AS annual_report_on,
    v.unit_years__report_to_legal_on AS annual_report_known
FROM subjects s
JOIN case_coverage v ON v.subject_id = s.subject_id
LEFT JOIN unit_years y ON y.unit_id = s.unit_id AND y.year = s.year
