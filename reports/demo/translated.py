"""Headlines and the summary of the demo in Swedish and Arabic. Its other texts are read in English, with a notice.

Drafts, as the catalogues are. Each says what its English one says and is compared with the figure in its own language.
"""

from __future__ import annotations

from collections.abc import Mapping

TRANSLATED: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "summary": """\
Det här är en demonstration. De svarande är påhittade så att svaren tillsammans kommer nära det som en rapport från 2019
fann; ingenting här har sagts av en verklig person.

Poliserna arbetar mest med fall nära den plats där de finns. Mer än hälften säger att direktsända övergrepp har ökat.

Av företagen har nio av tio en policy och åtta av tio en handlingsplan.""",
        "headline.law_enforcement.ls_trend": "Mer än hälften säger att direktsända övergrepp har ökat",
        "headline.law_enforcement.offender_overlap": "De svarande är delade om huruvida grupperna överlappar",
        "headline.law_enforcement.cooccurrence": "En stor majoritet säger att annat material ofta finns bredvid",
        "headline.law_enforcement.ai_used": "En av fem poliser har använt verktyg med artificiell intelligens",
        "headline.law_enforcement.le_local_share": "En majoritet arbetar mest med fall nära den egna orten",
        "headline.enterprise.ent_policy": "Nio av tio företag har en policy",
        "headline.enterprise.ent_action_plan": "Åtta av tio företag har en handlingsplan",
        "headline.enterprise.ent_found": "En av tio har hittat sådant material",
    },
    "ar": {
        "summary": """\
هذا عرض تجريبي. المجيبون فيه وهميون، ووُضعت إجاباتهم لتقترب معا مما وجده تقرير عام 2019؛ ولم يقل أي شخص حقيقي
شيئا مما هنا.

يعمل أفراد الشرطة في الغالب على قضايا قريبة من أماكن عملهم. ويقول أكثر من النصف إن الاعتداءات المبثوثة
مباشرة قد ازدادت.

ومن الشركات تسعة من كل عشرة لديها سياسة، وثمانية من كل عشرة لديها خطة عمل.""",
        "headline.law_enforcement.ls_trend": "أكثر من النصف يقولون إن الاعتداءات المبثوثة مباشرة قد ازدادت",
        "headline.law_enforcement.offender_overlap": "المجيبون منقسمون حول تداخل المجموعتين",
        "headline.law_enforcement.cooccurrence": "أغلبية كبيرة تقول إن مواد أخرى شائعة إلى جانبها",
        "headline.law_enforcement.ai_used": "واحد من كل خمسة استخدم أدوات تعمل بالذكاء الاصطناعي",
        "headline.law_enforcement.le_local_share": "أغلبية تعمل في الغالب على قضايا قريبة من مكان عملها",
        "headline.enterprise.ent_policy": "تسعة من كل عشرة لديها سياسة",
        "headline.enterprise.ent_action_plan": "ثمانية من كل عشرة لديها خطة عمل",
        "headline.enterprise.ent_found": "واحد من كل عشرة عثر على مواد كهذه",
    },
}
"""Language -> place -> text."""
