"""What every column of the database is about: the answer to "what do you store of whom", kept true by a test."""

from __future__ import annotations

from enum import StrEnum


class About(StrEnum):
    CONTACT = "contact"
    """Who was asked, and whether they are done; forgotten 30 days after the close."""
    DRAFT = "draft"
    """Unfinished answers that only the holder of the link can read."""
    BALLOT = "ballot"
    """Sealed answers in the box, and receipts that were handed back."""
    RESPONSE = "response"
    """Anonymous answers: what, never who or when."""
    OPEN_TEXT = "open_text"
    """Written answers and what they were coded into."""
    IMPORT = "import"
    """Answers of people who were asked elsewhere, on their way in: sealed, and gone within a day."""
    STAFF = "staff"
    AUDIT = "audit"
    PUBLISHED = "published"
    """Figures: drafts for staff, and releases."""
    DEFINITION = "definition"
    """What is asked, when, and in which words."""
    SYSTEM = "system"
    """The running of the programme; about nobody."""


COLUMNS: dict[str, dict[About, str]] = {
    "accounts_auditevent": {About.AUDIT: "id at action target details actor_id previous hash"},
    "accounts_role": {About.STAFF: "id key name permissions"},
    "accounts_user": {
        About.STAFF: "id password last_login is_superuser email name is_active is_staff session_version languages"
    },
    "accounts_secondfactor": {About.STAFF: "user_id sealed last_step"},
    "accounts_recoverycode": {About.STAFF: "id user_id code_hash"},
    "accounts_failedlogin": {About.STAFF: "subject failures last_at"},
    "accounts_user_groups": {About.STAFF: "id user_id group_id"},
    "accounts_user_roles": {About.STAFF: "id user_id role_id"},
    "accounts_user_user_permissions": {About.STAFF: "id user_id permission_id"},
    "auth_group": {About.STAFF: "id name"},
    "auth_group_permissions": {About.STAFF: "id group_id permission_id"},
    "auth_permission": {About.SYSTEM: "id name content_type_id codename"},
    "django_admin_log": {
        About.AUDIT: "id action_time object_id object_repr action_flag change_message content_type_id user_id"
    },
    "django_content_type": {About.SYSTEM: "id app_label model"},
    "django_migrations": {About.SYSTEM: "id app name applied"},
    "django_session": {About.STAFF: "session_key session_data expire_date"},
    "surveys_edition": {About.DEFINITION: "id year title"},
    "surveys_questionnaire": {
        About.DEFINITION: "id key version schema_version unit language estimated_minutes findings"
        " programming_notes definition_hash ballot_size frozen_at texts_version"
    },
    "surveys_wording": {About.DEFINITION: "id questionnaire_id language path text source_hash"},
    "surveys_translation": {About.DEFINITION: "id questionnaire_id language reviewed_by"},
    "surveys_wordingchange": {About.DEFINITION: "id questionnaire_id language path before after at"},
    "surveys_page": {About.DEFINITION: "id questionnaire_id position key kind before controls"},
    "surveys_codeframe": {
        About.DEFINITION: "id questionnaire_id position key description max_codes_per_mention not_counted"
    },
    "surveys_code": {About.DEFINITION: "id frame_id position code aliases note"},
    "surveys_section": {About.DEFINITION: "id questionnaire_id position key"},
    "surveys_question": {
        About.DEFINITION: "id section_id questionnaire_id position key number kind wording_version scale detached"
        " choices_from order row_order required show_if screen_out min_choices max_choices entries max_chars unit"
        " minimum maximum code_frame_id reproduces concept base_rule publish breaks statistic also sensitivity"
        " figure_type figure_sort figure_caveats"
    },
    "surveys_row": {About.DEFINITION: "id question_id position code show_if"},
    "surveys_choice": {About.DEFINITION: "id question_id group position code role exclusive pin"},
    "surveys_net": {About.DEFINITION: "id question_id position code members"},
    "surveys_partition": {About.DEFINITION: "id question_id position key outside"},
    "surveys_part": {About.DEFINITION: "id partition_id position code members"},
    "surveys_derived": {
        About.DEFINITION: "id questionnaire_id position key statistic over sensitivity reproduces"
    },
    "surveys_wave": {
        About.DEFINITION: "id edition_id questionnaire_id status opens_at closes_at time_zone grace_minutes min_batch"
        " synthetic languages texts_version forward_anywhere doors origin source"
    },
    "surveys_production": {About.SYSTEM: "id"},
    "surveys_waveplace": {About.DEFINITION: "id wave_id place language text"},
    "surveys_wavekey": {About.SYSTEM: "wave_id public_key"},
    "responses_invitation": {
        About.CONTACT: "id wave_id email unit language token_hash state forwarded door entry_hash batch_id"
        " time_zone mailed_token mail"
    },
    "responses_codebatch": {About.CONTACT: "id wave_id contact_point size language revoked used unused"},
    "surveys_keycustody": {
        About.STAFF: "wave_id made_on first_holder_id first_held_on second_holder_id second_held_on asked_by_id"
        " asked_on confirmed_by_id confirmed_on destroyed_on obstacle reminded_on"
    },
    "responses_message": {About.CONTACT: "id mailing_id invitation_id state"},
    "responses_mailing": {
        About.SYSTEM: "id wave_id kind state note soft_launch pace window_from window_until site claim_number"
        " lease_until"
    },
    "responses_mailingtext": {About.DEFINITION: "id mailing_id language subject body"},
    "responses_mailkey": {About.SYSTEM: "id public_key"},
    "responses_draft": {About.DRAFT: "id invitation_id sealed"},
    "responses_ballot": {About.BALLOT: "id wave_id sealed"},
    "responses_withdrawal": {About.BALLOT: "id wave_id receipt_hash"},
    "responses_response": {About.RESPONSE: "id wave_id marks weight receipt_hash"},
    "responses_record": {About.RESPONSE: "response_id answers codings"},
    "responses_tally": {About.RESPONSE: "id wave_id question code count"},
    "responses_opentext": {About.OPEN_TEXT: "id wave_id question choice text forgotten language may_quote"},
    "responses_textlink": {About.OPEN_TEXT: "text_id response_id row entry"},
    "responses_coding": {About.OPEN_TEXT: "id text_id code"},
    # A decision names its coder by a place of the round, so that no text refers to one of people.
    "responses_decision": {About.OPEN_TEXT: "id text_id place codes state proposal note answer"},
    "responses_workingtranslation": {About.OPEN_TEXT: "id text_id language words"},
    "responses_quotation": {About.OPEN_TEXT: "id wave_id text_id comment_id code words"},
    "responses_redaction": {About.STAFF: "id quotation_id by_id step"},
    "responses_codinground": {About.STAFF: "id wave_id question first_id second_id third_id revision seed"},
    "responses_codingend": {About.STAFF: "wave_id asked_by_id asked_on done_on obstacle"},
    "responses_framerevision": {
        About.DEFINITION: "id questionnaire_id frame number added retired again note"
    },
    "responses_agreement": {About.SYSTEM: "id round_id revision units same kappa alpha"},
    "responses_comment": {About.OPEN_TEXT: "id wave_id question text may_quote"},
    "responses_fieldworkcount": {About.SYSTEM: "id wave_id door state count"},
    "responses_portal": {About.SYSTEM: "id issuer name audience"},
    "responses_portal_waves": {About.SYSTEM: "id portal_id wave_id"},
    "responses_portalkey": {About.SYSTEM: "id portal_id kid public_key retired"},
    # Neither says who came in: one is forgotten after minutes, the others hold failures alone.
    "responses_spenttoken": {About.CONTACT: "token_hash forget_at"},
    "responses_failurecount": {About.CONTACT: "id range_hash hour count"},
    "responses_failurekey": {About.CONTACT: "day key"},
    "responses_importfile": {
        About.IMPORT: "sealed",
        About.SYSTEM: "id wave_id state outcome forget_at",
    },
    "responses_printedquestionnaire": {About.DEFINITION: "id wave_id language fingerprint content"},
    "reports_policy": {
        About.SYSTEM: "id version wave_id min_base min_base_high min_base_break full_base min_cell_total"
        " min_cell_total_high min_cell_break min_cell_break_high least_shown draft_step status loosens note"
        " proposed_by_id proposed_at decided_by_id decided_at"
    },
    "reports_claim": {About.SYSTEM: "wave_id number lease_until"},
    "reports_run": {
        About.SYSTEM: "id wave_id claim_number status started_at finished_at opened refused responses cells withheld"
        " code_version checksum fingerprint message codings tied_groups best_groups largest_gap"
    },
    "reports_table": {
        About.PUBLISHED: "id wave_id run_id policy_id position question breakdown responses not_stated status reason"
        " request_id design tried"
    },
    "reports_rehearsal": {
        About.SYSTEM: "id questionnaire_id responses draws from_release use_last status policy_id asked_by_id asked_at"
        " finished_at content"
    },
    "reports_rehearsaltable": {
        About.SYSTEM: "id rehearsal_id position question breakdown stood base_low base_high"
    },
    "reports_wavedataset": {About.PUBLISHED: "wave_id dataset_id rows keys_hash frozen_at"},
    "reports_withheldcount": {About.PUBLISHED: "id run_id reason of_breakdowns cells"},
    "reports_designchoice": {About.SYSTEM: "id wave_id question breakdown design note by_id at"},
    "reports_cell": {
        About.PUBLISHED: "id table_id position row part kind code statistic base_rule count base value low high status"
        " reason weighted_count weighted_value weighted_low weighted_high effective_base"
    },
    "reports_countpiece": {
        About.SYSTEM: "id run_id number first_block end_block snapshot taken_until counts"
    },
    "reports_weightchoice": {About.SYSTEM: "wave_id method margins"},
    "reports_weighttarget": {About.SYSTEM: "id wave_id partition part percent source"},
    "reports_weighting": {
        About.PUBLISHED: "wave_id run_id kind published margins converged rounds gap deff n_eff smallest largest"
        " trimmed cap floor collapsed problems"
    },
    "reports_weightcell": {About.SYSTEM: "id weighting_id parts weight"},
    "reports_casecount": {About.SYSTEM: "id wave_id door state mail was_sent stands_for_case count"},
    "reports_responsemetrics": {
        About.PUBLISHED: "id wave_id run_id door complete_from partial_from e e_found warnings"
    },
    "reports_responsefigure": {About.PUBLISHED: "id metrics_id position kind name value status reason"},
    "reports_knownbyhand": {About.SYSTEM: "wave_id stated_e note changed_by_id changed_at"},
    "reports_knownbyhandcount": {About.SYSTEM: "id known_id code count"},
    "reports_tablerequest": {
        About.SYSTEM: "id wave_id number version withdrawn title reason question base_rule breakdown filter_class"
        " filter_part by_id at"
    },
    "reports_requestednet": {About.SYSTEM: "id request_id position code label members"},
    "reports_release": {
        About.PUBLISHED: "id edition_id number status note content content_hash requested_by_id requested_at"
        " decided_by_id decided_at decision_note public_from"
    },
    "reports_figurearrangement": {
        About.PUBLISHED: "id edition_id figure version hidden position chart nets_only breakdown by_id at"
    },
    "reports_releasewithdrawal": {About.PUBLISHED: "release_id note by_id at"},
    "reports_namedreader": {
        About.STAFF: "id release_id name organisation kind token_hash expires_at ended_at by_id at"
    },
    "reports_readervisit": {About.STAFF: "id reader_id at"},
    "reports_expertlink": {
        About.STAFF: "id edition_id place name role organisation language token_hash expires_at ended_at comment"
        " by_id at"
    },
    "reports_expertword": {About.STAFF: "id link_id kind text interests portrait_id by_id at"},
    "reports_signingkey": {About.PUBLISHED: "id public_key made_at"},
    "reports_releasesignature": {About.PUBLISHED: "release_id key_id signature signed_at"},
    "reports_releaseprint": {About.PUBLISHED: "id release_id language content sha256 made_at"},
    "reports_releasepicture": {About.PUBLISHED: "id release_id language figure content sha256 made_at"},
    "reports_releaseaudit": {
        About.PUBLISHED: "release_id made_at code_version targets too_narrow contradiction"
    },
    "reports_auditinterval": {
        About.PUBLISHED: "id audit_id figure breakdown part row statistic kind code low high inside_low inside_high"
        " need base passes"
    },
    "reports_ledgerentry": {
        About.PUBLISHED: "id release_id figure breakdown part row kind code statistic base_rule of_one count base value"
    },
    "reports_figurewithdrawal": {About.PUBLISHED: "id edition_id figure note by_id at"},
    "reports_unsavedtext": {About.STAFF: "id edition_id place language by_id text seen kept_at"},
    "reports_reporttext": {About.PUBLISHED: "id edition_id place language version text by_id at"},
    "reports_expertcomment": {
        About.PUBLISHED: "id edition_id number version place name role organisation text language interests consent"
        " portrait_id example removed by_id at"
    },
    "reports_portrait": {About.PUBLISHED: "sha256 content made_at"},
    "reports_wordingjudgement": {About.SYSTEM: "id concept before_id after_id verdict note by_id at"},
}


def classified() -> dict[tuple[str, str], About]:
    """(table, column) -> what it is about."""
    return {
        (table, column): about
        for table, groups in COLUMNS.items()
        for about, columns in groups.items()
        for column in columns.split()
    }
