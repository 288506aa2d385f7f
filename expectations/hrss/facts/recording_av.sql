-- Recordings: their five particulars; acts that must be recorded in full; acts likely to be
-- disputed; files unaltered and kept as long as the volume.
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
           STRING_AGG('recordings' || '/' || j.recording_id, ';' ORDER BY j.recording_id) FILTER (WHERE j.faults > 0) AS ids
    FROM judged j
    GROUP BY j.case_id
), films AS (
    SELECT
        r.recording_id,
        r.case_id,
        r.event_id,
        EPOCH(r.captured_at) AS film_from,
        EPOCH(r.end_at) AS film_to
    FROM recordings r
    CROSS JOIN run
    WHERE r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of
), cuts AS (
    -- The gaps of each recording, and one behind them at its end. A gap without an end lasts on.
    SELECT f.recording_id, f.event_id, f.film_from, f.film_to,
           EPOCH(g.from_at) AS cut_from, COALESCE(EPOCH(g.to_at), f.film_to) AS cut_to
    FROM films f
    JOIN recording_gaps g ON g.recording_id = f.recording_id
    WHERE g.from_at IS NOT NULL
    UNION ALL
    SELECT f.recording_id, f.event_id, f.film_from, f.film_to, f.film_to AS cut_from, f.film_to AS cut_to
    FROM films f
), pieces AS (
    -- What was recorded between two gaps.
    SELECT
        c.event_id,
        GREATEST(c.film_from,
                 COALESCE(MAX(c.cut_to) OVER (PARTITION BY c.recording_id ORDER BY c.cut_from, c.cut_to
                                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), c.film_from)) AS piece_from,
        LEAST(c.cut_from, c.film_to) AS piece_to
    FROM cuts c
    WHERE c.film_from IS NOT NULL AND c.film_to IS NOT NULL
), acts AS (
    SELECT
        e.event_id,
        e.case_id,
        e.kind,
        EPOCH(e.start_at) AS act_from,
        EPOCH(e.end_at) AS act_to,
        CAST(e.start_at AS DATE) AS act_on,
        CASE WHEN e.text_sufficient_reason IS NOT NULL AND e.approver_id IS NOT NULL THEN TRUE
             WHEN e.text_sufficient_reason IS NULL AND v.events__text_sufficient_reason THEN FALSE
             WHEN e.approver_id IS NULL AND v.events__approver_id THEN FALSE END AS text_enough,
        (COALESCE(e.major_property, CASE WHEN v.events__major_property THEN FALSE END)
             OR COALESCE(e.goods_disposal, CASE WHEN v.events__goods_disposal THEN FALSE END))
            AND (COALESCE(e.on_site, CASE WHEN v.events__on_site THEN FALSE END)
             OR COALESCE(e.at_case_room, CASE WHEN v.events__at_case_room THEN FALSE END)) AS in_full
    FROM events e
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = e.case_id
    WHERE e.start_at IS NULL OR CAST(e.start_at AS DATE) <= run.as_of
), inside AS (
    SELECT a.event_id,
           GREATEST(p.piece_from, a.act_from) AS piece_from,
           LEAST(p.piece_to, a.act_to) AS piece_to
    FROM acts a
    JOIN pieces p ON p.event_id = a.event_id
    WHERE COALESCE(a.in_full, TRUE) AND p.piece_to > a.act_from AND p.piece_from < a.act_to AND p.piece_to > p.piece_from
), fresh AS (
    -- Of overlapping recordings each second counts once.
    SELECT
        i.event_id,
        i.piece_to,
        GREATEST(i.piece_from,
                 COALESCE(MAX(i.piece_to) OVER (PARTITION BY i.event_id ORDER BY i.piece_from, i.piece_to
                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), i.piece_from)) AS fresh_from
    FROM inside i
), covered AS (
    SELECT f.event_id, SUM(GREATEST(f.piece_to - f.fresh_from, 0)) AS covered_seconds
    FROM fresh f
    GROUP BY f.event_id
), filmed AS (
    SELECT
        f.event_id,
        COUNT(*) AS films,
        MIN(f.film_from) AS first_from,
        MAX(f.film_to) AS last_to,
        MAX(CASE WHEN f.film_from IS NULL AND NOT v.recordings__captured_at
                      OR f.film_to IS NULL AND NOT v.recordings__end_at THEN 1 ELSE 0 END) AS timeless
    FROM films f
    JOIN case_coverage v ON v.subject_id = f.case_id
    WHERE f.event_id IS NOT NULL
    GROUP BY f.event_id
), gaps AS (
    SELECT
        f.event_id,
        MAX(CASE WHEN g.reason IS NULL AND v.recording_gaps__reason THEN 1 ELSE 0 END) AS unexplained,
        MAX(CASE WHEN g.reason IS NULL AND NOT v.recording_gaps__reason
                      OR g.from_at IS NULL OR g.to_at IS NULL THEN 1 ELSE 0 END) AS unclear
    FROM recording_gaps g
    JOIN films f ON f.recording_id = g.recording_id
    JOIN case_coverage v ON v.subject_id = f.case_id
    GROUP BY f.event_id
), full_acts AS (
    SELECT
        a.event_id,
        a.case_id,
        a.in_full,
        COALESCE(f.films, 0) AS films,
        COALESCE(g.unexplained, 0) AS unexplained,
        v.recordings__recording_id AND v.recordings__event_id AS films_known,
        v.recording_gaps__recording_id AND COALESCE(g.unclear, 0) = 0 AS gaps_known,
        a.act_to - a.act_from >= 0 AND COALESCE(f.timeless, 0) = 0 AS times_known,
        COALESCE(c.covered_seconds, 0) >= q.av_coverage_share * (a.act_to - a.act_from) AS share_met,
        f.first_from <= a.act_from + q.recording_edge_tolerance
            AND f.last_to >= a.act_to - q.recording_edge_tolerance AS ends_met
    FROM acts a
    JOIN case_coverage v ON v.subject_id = a.case_id
    JOIN case_parameters q ON q.subject_id = a.case_id
    LEFT JOIN filmed f ON f.event_id = a.event_id
    LEFT JOIN covered c ON c.event_id = a.event_id
    LEFT JOIN gaps g ON g.event_id = a.event_id
    WHERE COALESCE(a.in_full, TRUE) AND q.av_coverage_share IS NOT NULL
), full_judged AS (
    SELECT
        a.event_id,
        a.case_id,
        a.in_full,
        a.films,
        CASE WHEN a.films = 0 THEN CASE WHEN a.films_known THEN 1 END
             WHEN a.unexplained = 1 THEN 1
             WHEN a.share_met THEN CASE WHEN a.gaps_known THEN 0 END
             WHEN a.times_known AND a.films_known THEN 1 END AS full_fault,
        CASE WHEN a.films = 0 THEN CASE WHEN a.films_known THEN 0 END
             WHEN a.unexplained = 1 THEN 1
             WHEN a.ends_met THEN CASE WHEN a.gaps_known THEN 0 END
             WHEN a.times_known AND a.films_known THEN 1 END AS ends_fault
    FROM full_acts a
), full_counted AS (
    SELECT
        j.case_id,
        SUM(CASE WHEN j.in_full THEN j.full_fault END) AS failed,
        SUM(CASE WHEN j.full_fault = 0 OR j.in_full AND j.full_fault = 1 THEN 0 ELSE 1 END) AS unknown,
        STRING_AGG('events' || '/' || j.event_id, ';' ORDER BY j.event_id) FILTER (WHERE j.in_full AND j.full_fault = 1) AS ids,
        SUM(CASE WHEN j.films > 0 THEN 1 ELSE 0 END) AS filmed_acts,
        SUM(CASE WHEN j.in_full THEN j.ends_fault END) AS ends_failed,
        SUM(CASE WHEN j.ends_fault = 0 OR j.in_full AND j.ends_fault = 1 THEN 0 ELSE 1 END) AS ends_unknown
    FROM full_judged j
    GROUP BY j.case_id
), ends_counted AS (
    SELECT j.case_id, STRING_AGG('recordings' || '/' || f.recording_id, ';' ORDER BY j.event_id, f.recording_id) AS ids
    FROM full_judged j
    JOIN films f ON f.event_id = j.event_id
    JOIN case_coverage v ON v.subject_id = f.case_id
    WHERE j.in_full AND j.ends_fault = 1
    GROUP BY j.case_id
), disputed AS (
    SELECT
        a.case_id,
        'events' || '/' || a.event_id AS row_id,
        CASE WHEN f.films > 0 OR a.text_enough THEN 0
             WHEN NOT a.text_enough AND v.recordings__recording_id AND v.recordings__event_id THEN 1 END AS fault,
        0 AS unwitnessed
    FROM acts a
    JOIN subjects s ON s.subject_id = a.case_id
    JOIN case_coverage v ON v.subject_id = a.case_id
    JOIN lists.contentious_acts l ON l.record = 'event' AND l.code = a.kind
        AND (l.from_on IS NULL OR l.from_on <= COALESCE(s.period_on, a.act_on))
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(s.period_on, a.act_on))
    LEFT JOIN filmed f ON f.event_id = a.event_id
    UNION ALL
    -- A service, and the act by which it was done on that day.
    SELECT
        x.case_id,
        'services' || '/' || x.service_id AS row_id,
        CASE WHEN x.recording_id IS NOT NULL OR MAX(f.films) > 0
                  OR MAX(CASE WHEN a.text_enough THEN 1 ELSE 0 END) = 1 THEN 0
             WHEN v.services__recording_id AND v.recordings__recording_id AND v.recordings__event_id
                  AND v.events__event_id AND v.events__text_sufficient_reason AND v.events__approver_id THEN 1
        END AS fault,
        CASE WHEN x.method = 'left' AND NOT COALESCE(x.witness, NOT v.services__witness) THEN 1 ELSE 0 END AS unwitnessed
    FROM services x
    CROSS JOIN run
    JOIN subjects s ON s.subject_id = x.case_id
    JOIN case_coverage v ON v.subject_id = x.case_id
    JOIN lists.contentious_acts l ON l.record = 'service' AND l.code = x.method
        AND (l.from_on IS NULL OR l.from_on <= COALESCE(s.period_on, x.served_on))
        AND (l.to_on IS NULL OR l.to_on >= COALESCE(s.period_on, x.served_on))
    LEFT JOIN acts a ON a.case_id = x.case_id AND a.kind = 'service' AND a.act_on = x.served_on
    LEFT JOIN filmed f ON f.event_id = a.event_id
    WHERE x.served_on IS NULL OR x.served_on <= run.as_of
    GROUP BY x.case_id, x.service_id, x.recording_id, x.method, x.witness, v.services__recording_id,
        v.services__witness, v.recordings__recording_id, v.recordings__event_id, v.events__event_id,
        v.events__text_sufficient_reason, v.events__approver_id
), disputed_counted AS (
    SELECT
        d.case_id,
        SUM(d.fault) AS failed,
        SUM(CASE WHEN d.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
        MAX(CASE WHEN d.fault = 1 THEN d.unwitnessed ELSE 0 END) AS unwitnessed,
        STRING_AGG(d.row_id, ';' ORDER BY d.row_id) FILTER (WHERE d.fault = 1) AS ids
    FROM disputed d
    GROUP BY d.case_id
), disputed_duty AS (
    SELECT DISTINCT s.subject_id
    FROM subjects s
    JOIN lists.contentious_acts l ON (l.from_on IS NULL OR l.from_on <= s.period_on)
        AND (l.to_on IS NULL OR l.to_on >= s.period_on)
), volume AS (
    SELECT
        o.case_id,
        MAX(o.retention_to_on) AS kept_to_on,
        MAX(CASE WHEN o.permanent THEN 1 ELSE 0 END) AS permanent,
        MAX(CASE WHEN o.retention_to_on IS NULL AND NOT v.volumes__retention_to_on
                      OR o.permanent IS NULL AND NOT v.volumes__permanent THEN 1 ELSE 0 END) AS unclear
    FROM volumes o
    JOIN case_coverage v ON v.subject_id = o.case_id
    GROUP BY o.case_id
), files AS (
    SELECT
        r.case_id,
        r.recording_id,
        CASE WHEN LOWER(r.sha256_in) <> LOWER(r.sha256_now) THEN 1 ELSE 0 END AS altered,
        CASE WHEN LOWER(r.sha256_in) = LOWER(r.sha256_now) THEN 0
             WHEN LOWER(r.sha256_in) <> LOWER(r.sha256_now) THEN 1
             WHEN r.sha256_in IS NULL AND v.recordings__sha256_in
                  OR r.sha256_now IS NULL AND v.recordings__sha256_now THEN
                  CASE WHEN CASE WHEN r.sha256_in IS NULL THEN 0 ELSE 1 END
                          + CASE WHEN r.sha256_now IS NULL THEN 0 ELSE 1 END < q.recording_hashes THEN 1 END
        END AS hash_fault,
        COALESCE(r.is_evidence, CASE WHEN v.recordings__is_evidence THEN FALSE END) AS is_evidence,
        CASE WHEN o.case_id IS NULL THEN CASE WHEN v.volumes__volume_id THEN 0 END
             WHEN r.retention_to_on < o.kept_to_on THEN 1
             WHEN o.unclear = 1 THEN NULL
             WHEN r.retention_to_on >= o.kept_to_on THEN 0
             WHEN r.retention_to_on IS NULL AND NOT v.recordings__retention_to_on THEN NULL
             WHEN o.kept_to_on IS NOT NULL THEN 1
             WHEN o.permanent = 1 AND r.retention_to_on IS NOT NULL THEN 1
             ELSE 0 END AS term_fault
    FROM recordings r
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = r.case_id
    JOIN case_parameters q ON q.subject_id = r.case_id
    LEFT JOIN volume o ON o.case_id = r.case_id
    WHERE r.captured_at IS NULL OR CAST(r.captured_at AS DATE) <= run.as_of
), files_judged AS (
    SELECT
        f.case_id,
        f.recording_id,
        f.altered,
        CASE WHEN f.hash_fault = 1 OR f.is_evidence AND f.term_fault = 1 THEN 1
             WHEN f.hash_fault = 0 AND (NOT f.is_evidence OR f.term_fault = 0) THEN 0 END AS fault
    FROM files f
), files_counted AS (
    SELECT
        j.case_id,
        SUM(j.fault) AS failed,
        SUM(CASE WHEN j.fault IS NULL THEN 1 ELSE 0 END) AS unknown,
        MAX(j.altered) AS altered,
        STRING_AGG('recordings' || '/' || j.recording_id, ';' ORDER BY j.recording_id) FILTER (WHERE j.fault = 1) AS ids
    FROM files_judged j
    GROUP BY j.case_id
)
SELECT
    b.subject_id,
    CASE WHEN q.recording_particulars IS NULL THEN 'not_applicable'
         WHEN c.case_id IS NULL AND v.recordings__recording_id THEN 'not_applicable'
         ELSE 'due' END AS av_metadata_scope,
    CASE WHEN c.faults > 0 THEN c.faults
         WHEN c.unknown = 0 AND v.recordings__recording_id THEN 0 END AS av_metadata_missing_count,
    c.ids AS av_metadata_evidence,
    CASE WHEN q.av_coverage_share IS NULL THEN 'not_applicable'
         WHEN u.case_id IS NULL AND v.events__event_id THEN 'not_applicable'
         ELSE 'due' END AS av_full_scope,
    CASE WHEN u.failed > 0 THEN u.failed
         WHEN u.unknown = 0 AND v.events__event_id THEN 0 END AS av_full_missing_count,
    u.ids AS av_full_evidence,
    CASE WHEN q.av_coverage_share IS NULL THEN 'not_applicable'
         WHEN COALESCE(u.filmed_acts, 0) = 0 AND v.events__event_id AND v.recordings__recording_id
              AND v.recordings__event_id THEN 'not_applicable'
         WHEN u.case_id IS NULL AND v.events__event_id THEN 'not_applicable'
         ELSE 'due' END AS av_covers_scope,
    CASE WHEN u.ends_failed > 0 THEN u.ends_failed
         WHEN u.ends_unknown = 0 AND v.events__event_id THEN 0 END AS av_cut_short_count,
    e.ids AS av_covers_evidence,
    CASE WHEN d.case_id IS NOT NULL THEN 'due'
         WHEN y.subject_id IS NULL THEN 'not_applicable'
         WHEN v.events__event_id AND v.events__kind
              AND v.services__service_id AND v.services__method THEN 'not_applicable'
         ELSE 'due' END AS av_disputed_scope,
    CASE WHEN d.failed > 0 THEN d.failed
         WHEN d.unknown = 0 AND v.events__event_id AND v.events__kind
              AND v.services__service_id AND v.services__method THEN 0 END AS av_disputed_missing_count,
    CASE WHEN d.unwitnessed = 1 THEN 'left_without_proof' END AS av_disputed_note,
    d.ids AS av_disputed_evidence,
    CASE WHEN q.recording_hashes IS NULL THEN 'not_applicable'
         WHEN h.case_id IS NULL AND v.recordings__recording_id THEN 'not_applicable'
         ELSE 'due' END AS av_files_scope,
    CASE WHEN h.failed > 0 THEN h.failed
         WHEN h.unknown = 0 AND v.recordings__recording_id THEN 0 END AS av_files_fault_count,
    COALESCE(h.altered, 0) = 1 AS recording_altered,
    h.ids AS av_files_evidence
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
JOIN case_parameters q ON q.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
LEFT JOIN full_counted u ON u.case_id = b.subject_id
LEFT JOIN ends_counted e ON e.case_id = b.subject_id
LEFT JOIN disputed_counted d ON d.case_id = b.subject_id
LEFT JOIN disputed_duty y ON y.subject_id = b.subject_id
LEFT JOIN files_counted h ON h.case_id = b.subject_id
