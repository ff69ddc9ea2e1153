"""The plan of 100 businesses, drawn so that the findings published for 2019 come out."""

from __future__ import annotations

from reports.demo.quotas import (
    SKIPPED,
    Mentions,
    Pick,
    Plan,
    Preference,
    Quota,
    Said,
    Sentences,
    Shares,
)

FILTERS = frozenset({"filter", "monitoring_with_filter"})
DETECTIONS = frozenset({"detection_known", "detection_unknown"})


def in_use(yes: int, no: int, unknown: int, first_to: Preference = ()) -> Shares:
    counts: dict[Pick, int] = {"in_use": yes, "not_in_use": no, "dont_know": unknown}
    return Shares(counts, {"in_use": first_to})


def named(codes: frozenset[str]) -> tuple[Said, ...]:
    return (Said("ent_tech_open", codes),)


WITH_MONITORING: Preference = (named(frozenset({"monitoring_with_filter"})),)
KNOWN_DETECTION: Preference = (named(frozenset({"detection_known"})), named(DETECTIONS))
# Who names a detection solution without using the first kind has to use the second, so that twelve use any.
UNKNOWN_DETECTION: Preference = (
    (*named(DETECTIONS), Said("ent_tech_types:detection_known", frozenset({"not_in_use", "dont_know"}))),
    named(DETECTIONS),
)

PROFILE: dict[str, Quota] = {
    "ent_size": Shares(
        {
            "s_5001_10000": 31,
            "s_10001_25000": 29,
            "s_25001_50000": 18,
            "s_50001_100000": 10,
            "s_gt_100000": 9,
            "dont_know": 3,
        }
    ),
    "ent_size_confirm": Shares({"more_than_5000": 3}),
    "ent_decision": Shares({"main": 31, "shared": 57, "advise": 12}),
    "ent_role": Shares(
        {
            "cio_cto": 22,
            "ciso": 26,
            "security_manager": 18,
            "it_manager": 21,
            "risk_compliance": 7,
            "other": 6,
        }
    ),
    "ent_region": Shares(
        {
            "us": 46,
            "ca": 6,
            "latam": 4,
            "eu_nordic": 8,
            "uk_ie": 9,
            "eu_rest": 17,
            "mea": 3,
            "asia": 5,
            "oceania": 2,
        }
    ),
    "ent_sector": Shares(
        {
            "manufacturing": 17,
            "construction": 5,
            "trade": 13,
            "transport": 7,
            "ict": 12,
            "finance": 15,
            "professional": 6,
            "public_admin": 8,
            "education": 5,
            "health": 9,
            "other": 3,
        }
    ),
}

POLICY_AND_PLAN: dict[str, Quota] = {
    "ent_policy": Shares({"explicit": 52, "general": 38, "planned": 4, "none": 3, "dont_know": 3}),
    "ent_action_plan": Shares({"written": 48, "unwritten": 32, "planned": 8, "none": 8, "dont_know": 4}),
    "ent_plan_steps": Mentions(
        base=80,
        counts={
            "named_contact": 61,
            "report_police": 58,
            "report_hotline": 27,
            "secure_device": 49,
            "legal_advice": 44,
            "hr_process": 52,
            "inform_management": 46,
            "staff_support": 19,
            "other": 4,
        },
        instead={"dont_know": 3},
    ),
    "ent_owner": Shares(
        {
            "it_security": 44,
            "hr": 11,
            "legal": 10,
            "compliance": 14,
            "sustainability": 4,
            "corporate_security": 6,
            "nobody": 4,
            "other": 3,
            "dont_know": 4,
        }
    ),
}

TECHNOLOGY: dict[str, Quota] = {
    "ent_tech": Shares({"all_parts": 55, "some_parts": 27, "planned": 6, "none": 9, "dont_know": 3}),
    "ent_tech_open": Mentions(
        base=82,
        counts={
            "monitoring_with_filter": 36,
            "filter": 24,
            "detection_known": 8,
            "detection_unknown": 4,
            "dlp": 14,
            "firewall": 11,
            "device_control": 8,
            "organisational": 7,
            "monitoring_other": 6,
            "email_security": 6,
            "antivirus_endpoint": 5,
            "physical": 5,
            "keyword_search": 4,
            "outsourced": 4,
        },
        instead={"dont_know": 3},
        apart=(FILTERS, DETECTIONS),
    ),
    "ent_tech_types:filter": in_use(60, 18, 4, (named(FILTERS),)),
    "ent_tech_types:monitoring": in_use(45, 33, 4, WITH_MONITORING),
    "ent_tech_types:detection_known": in_use(10, 66, 6, KNOWN_DETECTION),
    "ent_tech_types:detection_unknown": in_use(5, 70, 7, UNKNOWN_DETECTION),
    "ent_tech_types:dlp": in_use(41, 33, 8, (named(frozenset({"dlp"})),)),
    "ent_tech_types:device_control": in_use(52, 24, 6, (named(frozenset({"device_control"})),)),
    "ent_tech_types:antivirus": in_use(70, 9, 3, (named(frozenset({"antivirus_endpoint"})),)),
    "ent_tech_types:physical": in_use(38, 36, 8, (named(frozenset({"physical"})),)),
    "ent_filter_monitoring": Shares(
        {"fully": 22, "partly": 16, "separate": 19, "dont_know": 3},
        {"fully": WITH_MONITORING, "partly": WITH_MONITORING},
    ),
    "ent_detection_scope": Mentions(
        base=12,
        counts={
            "computers": 9,
            "servers": 7,
            "email": 6,
            "cloud": 5,
            "removable": 4,
            "mobile": 3,
            "network": 3,
            "other": 1,
        },
    ),
    "ent_no_tech_reasons": Mentions(
        base=15,
        counts={
            "not_a_risk": 7,
            "not_considered": 6,
            "cost": 5,
            "know_how": 4,
            "privacy": 3,
            "other_measures": 3,
            "other": 1,
        },
        instead={"dont_know": 1},
    ),
}

EXPERIENCE: dict[str, Quota] = {
    "ent_found": Shares({"past_year": 5, "earlier": 5, "none": 78, "dont_know": 12}),
    "ent_found_how": Mentions(
        base=10,
        counts={
            "detection": 3,
            "filter_monitoring": 3,
            "colleague": 3,
            "it_support": 2,
            "police": 1,
            "other": 1,
        },
    ),
    "ent_found_action": Mentions(
        base=10,
        counts={"police": 7, "secured": 6, "internal": 5, "hr_measures": 4, "staff_support": 2, "other": 1},
        instead={"prefer_not": 1},
    ),
    "ent_comment": Sentences(
        base=100,
        count=14,
        sentences=(
            "Clear advice on what to do in the first hour after a finding would help us.",
            "A short guide for managers, not only for the IT department.",
            "We would like to compare our measures with those of similar organisations.",
            "Legal certainty about scanning company devices in several countries.",
            "Training material that does not have to show anything to make its point.",
        ),
    ),
    "ent_quote_permission": Shares({"may_quote": 46, "do_not_quote": 34, SKIPPED: 4}),
}

PLAN = Plan(
    size=100,
    quotas=PROFILE | POLICY_AND_PLAN | TECHNOLOGY | EXPERIENCE,
    other_texts={
        "ent_plan_steps": ("Inform the works council", "Stop the account at once"),
        "ent_owner": ("Internal audit", "Data protection office"),
        "ent_detection_scope": ("Backup systems",),
        "ent_no_tech_reasons": ("Waiting for the parent company",),
        "ent_found_how": ("Message from a customer",),
        "ent_found_action": ("Informed the data protection authority",),
    },
)
