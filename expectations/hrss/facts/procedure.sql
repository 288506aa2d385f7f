-- The days of a case that have limits: acceptance, investigation, decision, limitation.
WITH days AS (
    SELECT
        c.case_id,
        -- A complaint is filed on the day of its acceptance: the filing stands for an acceptance without a date.
        CASE WHEN c.accepted_on <= run.as_of THEN c.accepted_on
             WHEN c.accepted_on IS NULL AND c.refusal_told_on IS NULL AND c.filed_on <= run.as_of
             THEN c.filed_on END AS accepted_on,
        CASE WHEN c.refusal_told_on <= run.as_of THEN c.refusal_told_on END AS refused_on,
        COALESCE(LEAST(c.discovered_on, c.received_on), c.filed_on, c.decided_on) AS found_on,
        -- Without a recorded end the first day is the earliest one: in time then is in time at any rate.
        COALESCE(c.act_to_on, c.act_from_on) AS act_ended_on,
        CASE WHEN c.filed_on IS NOT NULL THEN c.filed_on <= run.as_of
             WHEN v.cases__filed_on THEN FALSE END AS filed,
        CASE WHEN c.investigated_on IS NOT NULL THEN c.investigated_on <= run.as_of
             WHEN v.cases__investigated_on THEN FALSE END AS investigated,
        -- Withdrawn or handed over, a case ends without a decision.
        CASE WHEN c.result IS NOT NULL THEN c.result NOT IN ('withdrawn', 'transferred')
             WHEN v.cases__result OR c.decided_on IS NOT NULL THEN TRUE END AS to_be_decided,
        CASE WHEN c.source IS NOT NULL THEN c.source = 'complaint'
             WHEN v.cases__source THEN FALSE END AS complaint
    FROM cases c
    CROSS JOIN run
    JOIN case_coverage v ON v.subject_id = c.case_id
)
SELECT
    b.subject_id,
    b.clock = 'labour' AND b.kind IN ('penalty', 'treatment') AND d.filed AS investigate_duty,
    c.filed_on AS case_filed_on,
    c.investigated_on AS investigation_ended_on,
    v.cases__investigated_on AS investigation_end_known,
    v.extensions__clock AND v.extensions__approved_on AND v.extensions__approver_role
        AND v.extensions__extra AND v.extensions__unit
        AND v.exclusions__clock AND v.exclusions__from_on AND v.exclusions__to_on
        AND v.exclusions__basis_code AS investigate_allowances_known,
    d.complaint AND b.clock = 'labour' AS complaint_answer_duty,
    c.received_on AS complaint_received_on,
    CASE WHEN d.accepted_on IS NULL THEN d.refused_on
         WHEN c.filed_on = d.accepted_on THEN d.accepted_on END AS complaint_answered_on,
    CASE WHEN d.accepted_on IS NOT NULL THEN c.filed_on IS NOT NULL OR v.cases__filed_on
         ELSE v.cases__accepted_on AND v.cases__refusal_told_on END AS complaint_answer_known,
    CASE WHEN c.filed_on = d.accepted_on THEN NULL
         WHEN d.accepted_on IS NOT NULL AND (c.filed_on IS NOT NULL OR v.cases__filed_on)
         THEN 'not_filed_that_day' END AS complaint_answer_note,
    b.kind IN ('penalty', 'treatment') AND b.procedure = 'ordinary' AND d.to_be_decided AND d.investigated
        AND b.clock = 'labour' AS decide_duty,
    b.kind = 'penalty' AND b.procedure = 'ordinary' AND d.to_be_decided AND d.filed
        AND b.clock = 'general' AS penalty_decide_duty,
    v.cases__decided_on AS decision_day_known,
    b.kind = 'penalty' AND b.decided AND b.penalised AS limitation_duty,
    CASE WHEN d.found_on < d.act_ended_on THEN d.found_on ELSE d.act_ended_on END AS limitation_began_on,
    d.found_on AS act_found_on,
    c.harmful_field,
    (c.harmful_field IS NOT NULL OR v.cases__harmful_field)
        AND c.act_to_on IS NOT NULL
        AND (c.discovered_on IS NOT NULL OR v.cases__discovered_on)
        AND (c.received_on IS NOT NULL OR v.cases__received_on) AS limitation_sure
FROM base b
JOIN cases c ON c.case_id = b.subject_id
JOIN days d ON d.case_id = b.subject_id
JOIN case_coverage v ON v.subject_id = b.subject_id
