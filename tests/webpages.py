"""Saved pages of several shapes, all invented: what a news site sends, around an article that is ours."""

from __future__ import annotations

ENGLISH = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Shells hit depot near Zarnuq | The Coast Daily</title>
<meta property="og:title" content="Shells hit depot near Zarnuq">
<meta property="article:published_time" content="2023-05-14T08:30:00+03:00">
<meta property="article:modified_time" content="2023-06-01T08:30:00+03:00">
<link rel="canonical" href="https://coast.example/news/shells-hit-depot"><script>var shells = 1;</script></head>
<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/world">World</a></li></ul></nav></header>
<main><article><h1>Shells hit depot near Zarnuq</h1><time datetime="2023-05-14">14 May 2023</time>
<p>Shells hit an ammunition depot near the village of Zarnuq late on Saturday and killed two guards, a doctor said.</p>
<p>The army blamed an armed group; the group <b>denied</b> that it had fired anything, as it had on 13 May 2019.</p>
<table><tr><th>Day</th><th>Killed</th></tr><tr><td>Saturday</td><td>2</td></tr></table></article>
<aside><h3>Most read</h3><a href="/x">Minister resigns over bridge</a></aside></main>
<div id="comments"><p>I do not believe a word of it.</p></div>
<footer><p>Copyright 2023 The Coast Daily. All rights reserved.</p></footer></body></html>
"""
ENGLISH_TEXT = """Shells hit depot near Zarnuq
Shells hit an ammunition depot near the village of Zarnuq late on Saturday and killed two guards, a doctor said.
The army blamed an armed group; the group denied that it had fired anything, as it had on 13 May 2019.
Day | Killed
Saturday | 2"""

ARABIC = """<!DOCTYPE html>
<html dir="rtl" lang="ar"><head><meta charset="{charset}"><title>قصف مستودع قرب زرنوق - صحيفة الساحل</title>
<meta name="date" content="2022-11-03"></head>
<body><div class="menu"><a href="#">الرئيسية</a> <a href="#">سياسة</a> <a href="#">رياضة</a></div>
<div class="article-body" id="content"><h1>قصف مستودع قرب زرنوق</h1>
<p>قُصف مستودع للذخيرة قرب قرية زرنوق مساء السبت، ما أدى إلى مقتل حارسين، وفق ما قال طبيب في المستشفى المحلي.</p>
<p>وحمّلت القيادة جماعة مسلحة المسؤولية عن القصـــف، ونفت الجماعة في بيان أي علاقة لها به.</p></div>
<div class="related"><h3>اقرأ أيضا</h3><ul><li><a href="#">وزير يستقيل</a></li></ul></div>
<footer>جميع الحقوق محفوظة</footer></body></html>
"""
ARABIC_TEXT = """قصف مستودع قرب زرنوق
قُصف مستودع للذخيرة قرب قرية زرنوق مساء السبت، ما أدى إلى مقتل حارسين، وفق ما قال طبيب في المستشفى المحلي.
وحمّلت القيادة جماعة مسلحة المسؤولية عن القصـــف، ونفت الجماعة في بيان أي علاقة لها به."""

# As sites were built once: a table for the page, line breaks for paragraphs, and no word on the date.
OLD = """<html><head><title>قصف قرب زرنوق</title></head><body><table width=100%><tr>
<td width=20%><a href=x>أخبار</a></td>
<td><font size=4><b>قصف قرب زرنوق</b></font><br>قُصف مستودع للذخيرة قرب قرية زرنوق مساء السبت، ما أدى إلى مقتل حارسين.
<br><br>وحمّلت القيادة جماعة مسلحة المسؤولية عن القصف.</td></tr></table></body></html>
"""

EMPTY = "<!DOCTYPE html><html><head><title></title></head><body><nav></nav><script>1</script></body></html>"

ARCHIVE = """From: <Saved by a browser>
Snapshot-Content-Location: https://coast.example/news/shells-hit-depot
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="edge"

--edge
Content-Type: text/css

p {color: red}
--edge
Content-Type: text/html; charset=windows-1256
Content-Transfer-Encoding: base64

BODY
--edge--
"""
