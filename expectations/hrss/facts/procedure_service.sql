-- Service: of the penalty decision in time, of every paper with the proof that its way needs.
WITH decisions AS (
    SELECT
        b.subject_id,
        MIN(CASE WHEN s.served_on >= b.decided_on AND s.served_on <= run.as_of THEN s.served_on
                 WHEN d.delivered_on_spot THEN b.decided_on END) AS served_on,
        MAX(CASE WHEN d.announced_to_party THEN 1 ELSE 0 END) AS announced
    FROM base b
    CROSS JOIN run
    JOIN documents d ON d.case_id = b.subject_id AND d.kind = 'decision'
    LEFT JOIN services s ON s.document_id = d.document_id
    WHERE b.kind = 'penalty'
    GROUP BY b.subject_id
), proofs AS (
    SELECT
        s.case_id,
        s.service_id,
        CASE WHEN s.method IS NULL THEN CASE WHEN v.services__method THEN FALSE END
             WHEN s.proof IS NULL THEN CASE WHEN v.services__proof THEN FALSE END
             ELSE l.proof IS NOT NULL END AS fitting,
        CASE WHEN s.method IN ('spot', 'direct', 'entrusted')
             THEN CASE WHEN s.signed IS NOT NULL THEN s.signed WHEN v.services__signed THEN FALSE END
             ELSE TRUE END AS signed,
        CASE WHEN s.method = 'direct'
             THEN CASE WHEN s.receiver_relation IS NOT NULL THEN TRUE WHEN v.services__receiver_relation THEN FALSE END
             WHEN s.method = 'left'
             THEN CASE WHEN s.witness OR s.recording_id IS NOT NULL THEN TRUE
                       WHEN (s.witness IS NOT NULL OR v.services__witness) AND v.services__recording_id THEN FALSE END
             WHEN s.method = 'post'
             THEN CASE WHEN s.tracking_no IS NULL AND v.services__tracking_no THEN FALSE
                       WHEN s.delivered_on IS NULL AND v.services__delivered_on THEN FALSE
                       WHEN s.tracking_no IS NOT NULL AND s.delivered_on IS NOT NULL THEN TRUE END
             WHEN s.method = 'electronic'
             THEN CASE WHEN s.consent_document_id IS NOT NULL THEN TRUE WHEN v.services__consent_document_id THEN FALSE END
             WHEN s.method = 'public'
             THEN CASE WHEN s.notice_place IS NULL AND v.services__notice_place THEN FALSE
                       WHEN s.notice_days < CASE WHEN s.served_on < q.public_notice_changed_on THEN q.public_notice_days_before
                                                 WHEN s.served_on IS NOT NULL THEN q.public_notice_days
                                                 ELSE LEAST(q.public_notice_days_before, q.public_notice_days) END THEN FALSE
                       WHEN s.notice_days IS NULL AND v.services__notice_days THEN FALSE
                       WHEN s.notice_place IS NOT NULL AND s.notice_days IS NOT NULL AND s.served_on IS NOT NULL THEN TRUE END
             ELSE TRUE END AS proven
    FROM services s
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = s.case_id
    JOIN case_parameters q ON q.subject_id = s.case_id
    LEFT JOIN lists.service_proofs l ON l.method = s.method AND l.proof = s.proof
        AND (l.from_on IS NULL OR l.from_on <= s.served_on)
        AND (l.to_on IS NULL OR l.to_on >= s.served_on)
    WHERE s.served_on IS NULL OR s.served_on <= run.as_of
), counted AS (
    SELECT
        p.case_id,
        COUNT(CASE WHEN NOT (p.fitting AND p.signed AND p.proven) THEN 1 END) AS failed,
        COUNT(CASE WHEN (p.fitting AND p.signed AND p.proven) IS NULL THEN 1 END) AS unsure,
        STRING_AGG('services' || '/' || p.service_id, ';' ORDER BY p.service_id) FILTER (WHERE NOT (p.fitting AND p.signed AND p.proven)) AS ids
    FROM proofs p
    GROUP BY p.case_id
)
SELECT
    b.subject_id,
    b.kind = 'penalty' AND b.decided AND b.penalised AS penalty_service_duty,
    d.served_on AS penalty_served_on,
    v.documents__kind AND v.services__document_id AND v.services__served_on AS penalty_service_known,
    -- Announced to the party that was there, it is handed over at once; in its absence served in time.
    d.announced = 1 AND COALESCE(d.served_on <> b.decided_on, TRUE) AS penalty_not_handed_over,
    CASE WHEN d.announced = 1 AND COALESCE(d.served_on <> b.decided_on, TRUE) THEN 'party_was_present' END AS penalty_service_note,
    CASE WHEN c.case_id IS NULL AND v.services__service_id THEN 'not_applicable' ELSE 'due' END AS service_proof_scope,
    CASE WHEN c.failed > 0 THEN c.failed WHEN c.unsure = 0 AND v.services__service_id THEN 0 END AS unproven_services_count,
    c.ids AS unproven_services
FROM base b
JOIN case_coverage v ON v.subject_id = b.subject_id
LEFT JOIN decisions d ON d.subject_id = b.subject_id
LEFT JOIN counted c ON c.case_id = b.subject_id
