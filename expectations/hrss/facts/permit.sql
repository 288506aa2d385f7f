-- Applications for permits: what was told about missing material, the decision, its delivery.
-- A permit that is taken back (revoked) has no applicant who waits.
WITH notices AS (
    SELECT d.case_id,
           COUNT(DISTINCT d.document_id) AS notices,
           COUNT(DISTINCT e.document_id) AS complete,
           MIN(d.made_on) AS made_on
    FROM documents d
    CROSS JOIN run
    LEFT JOIN documents__elements e ON e.document_id = d.document_id AND e.code = 'complete_list'
    WHERE d.kind = 'supplement_notice' AND (d.made_on IS NULL OR d.made_on <= run.as_of)
    GROUP BY d.case_id
), notice_ids AS (
    SELECT d.case_id, STRING_AGG('documents' || '/' || d.document_id, ';' ORDER BY d.document_id) AS ids
    FROM documents d
    WHERE d.kind = 'supplement_notice'
    GROUP BY d.case_id
), deliveries AS (
    -- A service of the certificate counts before one of the decision that goes with it; one that
    -- names no paper of the case is taken for the decision's.
    SELECT s.case_id, s.service_id,
           d.kind = 'permit_certificate' AS of_certificate,
           CASE WHEN s.served_on >= b.decided_on THEN s.served_on END AS served_on
    FROM services s
    CROSS JOIN run
    JOIN base b ON b.subject_id = s.case_id
    JOIN case_coverage v ON v.subject_id = s.case_id
    LEFT JOIN documents d ON d.document_id = s.document_id
    WHERE v.services__document_id AND v.documents__kind AND (s.served_on IS NULL OR s.served_on <= run.as_of)
        AND (d.kind IN ('permit_certificate', 'decision') OR d.document_id IS NULL)
), answers AS (
    SELECT s.case_id, COUNT(*) AS services, MIN(s.service_id) AS first_id,
           COUNT(CASE WHEN s.of_certificate THEN 1 END) AS certificates,
           MIN(CASE WHEN s.of_certificate THEN s.served_on END) AS certificate_on,
           MIN(CASE WHEN COALESCE(s.of_certificate, FALSE) THEN NULL ELSE s.served_on END) AS decision_on
    FROM deliveries s
    GROUP BY s.case_id
), several AS (
    -- Most cases have one such service: only several are put in order.
    SELECT s.case_id, STRING_AGG('services' || '/' || s.service_id, ';' ORDER BY s.service_id) AS ids
    FROM answers a
    JOIN deliveries s ON s.case_id = a.case_id
    WHERE a.services > 1
    GROUP BY s.case_id
), refusals AS (
    -- Refusing decisions that state both the reasons and the remedies.
    SELECT d.case_id, COUNT(*) AS reasoned
    FROM documents d
    WHERE d.kind = 'decision'
        AND EXISTS (SELECT 1 FROM documents__elements e WHERE e.document_id = d.document_id AND e.code = 'reasons')
        AND EXISTS (SELECT 1 FROM documents__elements e WHERE e.document_id = d.document_id AND e.code = 'remedies')
    GROUP BY d.case_id
), applications AS (
    SELECT
        b.subject_id,
        b.decided,
        b.decided_on,
        CASE WHEN b.kind <> 'permit' THEN FALSE
             WHEN c.result = 'revoked' THEN FALSE
             WHEN c.result IS NOT NULL OR v.cases__result THEN b.kind = 'permit' END AS applied,
        CASE WHEN c.result IS NOT NULL THEN c.result = 'withdrawn'
             WHEN v.cases__result THEN FALSE END AS withdrawn,
        CASE WHEN c.result IS NOT NULL THEN c.result IN ('granted', 'refused')
             WHEN v.cases__result THEN FALSE END AS answered,
        c.result = 'refused' AND b.decided AS refused,
        c.received_on,
        c.accepted_on,
        CASE WHEN c.received_on IS NOT NULL THEN c.received_on <= run.as_of
             WHEN v.cases__received_on THEN FALSE END AS received,
        CASE WHEN c.refusal_told_on <= run.as_of THEN TRUE
             WHEN c.refusal_told_on IS NOT NULL OR v.cases__refusal_told_on THEN FALSE END AS turned_away,
        LEAST(c.accepted_on, c.refusal_told_on, b.decided_on) AS first_answer_on,
        COALESCE(c.on_spot, FALSE) AS on_spot,
        CASE WHEN c.joint_handling THEN 'joint'
             WHEN c.joint_handling IS NOT NULL OR v.cases__joint_handling THEN 'alone' END AS joint_handling,
        COALESCE(n.notices, 0) AS notices,
        COALESCE(n.complete, 0) AS complete,
        n.made_on,
        i.ids AS notice_ids,
        -- Asked for what is missing as article 32 says: once, everything, in time.
        CASE WHEN COALESCE(n.notices, 0) = 0 THEN CASE WHEN v.documents__kind THEN FALSE END
             WHEN n.notices > 1 OR n.made_on < c.received_on THEN FALSE
             WHEN m.no_end - r.no_start > q.permit_supplement_limit THEN FALSE
             WHEN n.complete = 0 THEN CASE WHEN v.documents__elements THEN FALSE END
             WHEN n.made_on IS NULL THEN CASE WHEN v.documents__made_on THEN FALSE END
             WHEN m.no_end - r.no_start <= q.permit_supplement_limit THEN TRUE END AS asked_in_time,
        COALESCE(t.no_end - r.no_start <= q.permit_supplement_limit, FALSE) AS accepted_in_time
    FROM base b
    CROSS JOIN run
    JOIN cases c ON c.case_id = b.subject_id
    JOIN case_coverage v ON v.subject_id = b.subject_id
    JOIN case_parameters q ON q.subject_id = b.subject_id
    LEFT JOIN calendar r ON r.day = c.received_on
    LEFT JOIN calendar t ON t.day = c.accepted_on
    LEFT JOIN notices n ON n.case_id = b.subject_id
    LEFT JOIN notice_ids i ON i.case_id = b.subject_id
    LEFT JOIN calendar m ON m.day = n.made_on
)
SELECT
    a.subject_id,
    a.applied AND a.received AS permit_supplement_duty,
    a.received_on AS application_received_on,
    -- Accepted as of the day of receipt: nothing was lost. Told in parts, or not everything: not told.
    CASE WHEN a.accepted_on = a.received_on THEN a.accepted_on
         WHEN a.notices = 1 AND a.complete = 1 THEN a.made_on
         WHEN a.notices = 0 AND v.documents__kind THEN a.first_answer_on END AS application_answered_on,
    v.documents__kind AND v.cases__accepted_on
        AND CASE WHEN a.notices = 0 THEN v.cases__refusal_told_on OR a.first_answer_on IS NOT NULL
                 WHEN a.notices = 1 THEN v.documents__elements AND v.documents__made_on
                 ELSE TRUE END AS application_answer_known,
    CASE WHEN a.notices > 1 THEN 'told_in_parts'
         WHEN a.notices = 1 AND a.complete = 0 AND v.documents__elements THEN 'list_incomplete'
    END AS permit_supplement_note,
    a.notice_ids AS permit_supplement_evidence,
    a.applied AND NOT a.withdrawn AND NOT a.on_spot
        AND CASE WHEN a.accepted_on IS NOT NULL THEN a.accepted_on <= run.as_of
                 WHEN NOT v.cases__accepted_on THEN NULL
                 WHEN a.turned_away THEN FALSE
                 -- the applicant has been asked: nothing is accepted before the material comes
                 WHEN a.asked_in_time THEN CASE WHEN NOT a.decided THEN FALSE END
                 WHEN NOT a.asked_in_time AND NOT a.turned_away THEN a.received END AS permit_decide_duty,
    -- Neither accepted nor asked in time: accepted by law on the day of receipt, whatever day of
    -- acceptance was written down later (许可法 32). Where the day of receipt is not recorded, the
    -- written one is all there is.
    CASE WHEN a.accepted_on IS NOT NULL
              AND (a.received_on IS NULL OR a.accepted_in_time OR a.asked_in_time) THEN a.accepted_on
         WHEN NOT a.asked_in_time AND (a.accepted_on IS NOT NULL OR v.cases__accepted_on AND NOT a.turned_away)
         THEN a.received_on END AS application_accepted_on,
    CASE WHEN NOT a.asked_in_time AND NOT a.accepted_in_time THEN 'deemed_accepted' END AS permit_decide_note,
    a.decided_on AS permit_decided_on,
    v.cases__decided_on AS permit_decision_known,
    a.joint_handling,
    v.cases__joint_handling
        AND v.extensions__clock AND v.extensions__approved_on AND v.extensions__approver_role
        AND v.extensions__extra AND v.extensions__unit AND v.extensions__told_on
        AND v.exclusions__clock AND v.exclusions__from_on AND v.exclusions__to_on
        AND v.exclusions__basis_code AND v.exclusions__told_on AS permit_allowances_known,
    a.applied AND a.answered AND a.decided AS permit_deliver_duty,
    a.decided_on AS permit_decision_on,
    CASE WHEN a.refused THEN CASE WHEN f.reasoned > 0 THEN a.decided_on END
         WHEN s.certificates > 0 THEN s.certificate_on
         ELSE s.decision_on END AS permit_delivered_on,
    v.documents__kind
        AND CASE WHEN a.refused THEN v.documents__elements
                 ELSE v.services__served_on AND v.services__document_id END AS permit_delivery_known,
    CASE WHEN a.refused AND COALESCE(f.reasoned, 0) = 0 THEN 'refusal_unreasoned' END AS permit_deliver_note,
    CASE WHEN a.refused OR a.refused IS NULL THEN NULL
         WHEN s.services = 1 THEN 'services' || '/' || s.first_id
         ELSE m.ids END AS permit_deliver_evidence
FROM applications a
CROSS JOIN run
JOIN case_coverage v ON v.subject_id = a.subject_id
LEFT JOIN answers s ON s.case_id = a.subject_id
LEFT JOIN several m ON m.case_id = a.subject_id
LEFT JOIN refusals f ON f.case_id = a.subject_id
