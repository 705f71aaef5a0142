"""Two invented articles, marked by hand, that what people see is tried on."""

from rasad.annotations.document import Document
from rasad.annotations.markdown import parse_markdown

ARABIC = """---
id: ar-marsa
lang: ar
date: 2025-03-11
---
[هجوم](ATTACK:e1) بطائرات مسيرة على [ميناء المرسى القديم](FACILITY:f1)
[قصفت](ATTACK:e2) [3 طائرات مسيرة](WEAPON:w1) [ميناء المرسى القديم](FACILITY:f2) في [اللاذقية](GPE:p1) \
[مساء الاثنين](TIME:t1)، ما أسفر عن [مقتل](CASUALTIES:e3) [حارسين](PERSON:h1) و[إصابة](CASUALTIES:e4) \
[عدد من العمال](PERSON:h2)، بحسب [مديرية الصحة](ORGANIZATION:o1). ولم [يصب](CASUALTIES:e5) [البحارة](PERSON:h3) بأذى.
[واتهمت](ACCUSATION:e11) [الحكومة](ORGANIZATION:o2) [لواء الساحل](GROUP:g1) [بالهجوم](ATTACK:e6)، لكن \
[اللواء](GROUP:g2) [نفى](DENIAL:e7) ذلك، [وهدد](THREAT:e8) [باستهداف](ATTACK:e9) [الميناء](FACILITY:f3).
وتحدث سكان عن [اشتباكات](CLASH:e10).

```relations
e2 INSTRUMENT w1
e2 TARGET f2
e2 WHEN t1
e2 SAME_AS e1
e2 CAUSES e3
e2 CAUSES e4
e2 CAUSES e5
e3 KILLED h1
e3 SOURCE o1
e4 INJURED h2
e4 SOURCE o1
e5 INJURED h3
e5 polarity=negative
f2 LOCATED_IN p1
e6 SAME_AS e2
e6 modality=uncertain
e11 AGENT o2
e11 TARGET g1
e11 ABOUT e6
g2 SAME_AS g1
e7 AGENT g2
e7 ABOUT e6
e8 AGENT g2
e8 ABOUT e9
e9 AGENT g2
e9 TARGET f3
e9 modality=hypothetical
f3 SAME_AS f2
```
"""

ENGLISH = """---
id: en-orchard
lang: en
date: 2025-03-12
source: invented for the tests
---
Convoy [ambushed](ATTACK:e1) near [Tell Rabi](GPE:p1)
[Gunmen](PERSON:h1) [ambushed](ATTACK:e2) an [army convoy](VEHICLE:v1) near [Tell Rabi](GPE:p2) on \
[Tuesday](TIME:t1), and the [blast](EXPLOSION:e3) of a [roadside bomb](WEAPON:w1) [killed](CASUALTIES:e4) \
[two soldiers](PERSON:h2), [Colonel Samir Haddan](PERSON:h3) said. [Two trucks](VEHICLE:v2) may have \
been [destroyed](DAMAGE:e5).
[Haddan](PERSON:h4) [blamed](ACCUSATION:e6) the [Orchard Front](GROUP:g1) for the [attack](ATTACK:e7). The \
[Orchard Front's](GROUP:g2) spokesman [denied](DENIAL:e8) it, and no group has claimed \
[responsibility](CLAIM:e9). In reply the [army](FORCE:f1) [shelled](ATTACK:e10) [orchards](LOCATION:l1) from \
[Jabal Nour](LOCATION:l2).
Residents spoke of [clashes](CLASH:e11) and of more [clashes](CLASH:e12), and of a [raid](SEARCH_OPERATION:e13).

```relations
e1 PLACE p1
e2 AGENT h1
e2 TARGET v1
e2 WHEN t1
e2 SAME_AS e1
v1 LOCATED_IN p2
e3 INSTRUMENT w1
e3 SAME_AS e2
e3 CAUSES e4
e3 CAUSES e5
e4 KILLED h2
e4 SOURCE h3
e5 TARGET v2
e5 modality=uncertain
h4 SAME_AS h3
e6 AGENT h4
e6 TARGET g1
e6 ABOUT e7
e7 SAME_AS e3
e7 modality=uncertain
e8 AGENT g2
e8 ABOUT e7
e9 ABOUT e7
e9 polarity=negative
e10 AGENT f1
e10 TARGET l1
e10 ORIGIN l2
e10 RESPONSE_TO e7
```
"""


def arabic() -> Document:
    return parse_markdown(ARABIC, "ARABIC")


def english() -> Document:
    return parse_markdown(ENGLISH, "ENGLISH")
