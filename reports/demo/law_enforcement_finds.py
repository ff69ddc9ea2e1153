"""The plan of the 450 officers, second half: services, storage, known material and the last questions."""

from __future__ import annotations

from reports.demo.quotas import SKIPPED, Mentions, Pick, Quota, Sentences, Shares
from reports.demo.scales import COMMON5, FREQUENCY4, on_scale, words

# Twenty-five services of the code frame and thirty-nine invented names make sixty-four different ones.
BRAND_NAMES = {
    "apps_live_streaming": words(
        "Lumacast Vidvolo Streamlet Kameo Glimpsy Onlive9 Tellyo Chatrova Peekabo Livvu Faceloop Ringlo"
    ),
    "apps_cloud_storage": words(
        "Skyvault Filenest Boxaro Stowly Keepwell Dropmoor Cloudkin Hoardr Binlo Stashio Nubelo Datapod"
    ),
    "apps_social_media": words(
        "Friendlo Chatterine Pixnook Wavely Hellobee Mingloo Talkaro Snipsnap Buzzlin Groupio Yarnly Pingpal "
        "Vibela Echono Murmurly"
    ),
}

SERVICES: dict[str, Quota] = {
    "apps_live_streaming": Mentions(
        base=404,
        counts={
            "skype": 161,
            "whatsapp": 58,
            "messenger": 41,
            "facebook": 38,
            "snapchat": 36,
            "omegle": 31,
            "kik": 27,
            "instagram": 22,
            "dating_or_adult_cam_generic": 14,
            "telegram": 12,
            "facetime": 11,
            "viber": 9,
            "tiktok": 9,
            "discord": 8,
            "youtube": 7,
            "zoom": 5,
            "ms_teams": 5,
            "other_named": 24,
        },
        instead={"dont_know": 64, SKIPPED: 12},
    ),
    "apps_cloud_storage": Mentions(
        base=450,
        counts={
            "dropbox": 214,
            "google_services": 176,
            "mega": 88,
            "icloud": 74,
            "onedrive": 52,
            "darknet_service_generic": 12,
            "p2p_generic": 9,
            "other_named": 24,
        },
        instead={"none": 38, "dont_know": 40, SKIPPED: 12},
    ),
    "apps_social_media": Mentions(
        base=450,
        counts={
            "snapchat": 171,
            "facebook": 148,
            "kik": 141,
            "instagram": 92,
            "whatsapp": 67,
            "messenger": 58,
            "tiktok": 26,
            "discord": 22,
            "x_twitter": 21,
            "telegram": 19,
            "omegle": 12,
            "game_platform_generic": 11,
            "youtube": 9,
            "signal": 8,
            "roblox": 6,
            "viber": 5,
            "twitch": 5,
            "other_named": 30,
        },
        instead={"none": 9, "dont_know": 27, SKIPPED: 12},
    ),
}

STORAGE: dict[str, Quota] = {
    "storage_common:laptop": on_scale(COMMON5, 196, 152, 42, 24, 9, 9, 18),
    "storage_common:desktop": on_scale(COMMON5, 128, 149, 79, 48, 21, 9, 16),
    "storage_common:mobile_phone": on_scale(COMMON5, 214, 139, 38, 22, 9, 10, 18),
    "storage_common:tablet": on_scale(COMMON5, 74, 152, 104, 63, 27, 12, 18),
    "storage_common:usb_stick": on_scale(COMMON5, 158, 171, 52, 33, 12, 9, 15),
    "storage_common:external_drive": on_scale(COMMON5, 132, 168, 66, 42, 15, 9, 18),
    "storage_common:memory_card": on_scale(COMMON5, 81, 144, 97, 68, 30, 12, 18),
    "storage_common:optical_disc": on_scale(COMMON5, 18, 51, 82, 134, 118, 29, 18),
    "storage_common:home_server": on_scale(COMMON5, 26, 72, 98, 121, 82, 33, 18),
    "storage_common:cloud_storage": on_scale(COMMON5, 139, 166, 62, 39, 14, 12, 18),
    "storage_common:online_account": on_scale(COMMON5, 97, 158, 81, 54, 24, 15, 21),
    "storage_increasing": Shares(
        {
            ("mobile_phone", "cloud_storage"): 62,
            ("mobile_phone",): 58,
            ("cloud_storage", "mobile_phone"): 42,
            ("mobile_phone", "usb_stick", "cloud_storage"): 40,
            ("mobile_phone", "external_drive"): 31,
            ("usb_stick", "mobile_phone", "external_drive"): 28,
            ("mobile_phone", "usb_stick", "external_drive"): 26,
            ("cloud_storage",): 24,
            ("external_drive", "usb_stick"): 23,
            ("usb_stick",): 19,
            ("external_drive",): 14,
            ("laptop", "mobile_phone"): 12,
            ("online_account", "cloud_storage"): 12,
            ("home_server", "external_drive"): 8,
            ("memory_card", "mobile_phone"): 7,
            ("tablet", "mobile_phone"): 6,
            "none": 12,
            "dont_know": 26,
        }
    ),
}

NUMBERS: dict[Pick, int] = {
    0: 14,
    5: 9,
    10: 18,
    15: 8,
    20: 24,
    25: 15,
    30: 22,
    35: 6,
    40: 20,
    50: 34,
    60: 22,
    65: 5,
    70: 20,
    75: 11,
    80: 18,
    90: 6,
    100: 6,
}

KNOWN_AND_CLOSE: dict[str, Quota] = {
    "known_share_typical": Shares(
        NUMBERS | {"no_typical": 86, "not_my_task": 58, "dont_know": 40, SKIPPED: 8}
    ),
    "known_share_spread:none_known": on_scale(FREQUENCY4, 62, 104, 140, 54, 32),
    "known_share_spread:minority_known": on_scale(FREQUENCY4, 24, 71, 171, 92, 34),
    "known_share_spread:majority_known": on_scale(FREQUENCY4, 31, 88, 163, 78, 32),
    "known_share_spread:all_known": on_scale(FREQUENCY4, 118, 127, 84, 29, 34),
    "ai_used": Shares(
        {"often": 27, "sometimes": 63, "no_available": 102, "no_unavailable": 204, "dont_know": 54}
    ),
    "le_comment": Sentences(
        base=450,
        count=63,
        sentences=(
            "Behind every file there is a child who still needs help.",
            "Time is what we lack most; every tool that saves an hour helps a child sooner.",
            "Parents should know how early the first contact is made.",
            "Working together across borders makes the difference.",
            "The people who do this work need support as well.",
            "Good laws are of little use without people to apply them.",
        ),
    ),
    "le_quote_permission": Shares({"may_quote": 250, "do_not_quote": 180, SKIPPED: 20}),
}

FINDS = SERVICES | STORAGE | KNOWN_AND_CLOSE
