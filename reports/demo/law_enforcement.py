"""The plan of 450 officers, drawn so that the findings published for 2019 come out."""

from __future__ import annotations

from reports.demo.law_enforcement_finds import BRAND_NAMES, FINDS
from reports.demo.quotas import SKIPPED, Following, Mentions, Plan, Quota, Said, Shares
from reports.demo.scales import COMMON5, areas, on_scale, words

COUNTRIES = {
    "us": ("US",),
    "ca": ("CA",),
    "eu_nsw": words("GB SE DE NL FR ES IT NO DK FI IE BE CH AT PT GR IS"),
    "eu_east": words("PL CZ RO HU BG SK UA"),
    "latam": ("BR", "MX", "CO"),
    "mena": ("IL", "AE"),
    "ssa": ("ZA", "KE"),
    "as_sc": ("IN", "LK"),
    "as_se": ("PH", "TH"),
    "as_e": ("JP", "KR"),
    "anz": ("AU", "NZ"),
}

PROFILE: dict[str, Quota] = {
    "le_eligible": Shares({"main_task": 261, "part_task": 153, "past_year": 36}),
    "le_region": Shares(
        {
            "us": 209,
            "ca": 18,
            "eu_nsw": 140,
            "eu_east": 40,
            "latam": 7,
            "mena": 5,
            "ssa": 5,
            "as_sc": 4,
            "as_se": 5,
            "as_e": 4,
            "anz": 9,
            "int_org": 4,
        }
    ),
    "le_country": Following("le_region", COUNTRIES, skipped=12, base=446),
    "le_role": Shares(
        {
            "investigator": 176,
            "forensic_examiner": 122,
            "victim_id": 32,
            "analyst": 45,
            "supervisor": 50,
            "prosecutor": 11,
            "other": 14,
        }
    ),
    "le_years": Shares(
        {
            "y_lt1": 20,
            "y_1_2": 65,
            "y_3_5": 120,
            "y_6_10": 115,
            "y_11_15": 75,
            "y_gt15": 45,
            "prefer_not": 4,
            SKIPPED: 6,
        }
    ),
    "le_local_share": Shares({"all": 96, "most": 239, "half": 52, "fewer": 44, "none": 9, "dont_know": 10}),
}

DEVELOPMENTS: dict[str, Quota] = {
    "tech_trends": Mentions(
        base=450,
        counts={
            "cloud_storage": 152,
            "encryption": 90,
            "smartphones": 87,
            "darknet": 70,
            "social_media": 62,
            "online_gaming": 60,
            "mobile_apps": 44,
            "live_streaming": 31,
            "vpn_anonymisation": 27,
            "p2p": 26,
            "link_sharing": 22,
            "self_produced": 19,
            "storage_capacity": 17,
            "cryptocurrency": 15,
            "disappearing_content": 12,
            "ai_generated": 9,
            "vr_ar": 5,
        },
        instead={"none": 18, "dont_know": 22, SKIPPED: 14},
    ),
    "tech_challenges": Mentions(
        base=450,
        counts={
            "encryption": 214,
            "darknet": 108,
            "cloud_storage": 101,
            "anonymisation": 64,
            "data_volume": 58,
            "law_and_process": 47,
            "provider_cooperation": 40,
            "resources": 33,
            "pace_of_change": 29,
            "tools": 22,
            "live_streaming_traces": 14,
            "cryptocurrency": 11,
            "wellbeing": 6,
            "ai_generated": 5,
        },
        instead={"none": 12, "dont_know": 21, SKIPPED: 15},
    ),
    "tech_helpful": Mentions(
        base=450,
        counts={
            "artificial_intelligence": 141,
            "investigation_software": 92,
            "data_sharing": 84,
            "hashing": 63,
            "decryption_access": 47,
            "face_object_recognition": 41,
            "cloud_tools": 33,
            "provider_detection": 28,
            "triage": 24,
            "automation": 19,
            "hardware": 16,
            "training": 13,
        },
        instead={"none": 23, "dont_know": 30, SKIPPED: 17},
    ),
}

NEVER_MET = ((Said("ls_frequency", frozenset({"not_encountered"})),),)

LIVE_STREAMING: dict[str, Quota] = {
    "ls_frequency": on_scale(COMMON5, 58, 120, 72, 82, 48, 46, 24),
    "ls_trend": Shares(
        {
            "increased_lot": 108,
            "increased_little": 144,
            "same": 117,
            "decreased_little": 18,
            "decreased_lot": 9,
            "not_encountered": 27,
            "dont_know": 27,
        },
        {"not_encountered": NEVER_MET},
    ),
    "ls_forms_common:voluntary": on_scale(COMMON5, 92, 151, 48, 42, 22, 18, 31),
    "ls_forms_common:induced": on_scale(COMMON5, 101, 158, 44, 38, 17, 15, 31),
    "ls_forms_common:distant": on_scale(COMMON5, 24, 69, 61, 88, 68, 52, 42),
    "offender_overlap": on_scale(("large", "some", "small", "not_at_all", "dont_know"), 48, 110, 96, 60, 90),
    "cooccurrence": on_scale(COMMON5, 178, 132, 28, 17, 9, 8, 32),
}

WHERE: dict[str, Quota] = {
    "ls_victim_regions:voluntary": areas(
        {
            "us": 118,
            "us ca": 21,
            "us eu_nsw": 52,
            "us ca eu_nsw": 14,
            "eu_nsw": 83,
            "eu_nsw eu_east": 29,
            "eu_east": 12,
            "us latam": 9,
            "latam": 6,
            "anz": 5,
            "as_se": 5,
            "no_main_area": 8,
            "dont_know": 24,
        }
    ),
    "ls_victim_regions:induced": areas(
        {
            "us": 117,
            "us ca": 22,
            "us eu_nsw": 53,
            "us ca eu_nsw": 14,
            "eu_nsw": 84,
            "eu_nsw eu_east": 30,
            "eu_east": 12,
            "us latam": 9,
            "latam": 6,
            "anz": 5,
            "as_se": 5,
            "no_main_area": 9,
            "dont_know": 23,
        }
    ),
    "ls_victim_regions:distant": areas(
        {
            "as_se": 128,
            "as_sc as_se": 22,
            "eu_east as_se": 19,
            "ru as_se": 14,
            "us as_se": 12,
            "as_se as_e": 10,
            "as_sc": 18,
            "as_e": 9,
            "eu_east": 16,
            "eu_east ru": 11,
            "ru": 7,
            "us": 14,
            "eu_nsw": 10,
            "latam": 6,
            "no_main_area": 13,
            "dont_know": 43,
        }
    ),
    "ls_victim_countries_asia": Mentions(
        base=232,
        counts={"PH": 137, "TH": 47, "IN": 26, "VN": 19, "ID": 14, "KH": 11},
        instead={"dont_know": 22, SKIPPED: 28},
    ),
    "ls_offender_regions:voluntary": areas(
        {
            "us": 121,
            "us eu_nsw": 60,
            "us ca": 24,
            "us ca eu_nsw": 18,
            "eu_nsw": 76,
            "eu_nsw eu_east": 24,
            "eu_east": 9,
            "us ru": 7,
            "anz": 5,
            "no_main_area": 12,
            "dont_know": 30,
        }
    ),
    "ls_offender_regions:induced": areas(
        {
            "us": 122,
            "us eu_nsw": 62,
            "us ca": 24,
            "us ca eu_nsw": 18,
            "eu_nsw": 76,
            "eu_nsw eu_east": 24,
            "eu_east": 9,
            "us ru": 7,
            "anz": 5,
            "no_main_area": 12,
            "dont_know": 30,
        }
    ),
    "ls_offender_regions:distant": areas(
        {
            "us": 74,
            "us eu_nsw": 61,
            "us ca": 18,
            "us ca eu_nsw": 16,
            "eu_nsw": 58,
            "eu_nsw anz": 14,
            "us anz": 9,
            "eu_nsw eu_east": 12,
            "eu_east ru": 8,
            "ru": 6,
            "as_se": 12,
            "as_e": 8,
            "us as_e": 5,
            "no_main_area": 11,
            "dont_know": 40,
        }
    ),
}

PLAN = Plan(
    size=450,
    quotas=PROFILE | DEVELOPMENTS | LIVE_STREAMING | WHERE | FINDS,
    other_texts={},
    brand_names=BRAND_NAMES,
)
