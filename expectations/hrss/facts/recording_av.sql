-- The five particulars every audio or video recording must carry.
WITH faults AS (
    SELECT
        r.case_id,
        r.recording_id,
        CASE WHEN r.case_no = b.case_no THEN 0
             WHEN r.case_no <> b.case_no THEN 1
             WHEN r.case_no IS NULL AND v.recordings__case_no THEN 1 END AS number_fault,
        CASE WHEN r.captured_at IS NOT NULL THEN 0 WHEN v.recordings__captured_at THEN 1 END AS time_fault,
        CASE WHEN r.place IS NOT NULL THEN 0 WHEN v.recordings__place THEN 1 END AS place_fault,
        CASE WHEN r.recorder_id IS NOT NULL THEN 0 WHEN v.recordings__recorder_id THEN 1 END AS recorder_fault,
        CASE WHEN r.object IS NOT NULL THEN 0 WHEN v.recordings__object THEN 1 END AS object_fault
    FROM recordings r
    CROSS JOIN run
    JOIN base b ON b.subject_id = r.case_id
    JOIN case_coverage v ON v.subject_id = r.case_id
    WHERE r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of
), judged AS (
    SELECT
        f.case_id,
        f.recording_id,
        COALESCE(f.number_fault, 0) + COALESCE(f.time_fault, 0) + COALESCE(f.place_fault, 0)
            + COALESCE(f.recorder_fault, 0) + COALESCE(f.object_fault, 0) AS faults,
        f.number_fault + f.time_fault + f.place_fault + f.recorder_fault + f.object_fault AS sure
    FROM faults f
), counted AS (
    SELECT j.case_id,
           SUM(j.faults) AS faults,
           SUM(CASE WHEN j.sure IS NULL THEN 1 ELSE 0 END) AS unknown,
           STRING_AGG(CASE WHEN j.faults > 0 THEN 'recordings' || '/' || j.recording_id END, ';' ORDER BY j.recording_id) AS ids
    FROM judged j
    GROUP BY j.case_id
)
SELECT
    b.subject_id,
    CASE WHEN q.recording_particulars IS NULL THEN 'not_applicable'
         WHEN c.case_id IS NULL AND v.recordings__recording_id THEN 'not_applicable'
         ELSE 'due' END AS av_metadata_scope,
    CASE WHEN c.faults > 0 THEN c.faults
         WHEN c.unknown = 0 AND v.recordings__recording_id THEN 0 END AS av_metadata_missing_count,
    c.ids AS av_metadata_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
